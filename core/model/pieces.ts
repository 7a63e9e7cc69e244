import type { Bytes } from './ports.ts';

/**
 * Cuts a stream into pieces of `size` bytes. Yields each piece with its number, counted from 1. The last piece may be
 * shorter; an empty stream gives none. Each piece has its own memory.
 */
export async function* pieces(bytes: Bytes, size: number): AsyncGenerator<{ number: number; piece: Uint8Array }> {
  let number = 1;
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length;) {
      const taken = Math.min(chunk.length - at, size - filled);
      piece.set(chunk.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled < size) break;
      yield { number, piece };
      number += 1;
      piece = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield { number, piece: piece.subarray(0, filled) };
}
