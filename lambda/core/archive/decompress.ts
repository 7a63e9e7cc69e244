import type { Compression } from '../inspection.ts';
import type { Bytes, Tools } from '../ports.ts';
import { type GzipFacts, gunzip } from './gzip.ts';

/** The compressions that can be expanded here. */
export type Expandable = Extract<Compression, 'none' | 'gzip'>;

/** The decompressed content of an upload. Throws `bad-archive` with the offset where the data is damaged or ends. */
export function decompress(
  bytes: Bytes,
  compression: Expandable,
  tools: Tools,
  facts: GzipFacts = { members: 0, trailing: null },
): Bytes {
  return compression === 'none' ? bytes : gunzip(bytes, tools, facts);
}
