import { viewOf } from '../model/byte-arrays.ts';

/** The header of a file in the format .lzma. */
export interface LzmaHeader {
  /** The byte that encodes the properties lc, lp and pb of the LZMA data. */
  properties: number;
  /** The size of the LZMA dictionary in bytes. */
  dictionaryBytes: number;
  /** The size of the content in bytes; null when an end mark shows where it ends. */
  contentBytes: number | null;
}

/** The length in bytes of the header of a file in the format .lzma. */
export const LZMA_HEADER_BYTES = 13;

/**
 * The smallest size of content, in bytes, that is too large to be likely: 256 GiB, as in the tool `xz`. A header with
 * such a size does not count as the header of a .lzma file.
 */
const UNLIKELY_BYTES = 2 ** 38;

/**
 * Reads and returns the header of a file in the format .lzma; null for any other file. The format has no magic number,
 * so the values must be likely ones, as in the tool `xz`: a dictionary of 2^n, 2^n + 2^(n-1) or 2^32 - 1 bytes, and
 * content of less than 256 GiB or of unknown size. A dictionary of less than 4 KiB does not count as likely here.
 */
export function lzmaHeader(head: Uint8Array): LzmaHeader | null {
  if (head.length < LZMA_HEADER_BYTES || head[0]! >= 225) return null;
  const fields = viewOf(head);
  const dictionaryBytes = fields.getUint32(1, true);
  const power = 2 ** Math.floor(Math.log2(dictionaryBytes));
  const isLikely = dictionaryBytes === power || dictionaryBytes === power * 1.5 || dictionaryBytes === 2 ** 32 - 1;
  const size = fields.getBigUint64(5, true);
  const isOpen = size === 2n ** 64n - 1n;
  if (dictionaryBytes < 4096 || !isLikely || (!isOpen && size >= UNLIKELY_BYTES)) return null;
  return { properties: head[0]!, dictionaryBytes, contentBytes: isOpen ? null : Number(size) };
}
