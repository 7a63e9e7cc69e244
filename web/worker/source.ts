import type { Bytes, Source } from '../../core/model/ports.ts';

/** The number of bytes of a file that are read at a time. */
const CHUNK_BYTES = 2 ** 20;

/**
 * The bytes of a file or blob, in chunks of 1 MiB. The next chunk is read while the last one is used. When the signal
 * is aborted, its reason is thrown.
 */
export async function* chunksOf(blob: Blob, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const read = (at: number): Promise<ArrayBuffer> | null => {
    if (at >= blob.size) return null;
    const reading = blob.slice(at, at + CHUNK_BYTES).arrayBuffer();
    // A failure is thrown when the chunk is asked for. Without this line it could count as unhandled before.
    reading.catch(() => {});
    return reading;
  };
  let next = read(0);
  for (let at = CHUNK_BYTES; next !== null; at += CHUNK_BYTES) {
    const chunk: ArrayBuffer = await next;
    next = read(at);
    signal?.throwIfAborted();
    yield new Uint8Array(chunk);
  }
}

/** A source that gives the bytes of a file, or of any range in it, until the signal is aborted. */
export function sourceOf(file: Blob, signal?: AbortSignal): Source {
  return { open: (start = 0, end = file.size): Bytes => chunksOf(file.slice(start, end), signal) };
}
