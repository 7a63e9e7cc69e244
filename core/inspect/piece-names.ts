import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { printable } from '../model/bytes.ts';

/** The name of a piece of a split file: a counter, and what stands before and after it. */
interface PieceName {
  before: string;
  counter: string;
  after: string;
}

/** What comes after the counter: the number of all pieces, and the ending of the whole file. */
const AFTER = String.raw`(?:of\d+)?(?:\.(?:tar|gz|bz2|xz|zst|lz4|lzma|tgz|zip))*`;
const NUMBERED = new RegExp(String.raw`^(.*\D|)(\d{1,9})(${AFTER})$`, 'i');
const NUMBERED_OF = /^(.*\D|)(\d{1,9})(of\d{1,9}.*)$/i;
const LETTERED = /^(.*[._-]x?|.*(?:part|piece|chunk|split|vol)|x|.*\/x)([a-z]{2,4})()$/;

/**
 * The fault of a list of names that should be the pieces of one file, in order: a name that is missing, out of order, or
 * no piece. Null when they are. That the last ones are missing is seen only when names state their number (`1of3`).
 */
export function pieceFault(names: readonly string[]): Bilingual | null {
  const [first = '', ...others] = names;
  const start = split(first);
  if (start === null) return noPiece(others[0] ?? first, first);
  const from = countOf(start);
  const lowest = /^\d/.test(start.counter) ? 1 : 0;
  const stranger = others.find((name) => !isAlike(split(name), start));
  if (stranger !== undefined) return noPiece(stranger, first);
  if (from > lowest) return missing(named(start, lowest));
  for (const [i, name] of others.entries()) {
    const expected = from + i + 1;
    const found = countOf(split(name) ?? start);
    if (found > expected) return missing(named(start, expected));
    if (found < expected) return outOfOrder(name, names[i] ?? '');
  }
  const all = Number(/^of(\d+)/i.exec(start.after)?.[1] ?? Number.NaN);
  const next = from + names.length;
  return next - lowest < all || next <= all ? missing(named(start, next)) : null;
}

/** The name of the file that was split into pieces: `web.tar` for `web.tar.aa`. */
export function wholeName(piece: string): string {
  const name = split(piece);
  if (name === null) return piece;
  const before = name.before.replace(/[._-]*(?:x|part|piece|chunk|split|vol|volume)?[._-]*$/i, '');
  return before === '' || before.endsWith('/') ? piece : before + name.after.replace(/^of\d+/i, '');
}

function split(name: string): PieceName | null {
  const found = NUMBERED_OF.exec(name) ?? NUMBERED.exec(name) ?? LETTERED.exec(name);
  return found === null ? null : { before: found[1] ?? '', counter: found[2] ?? '', after: found[3] ?? '' };
}

/** True for a name that differs from another one only in its counter. */
function isAlike(name: PieceName | null, other: PieceName): boolean {
  return name?.before === other.before && name.after === other.after;
}

/** The number of a piece: that in its name, or, for letters, its place from 0: `aa` is 0, `ba` is 26. */
function countOf({ counter }: PieceName): number {
  if (/^\d/.test(counter)) return Number(counter);
  return Array.from(counter).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - A, 0);
}

const A = 0x61;

/** The name of another piece, written like the given one. */
function named({ before, counter, after }: PieceName, count: number): string {
  if (/^\d/.test(counter)) return before + String(count).padStart(counter.length, '0') + after;
  const letters = Array.from(counter, (_, i) => {
    const place = 26 ** (counter.length - 1 - i);
    return String.fromCharCode(A + (Math.floor(count / place) % 26));
  });
  return before + letters.join('') + after;
}

function missing(name: string): Bilingual {
  return both(`The piece ${printable(name)} is missing.`, `缺少分片 ${printable(name)}。`);
}

function noPiece(name: string, first: string): Bilingual {
  const [each, start] = [printable(name), printable(first)];
  return both(
    `${each} is not named like a piece of the same file as ${start}.`,
    `${each} 的名称不像是与 ${start} 同一文件的分片。`,
  );
}

function outOfOrder(name: string, before: string): Bilingual {
  const [each, other] = [printable(name), printable(before)];
  return both(`The piece ${each} does not come after ${other}.`, `分片 ${each} 不应排在 ${other} 之后。`);
}
