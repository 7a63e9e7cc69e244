import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { Bytes } from '../../core/model/ports.ts';
import { CHUNK_BYTES } from '../../node/files.ts';

/**
 * Reads the open pipe or socket `fd` to its end, and closes it. Yields chunks of 1 MiB; the last one may be smaller.
 * All chunks share one buffer, so a chunk is valid only until the next one. Throws the system's error, or the reason of
 * `signal` when that aborts.
 */
export async function* readPipe(fd: number, signal: AbortSignal): Bytes {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let length = 0;
  let turn = Promise.withResolvers<'full' | 'end'>();
  // A readable stream would allocate 64 KiB for each read, which takes three times as long and 50 MB.
  const onread = {
    buffer: () => buffer.subarray(length % CHUNK_BYTES),
    callback(count: number) {
      length += count;
      if (length === CHUNK_BYTES) turn.resolve('full');
      return length < CHUNK_BYTES;
    },
  };
  const socket = new Socket({ fd, readable: true, writable: false, onread });
  socket.once('end', () => turn.resolve('end'));
  socket.once('error', (error) => turn.reject(error));
  const interrupt = () => socket.destroy(signal.reason as Error);
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const state = await turn.promise;
      if (length > 0) yield buffer.subarray(0, length);
      if (state === 'end') return;
      turn = Promise.withResolvers();
      length = 0;
      socket.resume();
    }
  } finally {
    signal.removeEventListener('abort', interrupt);
    socket.destroy();
  }
}

/**
 * Reads a stream, joins its small chunks, and yields chunks of 1 MiB; the last one may be smaller. All yielded chunks
 * share one buffer, so a chunk is valid only until the next one. Throws the stream's error, or the reason of `signal`
 * when that aborts.
 */
export async function* gather(stream: Readable, signal: AbortSignal): Bytes {
  const interrupt = () => stream.destroy(signal.reason as Error);
  signal.addEventListener('abort', interrupt, { once: true });
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (let done = 0; done < chunk.length;) {
        const copied = chunk.copy(buffer, length, done);
        done += copied;
        length += copied;
        if (length < CHUNK_BYTES) continue;
        yield buffer;
        length = 0;
      }
    }
    signal.throwIfAborted();
    if (length > 0) yield buffer.subarray(0, length);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}
