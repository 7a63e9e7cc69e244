import { constants, createZstdDecompress } from 'node:zlib';
import { LIMITS } from '../core/limits.ts';
import type { Expander } from '../core/ports.ts';
import { PIECES, PulledEngine } from './pulled.ts';

/**
 * Expands zstd frames (RFC 8878) on a thread of libuv's pool. Each frame must be an input of its own: Node's
 * decompressor stops without an error when a frame ends inside an input (nodejs/node#64741).
 */
export function nativeZstd(): Expander {
  const params = { [constants.ZSTD_d_windowLogMax]: Math.log2(LIMITS.windowBytes) };
  return new PulledEngine(createZstdDecompress({ ...PIECES, params }));
}
