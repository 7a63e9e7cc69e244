import { type Bilingual, both } from '../catalogue/bilingual.ts';
import type { SingleCompression } from '../model/compression.ts';
import { BLOCK, isHeader } from '../tar/header.ts';

/** The compressions that are recognised by a magic number alone: all but zip and lzma. */
type Marked = Exclude<SingleCompression, 'zip' | 'lzma'>;

/**
 * The compressions whose data begins with a magic number, and the bytes of that number. There are two entries for lz4,
 * because its legacy frames have another magic number.
 */
export const COMPRESSIONS: readonly [Marked, readonly number[]][] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['lz4', [0x04, 0x22, 0x4d, 0x18]],
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
];

/**
 * The compression of data, recognised by its magic number; null when the data begins with no magic number in
 * `COMPRESSIONS`. For zip and lzma, it is null, too.
 */
export function compressionOf(head: Uint8Array): Marked | null {
  const found = COMPRESSIONS.find(([, magic]) => magic.every((byte, i) => head[i] === byte));
  return found?.[0] ?? null;
}

/**
 * Recognises compressed data, a zip file or a tar archive by its first bytes. Returns the name of the format in English
 * and Chinese; null for other bytes.
 */
export function archiveFormat(head: Uint8Array): Bilingual | null {
  const compression = compressionOf(head);
  if (compression !== null) return both(`${compression} data`, ` ${compression} 数据`);
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4) return both('a zip file', ' zip 文件');
  const isTar = head.length >= BLOCK && isHeader(head);
  return isTar ? both('a tar archive', ' tar 归档') : null;
}
