import type { Compression } from '../model/inspection.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { bunzip2 } from './bzip2.ts';
import type { CompressedFacts } from './compressed-reader.ts';
import { gunzip } from './gzip.ts';
import { unlz4 } from './lz4.ts';
import { unlzma } from './lzma.ts';
import { unxz } from './xz.ts';
import { unzip } from './zip.ts';
import { unzstd } from './zstd.ts';

/** Decompresses an upload. Throws `bad-archive` with the offset at which the compressed data is damaged or ends. */
export function decompress(
  bytes: Bytes,
  compression: Compression,
  tools: Tools,
  facts: CompressedFacts = { members: 0, trailing: null },
): Bytes {
  switch (compression) {
    case 'none':
      return bytes;
    case 'gzip':
      return gunzip(bytes, tools, facts);
    case 'bzip2':
      return bunzip2(bytes, tools, facts);
    case 'xz':
      return unxz(bytes, tools, facts);
    case 'zstd':
      return unzstd(bytes, tools, facts);
    case 'lz4':
      return unlz4(bytes, tools, facts);
    case 'lzma':
      return unlzma(bytes, tools, facts);
    case 'zip':
      return unzip(bytes, tools, facts);
  }
}
