import type { Bilingual } from '../catalogue/bilingual.ts';

/** A recognised file that is not a tar archive: `what` completes the sentence "this is …", and `hint` is the remedy. */
export interface Foreign {
  what: Bilingual;
  hint: Bilingual;
}

/**
 * A file format with a magic number: the offset of that number, its bytes as a string, what the file is, and the
 * remedy.
 */
export type Format = readonly [offset: number, magic: string, what: Bilingual, hint: Bilingual];

/** Finds the first of the formats whose magic number is in the file that begins with `head`; null when none fits. */
export function firstFormat(formats: readonly Format[], head: Buffer): Foreign | null {
  const found = formats.find(([offset, magic]) => hasBytes(head, offset, magic));
  return found === undefined ? null : { what: found[2], hint: found[3] };
}

/** True when the file has the given bytes at this offset. `bytes` is a string with one character for each byte. */
export function hasBytes(head: Buffer, offset: number, bytes: string): boolean {
  return head.toString('latin1', offset, offset + bytes.length) === bytes;
}
