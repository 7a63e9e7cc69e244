import type { Bilingual } from '../catalogue/bilingual.ts';
import type { ToByteString } from '../model/byte-string.ts';
import type { Member, PaxRecords } from './member.ts';
import { decimal, paxTime } from './numbers.ts';

/** The keys of PAX records whose values are names. A name must not contain a NUL. */
const NAME_KEYS = new Set(['path', 'linkpath', 'uname', 'gname']);

/** The length in bytes of the shortest possible PAX record, `5 a=\n`. */
const SHORTEST_RECORD = 5;

/**
 * The records in the body of one PAX header. `count` is the number of records in the body, which is larger than that of
 * `records` when the body has several with the same key.
 */
interface PaxBody {
  records: PaxRecords;
  count: number;
}

/**
 * Parses the body of a PAX header into its records (POSIX.1-2001). `toText` makes a string of the body, one character
 * for each byte. Returns null for a body that Go's archive/tar refuses.
 */
export function parsePax(body: Uint8Array, toText: ToByteString): PaxBody | null {
  const records = new Map<string, string>();
  let count = 0;
  const map: string[] = [];
  const text = toText(body, 0, body.length);
  for (let at = 0; at < text.length;) {
    const space = text.indexOf(' ', at);
    const length = space < 0 ? 0 : lengthAt(text, at, space);
    const end = at + length;
    if (length < SHORTEST_RECORD || end > text.length || end <= space + 1) return null;
    const equals = text.indexOf('=', space);
    if (equals <= space + 1 || equals >= end - 1 || text[end - 1] !== '\n') return null;
    const key = text.slice(space + 1, equals);
    const value = text.slice(equals + 1, end - 1);
    // Once for the whole text would be slower: V8 moves that into the loop, and searches all of it for each record.
    if ((NAME_KEYS.has(key) ? value : key).includes('\0')) return null;
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') {
      // Version 0.0 writes its map as pairs of records, version 0.1 as one record.
      if (value.includes(',') || (key === 'GNU.sparse.offset') !== (map.length % 2 === 0)) return null;
      map.push(value);
    } else records.set(key, value);
    count++;
    at = end;
  }
  if (map.length > 0) records.set('GNU.sparse.map', map.join(','));
  return { records, count };
}

/**
 * The length in bytes of a PAX record: the decimal number from index `start` to `end` of the text; 0 when it is not a
 * number.
 */
function lengthAt(text: string, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    // Rare: a sign, or text that is not a number.
    if (digit < 0 || digit > 9) return decimal(text.slice(start, end)) ?? 0;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * Overwrites the fields of a tar member with the values of its PAX records. An empty value counts as a missing record.
 * Returns null on success. If a value must be a number but is none, returns a phrase for the user that names the
 * record.
 */
export function applyPax(member: Member, pax: PaxRecords): Bilingual | null {
  member.name = given(pax, 'path') ?? member.name;
  member.linkname = given(pax, 'linkpath') ?? member.linkname;
  for (const key of ['size', 'uid', 'gid'] as const) {
    const text = given(pax, key);
    if (text === null) continue;
    const value = decimal(text);
    if (value === null) return noNumber(key);
    member[key] = value;
  }
  for (const key of ['mtime', 'atime', 'ctime'] as const) {
    const text = given(pax, key);
    if (text === null) continue;
    const value = paxTime(text);
    if (value === null) return noNumber(key);
    if (key === 'mtime') member.mtime = value;
  }
  return null;
}

/** The value of a PAX record; null when the record is missing or empty, which means the same. */
export function given(pax: PaxRecords, key: string): string | null {
  const value = pax.get(key) ?? '';
  return value === '' ? null : value;
}

function noNumber(key: string): Bilingual {
  return { en: `its PAX record \`${key}\` is no number`, zh: `它的 PAX 记录 \`${key}\` 不是数字` };
}
