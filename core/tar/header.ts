import { finder, viewOf } from '../model/byte-arrays.ts';
import { byteString, bytesOf, type ToByteString } from '../model/byte-string.ts';
import type { Member } from './member.ts';
import { numericField, octalField } from './numbers.ts';

export const BLOCK = 512;

/**
 * The number of zero bytes to write after a body of `size` bytes: bodies in a tar archive fill whole blocks of 512
 * bytes.
 */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/**
 * The reason why a block is not a valid tar header: a wrong checksum, or the name of the first field that is not a
 * number.
 */
export type HeaderFault = 'checksum' | NumericField;
type NumericField = 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'devmajor' | 'devminor' | 'atime' | 'ctime';

/**
 * The chunk of the archive that contains the current tar header. `words` is a DataView of the same bytes, because a
 * header may begin at any offset. Copying each header to aligned memory would take as long as adding up its checksum.
 */
let chunk: Uint8Array = new Uint8Array();
let words: DataView = viewOf(chunk);
/** The offset of the current tar header in the chunk of bytes that contains it. */
let block = 0;
let textOf: ToByteString = byteString;

function lookAt(bytes: Uint8Array, at: number): void {
  block = at;
  if (bytes === chunk) return;
  chunk = bytes;
  words = viewOf(bytes);
}

function byte(at: number): number {
  return chunk[block + at] ?? 0;
}

/** Reads a signed 32-bit number, little-endian, at offset `at` of the current header block. */
function word(at: number): number {
  return words.getInt32(block + at, true);
}

/** The names of those numeric fields of the current tar header that are not valid numbers. */
let wrongFields: NumericField[] = [];

/**
 * Parses the tar header at offset `at` of `bytes` into a member (dialects: POSIX ustar, GNU, star and v7). For an
 * invalid header, returns what is wrong with it. Long names and PAX records, which are in separate headers, are not
 * applied. `toText` makes strings of the bytes of names.
 */
