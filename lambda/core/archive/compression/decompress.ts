import type { Compression } from '../../inspection.ts';
import type { Bytes, Tools } from '../../ports.ts';
import type { CompressedFacts } from './compressed-reader.ts';

/** The decompressed content of an upload. Throws `bad-archive` with the offset where the data is damaged or ends. */
export async function* decompress(
  bytes: Bytes,
  compression: Compression,
  tools: Tools,
  facts: CompressedFacts = { members: 0, trailing: null },
): Bytes {
  switch (compression) {
    case 'none':
      return yield* bytes;
    case 'gzip':
      return yield* (await import('./gzip.ts')).gunzip(bytes, tools, facts);
    case 'bzip2':
      return yield* (await import('./bzip2.ts')).bunzip2(bytes, tools, facts);
    case 'xz':
      return yield* (await import('./xz.ts')).unxz(bytes, tools, facts);
    case 'zstd':
      return yield* (await import('./zstd.ts')).unzstd(bytes, tools, facts);
    case 'zip':
      return yield* (await import('./zip.ts')).unzip(bytes, tools, facts);
  }
}
