import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { printable } from '../model/bytes.ts';

/** The parts of the name of a piece of a split file: its counter, and the text before and after it. */
interface PieceName {
  before: string;
  counter: string;
  after: string;
}

/**
 * The file name endings that can come after the counter in the name of a piece of a split file: `tar` and `gz` in
 * `web.part1.tar.gz`.
 */
const ENDINGS = new Set(['tar', 'gz', 'bz2', 'xz', 'zst', 'lz4', 'lzma', 'tgz', 'zip']);

/**
 * A pattern for the last part of the name of a piece of a split file, if its counter is letters, as the program `split`
 * writes them: `aa`, `xaa`, `partaa`.
 */
const LETTERS = /^(x|part|piece|chunk|split|vol|)([a-z]{2,4})$/;

/**
 * A pattern for a word such as `part` before the counter in the name of a piece of a split file. The word does not
 * belong to the name of the whole file.
 */
const WORDS = /(?<=^|[._/-])(?:x|part|piece|chunk|split|vol|volume)$/i;

/**
 * The fault in a list of names that should be the pieces of one file, in order: a piece that is missing or out of
 * order, or a name that is not that of a piece. The result is a sentence for the user; null when there is no fault. A
 * missing last piece shows only when the names state the number of pieces (`1of3`).
 */
export function pieceFault(names: readonly string[]): Bilingual | null {
  const [first = '', ...others] = names;
  const start = split(first);
  if (start === null) return noPiece(others[0] ?? first, first);
  const from = countOf(start);
  const lowest = /^\d/.test(start.counter) ? 1 : 0;
  const stranger = others.find((name) => !isAlike(split(name), start));
  if (stranger !== undefined) return noPiece(stranger, first);
  if (from > lowest) return absent(named(start, lowest), names);
  for (const [i, name] of others.entries()) {
    const expected = from + i + 1;
    const found = countOf(split(name) ?? start);
    if (found > expected) return absent(named(start, expected), names);
    if (found < expected) return outOfOrder(name, names[i] ?? '');
  }
  const all = Number(/^of(\d+)/i.exec(start.after)?.[1] ?? Number.NaN);
  const next = from + names.length;
  return next - lowest < all || next <= all ? absent(named(start, next), names) : null;
}

/** The name of the file that was split into pieces: `web.tar` for `web.tar.aa`. Another name is returned as it is. */
export function wholeName(piece: string): string {
  const name = split(piece);
  if (name === null) return piece;
  const before = withoutMarks(withoutMarks(name.before).replace(WORDS, ''));
  return before === '' || before.endsWith('/') ? piece : before + name.after.replace(/^of\d+/i, '');
}

/** The text without the dots, dashes and underscores at its end. */
function withoutMarks(text: string): string {
  let end = text.length;
  while (end > 0 && '._-'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

function split(name: string): PieceName | null {
  let end = name.length;
  for (let dot = name.lastIndexOf('.'); dot >= 0 && ENDINGS.has(name.slice(dot + 1, end).toLowerCase());) {
    end = dot;
    dot = name.lastIndexOf('.', end - 1);
  }
  const of = /of\d{1,9}$/i.exec(name.slice(0, end))?.[0] ?? '';
  const start = name.slice(0, end - of.length);
  const digits = /\d{1,9}$/.exec(start)?.[0];
  if (digits !== undefined) {
    return { before: start.slice(0, -digits.length), counter: digits, after: name.slice(start.length) };
  }
  const at = Math.max(...['.', '_', '-', '/'].map((mark) => name.lastIndexOf(mark))) + 1;
  const letters = LETTERS.exec(name.slice(at));
  if (letters === null) return null;
  return { before: name.slice(0, at) + (letters[1] ?? ''), counter: letters[2] ?? '', after: '' };
}

/** True when two names of pieces of a split file differ at most in their counters. False when `name` is null. */
function isAlike(name: PieceName | null, other: PieceName): boolean {
  return name?.before === other.before && name.after === other.after;
}

/** The number of a piece of a split file, from the counter in its name. Letters count from 0: `aa` is 0, `ba` is 26. */
function countOf({ counter }: PieceName): number {
  if (/^\d/.test(counter)) return Number(counter);
  return Array.from(counter).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - A, 0);
}

const A = 0x61;

/**
 * The name of the piece with the number `count` of a split file. It is made from the name of another piece of that
 * file, which is given in its parts: only the counter is replaced.
 */
function named({ before, counter, after }: PieceName, count: number): string {
  if (/^\d/.test(counter)) return before + String(count).padStart(counter.length, '0') + after;
  const letters = Array.from(counter, (_, i) => {
    const place = 26 ** (counter.length - 1 - i);
    return String.fromCharCode(A + (Math.floor(count / place) % 26));
  });
  return before + letters.join('') + after;
}

/**
 * The sentence for the user about a piece of a split file that is missing from the list of pieces `given`, or is at a
 * wrong place in that list.
 */
function absent(piece: string, given: readonly string[]): Bilingual {
  const name = printable(piece);
  return given.includes(piece)
    ? both(`The piece ${name} is not in its place.`, `分片 ${name} 的顺序不对。`)
    : both(`The piece ${name} is missing.`, `缺少分片 ${name}。`);
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