export function parseHeader(bytes: Uint8Array, at = 0, toText: ToByteString = byteString): Member | HeaderFault {
  lookAt(bytes, at);
  textOf = toText;
  if (!checksumFits()) return 'checksum';
  if (wrongFields.length > 0) wrongFields = [];
  const type = byte(156) === 0x30 ? '0' : String.fromCharCode(byte(156));
  const name = text(0, 100);
  const dialect = dialectOf();
  const prefix = dialect === 'v7' ? '' : prefixOf(dialect);
  const hasDevice = dialect !== 'v7' && !(isPlainZero(329) && isPlainZero(337));
  const member: Member = {
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkname: text(157, 100),
    type,
    mode: number('mode', 100, 8) & 0o7777, // Docker 20.10 also stores the bits of the file type here
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
  // Engines ignore the size of a member without a body.
  if (member.size < 0 && !(type >= '1' && type <= '6')) wrongFields.push('size');
  return wrongFields[0] ?? member;
}

/** True when the block at offset `at` has the correct checksum of a tar header. */
export function isHeader(bytes: Uint8Array, at = 0): boolean {
  lookAt(bytes, at);
  return checksumFits();
}

/** True when the 512 bytes from `at` on are all zero. Two such blocks end a tar archive. */
export function isZeroBlock(bytes: Uint8Array, at = 0): boolean {
  if (bytes[at] !== 0) return false;
  lookAt(bytes, at);
  let all = 0;
  for (let from = 0; from < BLOCK; from += 32) {
    all |= word(from) | word(from + 4) | word(from + 8) | word(from + 12);
    all |= word(from + 16) | word(from + 20) | word(from + 24) | word(from + 28);
  }
  return all === 0;
}

/**
 * Finds the next `ustar` in some bytes, the magic that POSIX and GNU headers have at offset 257. Returns the offset of
 * its first letter; -1 when there is none.
 */
export const findMagic = finder(bytesOf('ustar'));

/**
 * Returns the offset, at or after `from`, of the next POSIX or GNU tar header; -1 when no whole header follows. Any
 * offset is possible, because inserted bytes may have moved the header.
 */
export function nextHeader(bytes: Uint8Array, from: number): number {
  // No archive has more headers than blocks. Without this bound, bytes full of magic numbers would take very long.
  let left = Math.ceil(bytes.length / BLOCK);
  for (let at = findMagic(bytes, from + 257); at >= 0 && left > 0; at = findMagic(bytes, at + 1), left--) {
    const start = at - 257;
    if (start + BLOCK > bytes.length) return -1;
    if (isHeader(bytes, start)) return start;
  }
  return -1;
}

/**
 * True when the field at offset `start` of the current tar header contains `0000000` and a NUL, which is the device
 * number of nearly all members. Comparing is faster than parsing.
 */
function isPlainZero(start: number): boolean {
  return word(start) === ZEROS && word(start + 4) === LAST_ZEROS;
}

const ZEROS = 0x30303030;
const LAST_ZEROS = 0x00303030;

type Dialect = 'v7' | 'posix' | 'star' | 'gnu';

function dialectOf(): Dialect {
  if (word(257) !== USTA || byte(261) !== 0x72) return 'v7';
  if (byte(262) === 0) return word(508) === TAR ? 'star' : 'posix';
  return word(261) === R_SPACES ? 'gnu' : 'v7';
}

/** The first four letters of the magic `ustar` of a tar header, as a little-endian number. */
const USTA = 0x61747375;
/** The last four bytes of GNU tar's magic `ustar  `, with its NUL, as a little-endian number. */
const R_SPACES = 0x00202072;
/** The last four bytes of a header that the tar program star wrote: `tar` and a NUL, as a little-endian number. */
const TAR = 0x00726174;

/**
 * The first part of a long path; empty for other paths. A tar header stores it in a field of its own, the prefix, whose
 * length depends on the dialect of tar.
 */
function prefixOf(dialect: Dialect): string {
  if (dialect === 'posix') return text(345, 155);
  if (dialect === 'star') {
    number('atime', 476, 12);
    number('ctime', 488, 12);
    return text(345, 131);
  }
  // GNU headers have times here. Old versions of Go wrote a prefix instead; today's Go reads it unless it is a time.
  if (isTime(345) && isTime(357)) return '';
  const prefix = text(345, 155);
  return /^[\x00-\x7f]*$/.test(prefix) ? prefix : '';
}

function isTime(start: number): boolean {
  return byte(start) === 0 || numericField(chunk, block + start, 12) !== null;
}

function checksumFits(): boolean {
  const stored = storedSum();
  if (stored === null) return false;
  const unsigned = sum();
  return stored === unsigned || stored === unsigned - 256 * highBytes();
}

/**
 * The checksum that is written in the current tar header; null when it is not a number. The usual spelling, six digits
 * with a NUL and a space, is read faster than others.
 */
function storedSum(): number | null {
  const [first, rest] = [word(148), word(152)];
  if (isFourDigits(first) && (rest & 0xfffff8f8) === 0x20003030)
    return (fourDigits(first) << 6) | (fourDigits(rest) >>> 6);
  return octalField(chunk, block + 148, 8);
}

/**
 * The checksum of the current tar header: the sum of its bytes, with the checksum field counted as spaces. It adds
 * whole words for speed, because every member needs it.
 */
function sum(): number {
  const all = words; // a local variable is not looked up for each word
  let [even, odd] = [0, 0]; // each holds two 16-bit sums side by side, of 128 bytes each
  for (let at = block; at < block + BLOCK; at += 16) {
    const one = all.getInt32(at, true);
    const two = all.getInt32(at + 4, true);
    const three = all.getInt32(at + 8, true);
    const four = all.getInt32(at + 12, true);
    even = (even + (one & EVEN) + (two & EVEN) + (three & EVEN) + (four & EVEN)) | 0;
    odd = (odd + ((one >>> 8) & EVEN) + ((two >>> 8) & EVEN) + ((three >>> 8) & EVEN) + ((four >>> 8) & EVEN)) | 0;
  }
  let checksum = -8 * 0x20;
  for (let i = 148; i < 156; i++) checksum += byte(i);
  return (even & 0xffff) + (even >>> 16) + (odd & 0xffff) + (odd >>> 16) - checksum;
}

const EVEN = 0x00ff00ff;

/**
 * The number of bytes from 0x80 up in the current tar header, without those of the checksum. Some old versions of tar
 * took bytes for signed numbers, so that their checksums are lower by 256 for each.
 */
function highBytes(): number {
  let high = 0;
  for (let i = 0; i < BLOCK; i++) if (byte(i) > 127 && (i < 148 || i >= 156)) high++;
  return high;
}

/**
 * Returns the number in a field of the current tar header, 8 or 12 bytes long, which begins at offset `start`. A field
 * that is not a number gives 0, and its name is added to `wrongFields`. The usual spelling, digits and one NUL, is read
 * in words of four bytes for speed.
 */
function number(field: NumericField, start: number, length: 8 | 12): number {
  const first = word(start);
  const last = word(start + length - 4);
  if (isFourDigits(first) && (last & 0xfff8f8f8) === LAST_ZEROS) {
    const rest = fourDigits(last) >>> 3;
    if (length === 8) return (fourDigits(first) << 9) | rest;
    const middle = word(start + 4);
    if (isFourDigits(middle)) return fourDigits(first) * 2 ** 21 + ((fourDigits(middle) << 9) | rest);
  }
  const value = numericField(chunk, block + start, length);
  if (value !== null) return value;
  wrongFields.push(field);
  return 0;
}

/** True when the four bytes packed in `four` are all octal digits. */
function isFourDigits(four: number): boolean {
  return (four & 0xf8f8f8f8) === ZEROS;
}

function fourDigits(four: number): number {
  return ((four & 7) << 9) | ((four >>> 2) & 0o700) | ((four >>> 13) & 0o70) | ((four >>> 24) & 7);
}

function text(start: number, length: number): string {
  const from = block + start;
  const limit = from + length;
  let end = from;
  while (end < limit && chunk[end] !== 0) end++;
  return end === from ? '' : textOf(chunk, from, end);
}
