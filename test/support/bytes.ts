import type { Bytes } from '../../core/model/ports.ts';

/** The bytes as a stream of chunks of the given sizes, round and round; the memory of each is taken away when the next is asked for. */
export async function* chunked(bytes: Uint8Array, ...sizes: number[]): Bytes {
  if (sizes.length === 0) return yield bytes;
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const piece = new Uint8Array(bytes.subarray(at, at + (sizes[i % sizes.length] ?? 1)));
    at += piece.length;
    yield Buffer.from(piece.buffer); // a Buffer, whose slices are views
    piece.buffer.transfer(0);
  }
}

/** All of a stream in one piece. */
export async function collect(bytes: Bytes): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
