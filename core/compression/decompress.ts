import type { Compression, SingleCompression } from '../model/compression.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { bunzip2 } from './bzip2.ts';
import type { CompressedFacts } from './compressed-reader.ts';
import { gunzip } from './gzip.ts';
import { unlz4 } from './lz4.ts';
import { unlzma } from './lzma.ts';
import { onlyArchive } from './only-archive.ts';
import { unxz } from './xz.ts';
import { unzip } from './zip.ts';
import { unzstd } from './zstd.ts';

/**
 * Returns the decompressed content of `bytes`, an upload or a layer. `compression` names all compressions to undo, the
 * innermost first: `gzip`, or `gzip in xz` for bytes that were compressed twice. For `none`, `bytes` are returned as
 * they are. While the content is read, facts such as the number of members are added to `facts`. Reading throws
 * `bad-archive` with the offset at which the compressed data is damaged or ends.
 */
export function decompress(
  bytes: Bytes,
  compression: Compression,
  tools: Tools,
  facts: CompressedFacts = { members: 0, trailing: null },
): Bytes {
  if (compression === 'none') return bytes;
  const steps = compression.split(' in ') as (SingleCompression | 'tar')[];
  return steps.reduceRight((stored, step, at) => {
    if (step === 'tar') return onlyArchive(stored, tools);
    return at === steps.length - 1 ? expanded(stored, step, tools, facts) : expandedAgain(stored, step, tools, facts);
  }, bytes);
}

function expanded(bytes: Bytes, compression: SingleCompression, tools: Tools, facts: CompressedFacts): Bytes {
  switch (compression) {
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

/**
 * Expands the inner data of an upload that was compressed twice, and yields its content. At first, `facts` describes
 * the outer data. After the inner data was read, its number of members is added to `facts.members`. `facts.trailing` is
 * set to the bytes after the inner members if there are no bytes after the outer ones. `facts.unchecked` (content
 * without a checksum) stays true only when the inner data has no checksum either.
 */
export async function* expandedAgain(
  bytes: Bytes,
  compression: SingleCompression,
  tools: Tools,
  facts: CompressedFacts,
): Bytes {
  const own: CompressedFacts = { members: 0, trailing: null, ...(facts.watch && { watch: facts.watch }) };
  yield* expanded(bytes, compression, tools, own);
  facts.members += own.members;
  facts.trailing ??= own.trailing;
  facts.unchecked = facts.unchecked === true && own.unchecked === true;
}
