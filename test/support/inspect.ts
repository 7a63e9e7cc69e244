import { inspect } from '../../core/inspect/inspect.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import { chunked } from './bytes.ts';
import { plainTools } from './tools.ts';

/** Inspects bytes in memory with the tools of a pure core. */
export function inspectBytes(bytes: Uint8Array, ...chunkSizes: number[]): Promise<Inspection> {
  return inspect(chunked(bytes, ...chunkSizes), plainTools);
}
