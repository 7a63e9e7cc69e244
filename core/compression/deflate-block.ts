import { Deflate } from 'pako';
import type { Block } from '../model/ports.ts';

/**
 * The deflate level for gzip layers. It takes two thirds of the time of level 6, for 3 % more bytes
 * (docs/decisions/0021).
 */
const LEVEL = 4;

/**
 * A value for pako: the stream goes on after this block, and all output is flushed up to a whole byte (`Z_SYNC_FLUSH`).
 */
const SYNC_FLUSH = 2;

/**
 * Compresses one block of a layer with deflate (RFC 1951), and returns the compressed bytes in pieces. The results of
 * all blocks, one after the other, are one deflate stream. This is done in plain JavaScript, because the output of
 * native zlib differs from build to build.
 */
export function deflateBlock({ bytes, before, last }: Block): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  const known = before > 0 ? { dictionary: bytes.subarray(0, before) } : {};
  const deflate = new Deflate({ raw: true, level: LEVEL, ...known });
  deflate.onData = (piece) => {
    pieces.push(piece);
  };
  deflate.push(bytes.subarray(before), last ? true : SYNC_FLUSH);
  return pieces;
}
