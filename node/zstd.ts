import { createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { LIMITS } from '../core/limits.ts';
import type { FrameExpander } from '../core/model/ports.ts';
import { PIECES, PulledExpander } from './pulled.ts';

/**
 * The limits in bytes for decompressing a zstd frame in one call: the most content, and the size of each output buffer.
 * A frame with more content is decompressed on another thread.
 */
const SMALL_FRAME = { maxOutputLength: 2 ** 16, chunkSize: 2 ** 12 };

/**
 * The number that identifies zstd's parameter `ZSTD_d_windowLogMax` (zstd.h). Node's constant for it is not used,
 * because node:zlib would have to be loaded when the program starts.
 */
const WINDOW_LOG_MAX = 100;

/**
 * Makes a decompressor for zstd frames (RFC 8878) that works on a thread of libuv's pool. An input must not go beyond
 * the end of a frame: Node's decompressor would stop there without an error (nodejs/node#64741). Small frames are
 * decompressed on the calling thread, because another thread would take longer.
 */
export function nativeZstd(): FrameExpander {
  const params = { [WINDOW_LOG_MAX]: Math.log2(LIMITS.windowBytes) };
  let expander: PulledExpander | null = null;
  return {
    push: (input) => (expander ??= new PulledExpander(createZstdDecompress({ ...PIECES, params }))).push(input),
    whole: atOnce,
    close: () => expander?.close(),
  };
}

function atOnce(frame: Uint8Array): Uint8Array | null {
  try {
    return zstdDecompressSync(frame, SMALL_FRAME);
  } catch {
    return null;
  }
}
