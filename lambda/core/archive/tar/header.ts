import { numericField, octalField } from './numbers.ts';
import type { PaxRecords } from './pax.ts';
import type { Sparse } from './sparse.ts';

export const BLOCK = 512;

/** A member of a tar archive. Names are byte strings. */
export interface Member {
  name: string;
  linkname: string;
  /** The type flag as one character; a NUL has become `0` or `5`. */
  type: string;
  mode: number;
  uid: number;
  gid: number;
  /** Bytes of its content, the holes of a sparse file included; 0 for types that have none. */
  size: number;
  /** Seconds since the epoch; may be negative. */
  mtime: number;
  devmajor: number;
  devminor: number;
  /** Offset of its first header block in the archive, in bytes. */
  offset: number;
  /** Offset of the first byte of its stored content in the archive; known once its header is complete. */
  start: number;
  /** PAX records that stood before it, values as byte strings. */
  pax: PaxRecords | null;
  /** Which bytes of its content are stored; null when all of them are, as they are. */
  sparse: Sparse | null;
}

/** Why a block is no header: its checksum, or the first field that is no number. */
export type HeaderFault = 'checksum' | NumericField;
type NumericField = 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'devmajor' | 'devminor' | 'atime' | 'ctime';

/** The block at hand, copied here: its sum goes by words, and no field needs a view of its own. */
const block = Buffer.alloc(BLOCK);
const words = new Uint32Array(block.buffer, block.byteOffset, BLOCK / 4);

/** The fields of the block that are no numbers. */
let wrongFields: NumericField[] = [];

/**
 * The member that the block at `at` describes, before any long name or PAX record is applied: its type may be a NUL. Or
 * why the block describes none (POSIX.1-1988 ustar, GNU, star and v7 alike).
 */
export function parseHeader(bytes: Uint8Array, at = 0): Member | HeaderFault {
  block.set(bytes.subarray(at, at + BLOCK));
  if (!checksumFits()) return 'checksum';
  if (wrongFields.length > 0) wrongFields = [];
  const type = block[156] === 0x30 ? '0' : String.fromCharCode(block[156] ?? 0);
  const name = text(0, 100);
  const dialect = dialectOf();
  const prefix = dialect === 'v7' ? '' : prefixOf(dialect);
  const hasDevice = dialect !== 'v7' && !isPlainZero(329);
  const member: Member = {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkname: text(157, 100),
    type,
    mode: number('mode', 100, 8) & 0o7777, // Docker 20.10 also stores the file type's bits here
    uid: number('uid', 108, 8),
    gid: number('gid', 116, 8),
    size: number('size', 124, 12),
    mtime: number('mtime', 136, 12),
    devmajor: hasDevice ? number('devmajor', 329, 8) : 0,
    devminor: hasDevice ? number('devminor', 337, 8) : 0,
    offset: at,
    start: at + BLOCK,
    pax: null,
    sparse: null,
  };
  // Where there is no body, its size does not matter.
  if (member.size < 0 && !(type >= '1' && type <= '6')) wrongFields.push('size');
  return wrongFields[0] ?? member;
}

/** True where a block is a tar header by its checksum. */
export function isHeader(bytes: Uint8Array, at = 0): boolean {
  block.set(bytes.subarray(at, at + BLOCK));
  return checksumFits();
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
    if (isHeader(bytes, start)) return start;
  }
  return -1;
}

/** True for twice `0000000` and a NUL: nearly all members have that for a device, so it is not worth reading. */
function isPlainZero(start: number): boolean {
  for (let i = 0; i < 16; i++) if (block[start + i] !== ((i & 7) === 7 ? 0 : 0x30)) return false;
  return true;
}

type Dialect = 'v7' | 'posix' | 'star' | 'gnu';

function dialectOf(): Dialect {
  if (!startsWith(257, 'ustar')) return 'v7';
  if (block[262] === 0) return startsWith(508, 'tar\0') ? 'star' : 'posix';
  return startsWith(262, '  \0') ? 'gnu' : 'v7';
}

/** What stands before the name, by the dialect. */
function prefixOf(dialect: Dialect): string {
  if (dialect === 'posix') return text(345, 155);
  if (dialect === 'star') {
    number('atime', 476, 12);
    number('ctime', 488, 12);
    return text(345, 131);
  }
  // In GNU headers times stand here. Old versions of Go wrote a prefix all the same, and today's read it where it is no time.
  if (isTime(345) && isTime(357)) return '';
  const prefix = text(345, 155);
  return /^[\x00-\x7f]*$/.test(prefix) ? prefix : '';
}

function isTime(start: number): boolean {
  return block[start] === 0 || numericField(block, start, 12) !== null;
}

function checksumFits(): boolean {
  const stored = octalField(block, 148, 8);
  if (stored === null) return false;
  return stored === sum() || stored === signedSum();
}

/** The sum of all bytes, those of the checksum itself taken for spaces. Every member costs one, so it goes by words. */
function sum(): number {
  let [even, odd] = [0, 0]; // each two sums of 16 bits side by side: 128 bytes at most go into one
  for (let i = 0; i < BLOCK / 4; i += 2) {
    const one = words[i] ?? 0;
    const two = words[i + 1] ?? 0;
    even = (even + (one & 0x00ff00ff) + (two & 0x00ff00ff)) | 0;
    odd = (odd + ((one >>> 8) & 0x00ff00ff) + ((two >>> 8) & 0x00ff00ff)) | 0;
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

function number(field: NumericField, start: number, length: number): number {
  // Nearly all fields are digits up to a NUL: they are read here, which costs half as much.
  const end = start + length;
  let digits = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = (block[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) break;
    digits = digits * 8 + digit;
  }
  if (at > start && (at === end || block[at] === 0)) return digits;
  const value = numericField(block, start, length);
  if (value !== null) return value;
  wrongFields.push(field);
  return 0;
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
