import { constants, createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { LIMITS } from '../core/limits.ts';
import type { FrameExpander } from '../core/model/ports.ts';
import { PIECES, PulledEngine } from './pulled.ts';

/** Bytes. The largest content that is expanded in one call, and the memory that is taken for it at a time. */
const SMALL = { maxOutputLength: 2 ** 16, chunkSize: 2 ** 12 };

/**
 * Expands zstd frames (RFC 8878) on a thread of libuv's pool. Each frame must be an input of its own: Node's
 * decompressor stops without an error when a frame ends inside an input (nodejs/node#64741). A small frame is expanded
 * on the calling thread, because the way to the other thread and back takes longer.
 */
export function nativeZstd(): FrameExpander {
  const params = { [constants.ZSTD_d_windowLogMax]: Math.log2(LIMITS.windowBytes) };
  let engine: PulledEngine | null = null;
  return {
    push: (input) => (engine ??= new PulledEngine(createZstdDecompress({ ...PIECES, params }))).push(input),
    whole: atOnce,
    close: () => engine?.close(),
  };
}

function atOnce(frame: Uint8Array): Uint8Array | null {
  try {
    return zstdDecompressSync(frame, SMALL);
  } catch {
    return null;
  }
}
