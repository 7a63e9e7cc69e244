import type { Bilingual } from '../catalogue/bilingual.ts';
import { type Detail, type Finding, finding } from '../catalogue/findings.ts';
import { isText, shownText } from '../model/text.ts';
import { BLOCK, findMagic, nextHeader } from './header.ts';
import { readAsTextInside } from './misread.ts';

/** The number of bytes to examine after a broken header: enough for some thousand line ends, or a long message. */
const WINDOW_BYTES = 256 * 1024;

/** Line ends that prove a text-mode transfer when no header follows, if each has a carriage return. */
const TELLING_LINES = 8;

/** The place where a tar archive is broken, and the scanner's reason. */
export interface Break {
  /** Offset of the first examined byte in the archive. */
  offset: number;
  /** Offset among the examined bytes at which the next header should begin. */
  expected: number;
  /** The place as a phrase that names the last member before it. */
  where: Bilingual;
  member?: string;
  reason: Bilingual;
}

/**
 * Examines the bytes where a header is broken to find the cause: a text-mode transfer, foreign text or inserted bytes.
 * It first collects the bytes that follow, so that the finding does not depend on the size of the chunks.
 */
export class Autopsy {
  readonly #break: Break;
  readonly #window = new Uint8Array(WINDOW_BYTES);
  #length = 0;

  constructor(found: Break, first: Uint8Array) {
    this.#break = found;
    this.add(first);
  }

  get full(): boolean {
    return this.#length === WINDOW_BYTES;
  }

  /** Takes the bytes that follow, and returns the number of bytes that still had room. */
  add(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, WINDOW_BYTES - this.#length);
    this.#window.set(taken, this.#length);
    this.#length += taken.length;
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

/** True when the bytes have at least `least` line feeds, and each has a carriage return before it. */
function isTextMode(bytes: Uint8Array, least: number): boolean {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (at > 0 && bytes[at - 1] !== 0x0d) return false;
    lines++;
  }
  return lines >= least;
}

/** True when compressed data was transferred in text mode: at least 3 line feeds, each after a carriage return. */
export function looksTextMode(head: Uint8Array): boolean {
  return isTextMode(head, 3);
}
