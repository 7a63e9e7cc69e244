import type { Bilingual } from '../catalogue/bilingual.ts';
import { type Detail, type Finding, finding } from '../catalogue/findings.ts';
import { enlarged } from '../model/byte-arrays.ts';
import { isText, shownText } from '../model/text.ts';
import { BLOCK, findMagic, nextHeader } from './header.ts';
import { readAsTextInside } from './misread.ts';
import { BYTES_OF_ENTRY } from './records.ts';

/** The most bytes that are searched for the cause of a broken tar header, enough for a thousand lines of text. */
const WINDOW_BYTES = 256 * 1024;

/**
 * The number of lines, all ending in CR LF, that prove that a tar archive was transferred in text mode. If an intact
 * header follows the broken one, a single line is enough.
 */
const TELLING_LINES = 8;

/**
 * A place where a tar archive is broken, and the reason why reading stopped there. The bytes from `offset` on are
 * searched for the cause.
 */
export interface Break {
  /** The offset in the tar archive, in bytes, of the first byte that is searched for the cause of a broken header. */
  offset: number;
  /** The position, in bytes from the first searched byte, at which a valid tar header was expected. */
  expected: number;
  /** A phrase for the place where a tar archive is broken, such as "after etc/passwd". */
  where: Bilingual;
  member?: string;
  reason: Bilingual;
}

/**
 * The search for the cause of a broken tar header: a transfer in text mode, text from another program, or inserted
 * bytes. It first collects up to 256 KiB, so that the result does not depend on the chunks in which the archive
 * arrives.
 */
export class DamageSearch {
  readonly #break: Break;
  /**
   * The collected bytes, and room for more. It grows with them, because an upload can have thousands of broken archives
   * of a few bytes.
   */
  #window = new Uint8Array();
  #length = 0;

  constructor(found: Break, first: Uint8Array) {
    this.#break = found;
    this.add(first);
  }

  get full(): boolean {
    return this.#length === WINDOW_BYTES;
  }

  /** The number of PAX records that take as long to read as the search of the collected bytes. */
  get entries(): number {
    return this.#length / BYTES_OF_ENTRY;
  }

  /**
   * Adds bytes that follow a broken tar header. Returns how many were added: fewer than given, or 0, once 256 KiB were
   * collected.
   */
  add(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, WINDOW_BYTES - this.#length);
    const length = this.#length + taken.length;
    if (length > this.#window.length)
      this.#window = enlarged(this.#window, Math.min(Math.max(length, 2 * this.#window.length), WINDOW_BYTES));
    this.#window.set(taken, this.#length);
    this.#length = length;
    return taken.length;
  }

  finding(): Finding {
    const { offset, expected, where, member, reason } = this.#break;
    const bytes = this.#window.subarray(0, this.#length);
    const misread = readAsTextInside(bytes.subarray(expected));
    if (misread !== null) return finding(misread.code, misread.detail);
    const next = nextHeader(bytes, expected + 1);
    const shift = next < 0 ? 0 : (next - expected) % BLOCK;
    const between = bytes.subarray(expected, next < 0 ? bytes.length : next);
    const named: Detail = { where, offset, ...(member === undefined ? {} : { member }) };
    const isForeignText = between.length > 0 && isText(between);
    if (isForeignText && !isTextMode(bytes.subarray(expected + between.length), 1)) return textFound(named, between);
    const isDamagedHeader = findMagic(bytes, expected) === expected + 257;
    if (!isDamagedHeader && (next < 0 || shift > 0) && isTextMode(bytes, next < 0 ? TELLING_LINES : 1)) {
      return finding('text-mode-transfer', named);
    }
    if (isForeignText) return textFound(named, between);
    if (shift > 0) return finding('bytes-inserted', { ...named, offset: offset + next, count: next - expected });
    return finding('bad-header', { ...named, reason });
  }
}

function textFound(named: Detail, text: Uint8Array): Finding {
  return finding('foreign-text', { ...named, text: shownText(text) });
}

/**
 * True when `bytes` contain at least `least` line feeds, and each follows a carriage return, as after a transfer in
 * text mode. If the first byte is a line feed, it is accepted, because the carriage return may be the byte before
 * `bytes`.
 */
function isTextMode(bytes: Uint8Array, least: number): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (at > 0 && bytes[at - 1] !== 0x0d) return false;
    lines++;
  }
  return lines >= least;
}

/**
 * True when `head`, the first bytes of a compressed file, shows that the file was transferred in text mode: it has at
 * least three line feeds, and each follows a carriage return.
 */
export function looksTextMode(head: Uint8Array): boolean {
  return isTextMode(head, 3);
}
