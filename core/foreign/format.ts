import type { Bilingual } from '../catalogue/bilingual.ts';
import { byteString } from '../model/byte-string.ts';

/** A file that is no archive: `what` completes the sentence "this is …", `hint` is the remedy. */
export interface Foreign {
  what: Bilingual;
  hint: Bilingual;
}

/** A format with a magic number: its offset, the number as a byte string, what the file is, and the remedy. */
export type Format = readonly [offset: number, magic: string, what: Bilingual, hint: Bilingual];

/** The first of the formats whose magic number is in the file; null when none is. */
export function firstFormat(formats: readonly Format[], head: Uint8Array): Foreign | null {
  const found = formats.find(([offset, magic]) => hasBytes(head, offset, magic));
  return found === undefined ? null : { what: found[2], hint: found[3] };
}

/** True when the file has these bytes, given as a byte string, at the offset. */
export function hasBytes(head: Uint8Array, offset: number, bytes: string): boolean {
  return byteString(head, offset, offset + bytes.length) === bytes;
}
