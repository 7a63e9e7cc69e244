import { concat, copied } from '../model/byte-arrays.ts';
import { byteString, bytesOf } from '../model/byte-string.ts';
import { BLOCK, padding } from './header.ts';
import type { Member, PaxRecords } from './member.ts';
import { numericField } from './numbers.ts';
import { given } from './pax.ts';
import { RECORD_TYPES } from './records.ts';

/** The new values of a tar header that is changed. Absent fields stay as they were. */
export interface Change {
  name?: string;
  linkname?: string;
  /**
   * All PAX records that the changed member gets, in place of its own. Records for long names are added where they are
   * needed. If absent, the member keeps its own records.
   */
  pax?: PaxRecords;
  type?: string;
  /** A new size in bytes of the content. The sparse map of the member is then left out. */
  size?: number;
}

/** The fields of a new tar header for a member without a body. Names have one character for each byte. */
export type NewMember = Pick<Member, 'name' | 'type' | 'mode' | 'uid' | 'gid' | 'mtime' | 'linkname'>;

/**
 * Makes a changed copy of the header of a tar member, for instance with another name or other PAX records. `header` is
 * all blocks before the member's body, as the archive stores them; `member` is what was read from them. Header fields
 * that do not change are copied byte for byte. Returns all header blocks of the changed member.
 */
export function changedHeader(header: Uint8Array, member: Member, change: Change): Uint8Array {
  const main = mainAt(header);
  const block = copied(header.subarray(main, main + BLOCK));
  const pax = new Map(change.pax ?? member.pax);
  // The header of a sparse file in PAX format has a made-up name. Its records have the real one.
  const isSparse = given(pax, 'GNU.sparse.name') !== null;
  if (isSparse) pax.set('GNU.sparse.name', change.name ?? member.name);
  else writeName(block, pax, 'path', change.name ?? member.name);
  writeName(block, pax, 'linkpath', change.linkname ?? member.linkname);
  if (change.type !== undefined) block[TYPE] = change.type.charCodeAt(0);
  if (change.size === undefined) return joined(paxMember(pax), sealed(block), header.subarray(main + BLOCK));
  if (member.type === 'S') block.fill(0, SPARSE_MAP);
  if (!writeNumber(block, 124, 12, change.size)) pax.set('size', String(change.size));
  return joined(paxMember(pax), sealed(block));
}

/**
 * Makes and returns the header, in POSIX format, of a tar member that is added to an archive and has no body. Values
 * that do not fit into the header block become PAX records before it.
 */
export function newHeader({ name, type, mode, uid, gid, mtime, linkname }: NewMember): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const pax = new Map<string, string>();
  block.set(bytesOf('ustar\x0000'), MAGIC);
  block[TYPE] = type.charCodeAt(0);
  writeName(block, pax, 'path', name);
  writeName(block, pax, 'linkpath', linkname);
  writeNumber(block, 100, 8, mode);
  writeNumber(block, 124, 12, 0);
  for (const [key, at, length, value] of [
    ['uid', 108, 8, uid],
    ['gid', 116, 8, gid],
    ['mtime', 136, 12, mtime],
  ] as const)
    if (!writeNumber(block, at, length, value)) pax.set(key, String(value));
  return joined(paxMember(pax), sealed(block));
}

const [TYPE, MAGIC, PREFIX] = [156, 257, 345];
/**
 * The offset in bytes of the sparse map (list of stored parts) in a header of GNU's type `S`. The fields after it
 * describe the sparse file, too.
 */
const SPARSE_MAP = 386;

/**
 * The offset and length in bytes of the two names in a tar header block: the member's name (`path`) and the target of a
 * link (`linkpath`).
 */
const NAMES = { path: { at: 0, length: 100 }, linkpath: { at: 157, length: 100 } } as const;

/**
 * Returns the offset in bytes of a tar member's own header block in `header`, which is all blocks before the member's
 * body. The headers for long names and PAX records come first.
 */
function mainAt(header: Uint8Array): number {
  let at = 0;
  while (RECORD_TYPES.has(String.fromCharCode(header[at + TYPE] ?? 0))) {
    const size = numericField(header, at + 124, 12) ?? 0;
    at += BLOCK + size + padding(size);
  }
  return at;
}

/**
 * Writes a name into a tar header block, as the member's name or a link's target (`key`). A name that is too long for
 * the block is cut off there, and put whole into the PAX records `pax`. For a shorter name, the record is deleted.
 */
function writeName(block: Uint8Array, pax: Map<string, string>, key: 'path' | 'linkpath', name: string): void {
  const { at, length } = NAMES[key];
  block.fill(0, at, at + length);
  block.set(bytesOf(name.slice(0, length)), at);
  if (key === 'path') clearPrefix(block);
  if (name.length > length) pax.set(key, name);
  else pax.delete(key);
}

/**
 * Clears the prefix field of a tar header block, which holds the first part of a long name. A GNU header can have the
 * access time and the change time of the file at the same offset; these fields are kept.
 */
function clearPrefix(block: Uint8Array): void {
  const magic = byteString(block, MAGIC, MAGIC + 8);
  const isGnu = magic === 'ustar  \0';
  if (!magic.startsWith('ustar')) return;
  const isTime = (at: number): boolean => block[at] === 0 || numericField(block, at, 12) !== null;
  if (isGnu && isTime(PREFIX) && isTime(PREFIX + 12)) return;
  const isStar = byteString(block, 508, 511) === 'tar';
  block.fill(0, PREFIX, PREFIX + (isStar ? 131 : 155));
}

/**
 * Writes a number in octal digits into the header field of `length` bytes at offset `at`. Returns false, and writes
 * zero, when the number is negative, no integer, or too large.
 */
function writeNumber(block: Uint8Array, at: number, length: number, value: number): boolean {
  const digits = value.toString(8);
  const fits = Number.isSafeInteger(value) && value >= 0 && digits.length < length;
  block.set(bytesOf((fits ? digits : '').padStart(length - 1, '0')), at);
  return fits;
}

/** Joins the blocks of a header. Most headers are one block, which is returned as it is. */
function joined(pax: Uint8Array, block: Uint8Array, rest?: Uint8Array): Uint8Array {
  if (pax.length === 0 && (rest === undefined || rest.length === 0)) return block;
  return concat(rest === undefined ? [pax, block] : [pax, block, rest]);
}

/** Writes the checksum of a tar header block into the block, and returns the block. */
function sealed(block: Uint8Array): Uint8Array {
  block.fill(0x20, 148, 156);
  // A callback for each byte would take ten times as long, and each changed member needs this.
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += block[at]!;
  block.set(bytesOf(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return block;
}

/**
 * Makes the tar member, with header, body and padding, that holds PAX records (POSIX.1-2001, pax extended header).
 * Returns an empty array when there are no records.
 */
function paxMember(pax: PaxRecords): Uint8Array {
  if (pax.size === 0) return new Uint8Array();
  const body = bytesOf([...pax].map(([key, value]) => record(key, value)).join(''));
  const block = new Uint8Array(BLOCK);
  block.set(bytesOf('ustar\x0000'), MAGIC);
  block.set(bytesOf('PaxHeaders/member'), 0);
  block[TYPE] = 'x'.charCodeAt(0);
  for (const at of [100, 108, 116]) writeNumber(block, at, 8, at === 100 ? 0o644 : 0);
  writeNumber(block, 124, 12, body.length);
  writeNumber(block, 136, 12, 0);
  return concat([sealed(block), body, new Uint8Array(padding(body.length))]);
}

function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (`${length}`.length + rest.length !== length) length = `${length}`.length + rest.length;
  return `${length}${rest}`;
}
