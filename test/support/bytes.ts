import type { Bytes } from '../../core/model/ports.ts';

/** The bytes as chunks of the given sizes, in turn. The memory of each chunk is detached when the next is asked for. */
export async function* chunked(bytes: Uint8Array, ...sizes: number[]): Bytes {
  if (sizes.length === 0) return yield bytes;
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const piece = new Uint8Array(bytes.subarray(at, at + (sizes[i % sizes.length] ?? 1)));
    at += piece.length;
    yield Buffer.from(piece.buffer); // this Buffer makes views when it is sliced, not copies
    piece.buffer.transfer(0);
  }
}

/** Reads a whole stream into one buffer. */
export async function collect(bytes: Bytes): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
