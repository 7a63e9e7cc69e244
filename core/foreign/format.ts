import type { Bilingual } from '../catalogue/bilingual.ts';
import { byteString } from '../model/byte-string.ts';

/**
 * The description of a file that is not a tar archive: `what` completes the sentence "this is …", and `hint` says what
 * the user can do.
 */
export interface Foreign {
  what: Bilingual;
  hint: Bilingual;
}

/**
 * A file format with a magic number: the offset of that number, its bytes as a string, a name for such a file, and
 * advice for the user.
 */
export type Format = readonly [offset: number, magic: string, what: Bilingual, hint: Bilingual];

/**
 * Returns the description of a file by the first of `formats` whose magic number it has: what it is, and what the user
 * can do. Null when it has none of them. `head` is the beginning of the file.
 */
export function firstFormat(formats: readonly Format[], head: Uint8Array): Foreign | null {
  const found = formats.find(([offset, magic]) => hasBytes(head, offset, magic));
  return found === undefined ? null : { what: found[2], hint: found[3] };
}

/**
 * True when a file has the given bytes at `offset`. `head` is the beginning of the file; `bytes` is a string with one
 * character for each byte.
 */
export function hasBytes(head: Uint8Array, offset: number, bytes: string): boolean {
  return byteString(head, offset, offset + bytes.length) === bytes;
}
