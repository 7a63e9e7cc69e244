import { asBuffer } from '../../bytes.ts';

export const BLOCK = 512;

/** A member of a tar archive. Names are byte strings. */
export interface Member {
  name: string;
  linkname: string;
  /** The type flag as one character; a NUL is `0`. */
  type: string;
  mode: number;
  uid: number;
  gid: number;
  size: number;
  /** Seconds since the epoch; may be negative. */
  mtime: number;
  devmajor: number;
  devminor: number;
  /** Old GNU sparse: more of the sparse map follows in blocks of its own. */
  sparseMapFollows: boolean;
  /** Offset of its first header block in the archive, in bytes. */
  offset: number;
  /** Offset of the first byte of its body in the archive; known once its header is complete. */
  start: number;
  /** PAX records that stood before it, values as byte strings. */
  pax: ReadonlyMap<string, string> | null;
}

/** The block at hand, copied here: its sum goes by words, and no field needs a view of its own. */
const block = Buffer.alloc(BLOCK);
const words = new Uint32Array(block.buffer, block.byteOffset, BLOCK / 4);

/**
 * The member that the block at `at` describes, before any long name or PAX record is applied. Null when the checksum does
 * not fit (POSIX.1-1988 ustar, GNU and v7 alike).
 */
export function parseHeader(bytes: Uint8Array, at = 0): Member | null {
  block.set(bytes.subarray(at, at + BLOCK));
  if (!checksumFits()) return null;
  const size = number(124, 12);
  if (size === null || size < 0) return null;
  const posix = startsWith(257, 'ustar\0');
  const name = text(0, 100);
  const prefix = posix ? text(345, startsWith(508, 'tar\0') ? 131 : 155) : '';
  const type = block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0);
  const isDevice = type === '3' || type === '4';
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkname: text(157, 100),
    type,
    mode: (number(100, 8) ?? 0) & 0o7777, // Docker 20.10 also stores the file type's bits here
    uid: number(108, 8) ?? 0,
    gid: number(116, 8) ?? 0,
    size,
    mtime: number(136, 12) ?? 0,
    devmajor: isDevice ? (number(329, 8) ?? 0) : 0,
    devminor: isDevice ? (number(337, 8) ?? 0) : 0,
    sparseMapFollows: type === 'S' && block[482] !== 0,
    offset: at,
    start: at + BLOCK,
    pax: null,
  };
}

/** True for a block of 512 zero bytes at `at`, two of which end an archive. */
export function isZeroBlock(bytes: Uint8Array, at = 0): boolean {
  for (let i = at; i < at + BLOCK; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** Where the first POSIX or GNU header stands at or after `from`, at any offset, or -1: for streams that got out of step. */
export function nextHeader(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf('ustar', from + 257); at >= 0; at = bytes.indexOf('ustar', at + 1)) {
    const start = at - 257;
    if (start + BLOCK > bytes.length) return -1;
    if (parseHeader(bytes, start) !== null) return start;
  }
  return -1;
}

/** The records of a PAX header body (POSIX.1-2001): length-prefixed, values as byte strings. Null when malformed. */
export function parsePax(body: Uint8Array): Map<string, string> | null {
  const records = new Map<string, string>();
  const bytes = asBuffer(body).toString('latin1');
  let at = 0;
  while (at < bytes.length && bytes[at] !== '\0') {
    const space = bytes.indexOf(' ', at);
    const length = space < 0 ? Number.NaN : Number(bytes.slice(at, space));
    const end = at + length;
    if (!Number.isInteger(length) || end > bytes.length || end <= space + 1 || bytes[end - 1] !== '\n') return null;
    const equals = bytes.indexOf('=', space);
    if (equals < 0 || equals >= end) return null;
    records.set(bytes.slice(space + 1, equals), bytes.slice(equals + 1, end - 1));
    at = end;
  }
  return records;
}

function checksumFits(): boolean {
  const stored = octal(148, 8);
  if (stored === null) return false;
  return stored === sum() || stored === signedSum();
}

/** The sum of all bytes, those of the checksum itself taken for spaces. Every member costs one, so it goes by words. */
function sum(): number {
  let [even, odd] = [0, 0]; // each two sums of 16 bits side by side: 128 bytes at most go into one
  for (let i = 0; i < BLOCK / 4; i++) {
    const word = words[i] ?? 0;
    even += word & 0x00ff00ff;
    odd += (word >>> 8) & 0x00ff00ff;
  }
  let checksum = 0;
  for (let i = 148; i < 156; i++) checksum += (block[i] ?? 0) - 0x20;
  return (even & 0xffff) + (even >>> 16) + (odd & 0xffff) + (odd >>> 16) - checksum;
}

/** Some old tars summed signed characters. */
function signedSum(): number {
  let high = 0;
  for (let i = 0; i < BLOCK; i++) if ((block[i] ?? 0) > 127 && (i < 148 || i >= 156)) high++;
  return sum() - 256 * high;
}

/** A numeric field: octal digits, or base-256 when the high bit is set. Null when neither, or beyond 2^53. */
function number(start: number, length: number): number | null {
  const first = block[start] ?? 0;
  return (first & 0x80) === 0 ? octal(start, length) : base256(start, length);
}

function octal(start: number, length: number): number | null {
  let value = 0;
  let i = start;
  const end = start + length;
  while (i < end && block[i] === 0x20) i++;
  for (; i < end; i++) {
    const byte = block[i] ?? 0;
    if (byte === 0 || byte === 0x20) break;
    if (byte < 0x30 || byte > 0x37) return null;
    value = value * 8 + (byte - 0x30);
  }
  return value;
}

function base256(start: number, length: number): number | null {
  const negative = (block[start] ?? 0) === 0xff;
  let value = negative ? -1 : (block[start] ?? 0) & 0x7f;
  for (let i = start + 1; i < start + length; i++) value = value * 256 + (block[i] ?? 0);
  return Number.isSafeInteger(value) ? value : null;
}

function text(start: number, length: number): string {
  let end = start;
  while (end < start + length && block[end] !== 0) end++;
  if (end === start) return '';
  return block.toString('latin1', start, end);
}

function startsWith(start: number, expected: string): boolean {
  for (let i = 0; i < expected.length; i++) if (block[start + i] !== expected.charCodeAt(i)) return false;
  return true;
}
