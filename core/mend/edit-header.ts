import { concat, copied } from '../model/byte-arrays.ts';
import { byteString, bytesOf } from '../model/byte-string.ts';
import { BLOCK } from '../tar/header.ts';
import type { Member } from '../tar/member.ts';
import { numericField } from '../tar/numbers.ts';
import { RECORD_TYPES } from '../tar/records.ts';
import { padding } from '../tar/write.ts';
import type { Edit } from './decide.ts';

/** The fields of a tar header that an edit may change: the offset and the length of each, in bytes (POSIX ustar). */
const NAME = [0, 100] as const;
const SIZE = [124, 12] as const;
const SUM = [148, 8] as const;
const LINKNAME = [157, 100] as const;
const TYPE = 156;
const MAGIC = 257;

/** The first size in bytes that has no room in the eleven octal digits of a header. */
const LARGE = 8 ** 11;

/**
 * The headers of a member with the fields of `edit` changed. `headers` are its bytes from the first header block up to
 * the body. PAX records and fields that the edit does not name keep their bytes.
 */
export function editedHeaders(headers: Uint8Array, member: Member, edit: Edit): Uint8Array {
  if (Object.keys(edit).length === 0) return headers;
  const parts = partsOf(headers);
  const isExpanded = edit.expand === true;
  const name = edit.name ?? (isExpanded ? member.name : undefined);
  const { linkname } = edit;
  const block = copied(parts.header);
  const records = recordsOf(parts.pax?.body).filter(
    ({ key }) =>
      edit.without?.includes(key) !== true &&
      !(name !== undefined && (key === 'path' || key === 'GNU.sparse.name')) &&
      !(linkname !== undefined && key === 'linkpath') &&
      !(isExpanded && (key === 'size' || key.startsWith('GNU.sparse.'))),
  );
  const add = (key: string, value: string) => records.push({ key, bytes: record(key, value) });
  if (name !== undefined && !setName(block, name)) add('path', name);
  if (linkname !== undefined && !setText(block, LINKNAME, linkname)) add('linkpath', linkname);
  if (isExpanded) setNumber(block, SIZE, member.size);
  if (edit.type === '5') setNumber(block, SIZE, 0);
  const type = isExpanded ? '0' : edit.type;
  if (type !== undefined) block[TYPE] = type.charCodeAt(0);
  if (isExpanded && member.type === 'S') block.fill(0, 386, BLOCK); // the sparse map
  setSum(block);
  const longs = parts.longs.filter(
    ({ type: of }) => !((of === 'L' && name !== undefined) || (of === 'K' && linkname !== undefined)),
  );
  return concat([...longs.map(({ bytes }) => bytes), ...paxHeader(parts, block, records), block]);
}

interface Part {
  type: string;
  /** The header block of an extra header, and its body with the padding. */
  bytes: Uint8Array;
  body: Uint8Array;
}

interface Parts {
  pax: Part | null;
  /** The extra headers for long names of GNU tar. */
  longs: Part[];
  header: Uint8Array;
}

function partsOf(headers: Uint8Array): Parts {
  const parts: Parts = { pax: null, longs: [], header: headers };
  for (let at = 0; at < headers.length;) {
    const type = String.fromCharCode(headers[at + TYPE] ?? 0);
    parts.header = headers.subarray(at, at + BLOCK);
    if (!RECORD_TYPES.has(type)) break;
    const size = numericField(headers, at + SIZE[0], SIZE[1]) ?? 0;
    const end = at + BLOCK + size;
    const part = { type, bytes: headers.subarray(at, end + padding(size)), body: headers.subarray(at + BLOCK, end) };
    if (type === 'x') parts.pax = part;
    else parts.longs.push(part);
    at = end + padding(size);
  }
  return parts;
}

interface Record {
  key: string;
  bytes: Uint8Array;
}

/** The PAX records in the body of a PAX header, each with its bytes (POSIX pax: `LENGTH KEY=VALUE` and a line feed). */
function recordsOf(body: Uint8Array = new Uint8Array()): Record[] {
  const records: Record[] = [];
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const end = at + Number(byteString(body, at, space));
    const equals = body.indexOf(0x3d, space);
    records.push({ key: byteString(body, space + 1, equals), bytes: body.subarray(at, end) });
    at = end;
  }
  return records;
}

function record(key: string, value: string): Uint8Array {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return bytesOf(length + rest);
}

/** The PAX header with these records; nothing when there are none. A new one gets owner and time of the member. */
function paxHeader({ pax }: Parts, member: Uint8Array, records: readonly Record[]): Uint8Array[] {
  if (records.length === 0) return [];
  const body = concat(records.map(({ bytes }) => bytes));
  const block = copied(pax === null ? member : pax.bytes.subarray(0, BLOCK));
  if (pax === null) {
    block.fill(0, MAGIC);
    block.set(bytesOf('ustar\x0000'), MAGIC);
    setText(block, LINKNAME, '');
    setText(block, NAME, 'PaxHeaders/mended');
    block[TYPE] = 'x'.charCodeAt(0);
  }
  setNumber(block, SIZE, body.length);
  setSum(block);
  return [block, body, new Uint8Array(padding(body.length))];
}

/** Writes a name into a header. False when it is too long, so that a PAX record must give it. */
function setName(block: Uint8Array, name: string): boolean {
  const isPosix = byteString(block, MAGIC, MAGIC + 6) === 'ustar\0';
  // The prefix has 131 bytes in headers of star, with times after it. In GNU headers, other fields are in its place.
  if (isPosix) block.fill(0, 345, byteString(block, 508, BLOCK) === 'tar\0' ? 476 : 500);
  return setText(block, NAME, name);
}

function setText(block: Uint8Array, [start, length]: readonly [number, number], text: string): boolean {
  block.fill(0, start, start + length);
  block.set(bytesOf(text.slice(0, length)), start);
  return text.length <= length;
}

function setNumber(block: Uint8Array, [start, length]: readonly [number, number], value: number): void {
  if (value < LARGE) return void block.set(bytesOf(`${value.toString(8).padStart(length - 1, '0')}\0`), start);
  let rest = value;
  for (let at = start + length - 1; at > start; at--) {
    block[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  block[start] = 0x80;
}

function setSum(block: Uint8Array): void {
  block.fill(0x20, SUM[0], SUM[0] + SUM[1]);
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.set(bytesOf(`${sum.toString(8).padStart(6, '0')}\0 `), SUM[0]);
}
