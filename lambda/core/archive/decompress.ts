import { badArchive } from '../errors.ts';
import { finding } from '../findings.ts';
import type { Compression } from '../inspection.ts';
import type { Bytes, Tools } from '../ports.ts';
import { type GzipFacts, gunzip } from './gzip.ts';

/** The decompressed content of an upload. Throws `bad-archive` with the offset where the data is damaged or ends. */
export function decompress(
  bytes: Bytes,
  compression: Compression,
  tools: Tools,
  facts: GzipFacts = { members: 0, trailing: null },
): Bytes {
  switch (compression) {
    case 'none':
      return bytes;
    case 'gzip':
      return gunzip(bytes, tools, facts);
    case 'bzip2':
    case 'xz':
    case 'zstd': {
      const tool = { bzip2: 'bzip2 -d', xz: 'xz -d', zstd: 'zstd -d' }[compression];
      throw badArchive(finding('compression-not-expanded', { compression, tool }));
    }
  }
}
