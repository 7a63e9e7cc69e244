import type { Bytes } from '../../lambda/core/ports.ts';

/** The bytes as a stream of chunks of the given sizes, round and round; one buffer is reused, as real sources do. */
export async function* chunked(bytes: Uint8Array, ...sizes: number[]): Bytes {
  if (sizes.length === 0) return yield bytes;
  const buffer = Buffer.alloc(Math.max(1, ...sizes)); // a Buffer, whose slices are views
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const piece = bytes.subarray(at, at + (sizes[i % sizes.length] ?? 1));
    at += piece.length;
    buffer.fill(0xee);
    buffer.set(piece);
    yield buffer.subarray(0, piece.length);
  }
}

/** All of a stream in one piece. */
export async function collect(bytes: Bytes): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
