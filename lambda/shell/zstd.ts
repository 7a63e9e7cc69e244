import { constants, createZstdDecompress } from 'node:zlib';
import { LIMITS } from '../core/limits.ts';
import type { Expander } from '../core/ports.ts';
import { PIECES, PulledEngine } from './pulled.ts';

/**
 * Expands zstd frames on a thread of libuv's pool. Node's engine stops silently when a frame ends inside an input
 * (nodejs/node#64741), but goes on with the next frame when that comes as a new one.
 */
export function nativeZstd(): Expander {
  const params = { [constants.ZSTD_d_windowLogMax]: Math.log2(LIMITS.windowBytes) };
  return new PulledEngine(createZstdDecompress({ ...PIECES, params }));
}
