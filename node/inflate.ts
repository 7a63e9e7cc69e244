import { createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import type { Bytes, RawInflate } from '../core/model/ports.ts';
import { PIECES, PulledExpander } from './pulled.ts';

/** The most bytes of compressed data that may be inflated in one call, without a thread. */
const SMALL_INPUT = 4096;

/** The most output in bytes of a deflate stream that is inflated in a single call. */
const SMALL_OUTPUT = PIECES.chunkSize;

/**
 * The size in bytes of the output buffers when a deflate stream is inflated in a single call. With the usual 16 KiB,
 * many tiny streams would fill the memory.
 */
const FIRST_OUTPUT = 2 ** 8;

/**
 * Inflates a deflate stream on a thread of libuv's pool, while the caller goes on. A small stream is inflated in one
 * call on the calling thread instead, because a thread takes twenty times as long to prepare.
 */
export class NativeInflate implements RawInflate {
  #inflater: { zlib: InflateRaw; pulled: PulledExpander } | null = null;
  unused = 0;
  ended = false;

  async *push(input: Uint8Array): Bytes {
    const whole = this.#inflater === null && input.length <= SMALL_INPUT ? atOnce(input) : null;
    if (whole === null) return yield* this.#stream(input);
    this.unused = input.length - whole.consumed;
    this.ended = true;
    if (whole.output.length > 0) yield whole.output;
  }

  async *#stream(input: Uint8Array): Bytes {
    this.#inflater ??= newInflater();
    const { zlib, pulled } = this.#inflater;
    const before = zlib.bytesWritten;
    yield* pulled.push(input);
    // zlib leaves input unread only after the end of the deflate stream.
    this.unused = input.length - (zlib.bytesWritten - before);
    this.ended = this.unused > 0;
  }

  close(): void {
    this.#inflater?.pulled.close();
  }
}

function newInflater(): { zlib: InflateRaw; pulled: PulledExpander } {
  const zlib = createInflateRaw(PIECES);
  return { zlib, pulled: new PulledExpander(zlib) };
}

/**
 * Inflates the deflate stream at the beginning of `input` in one call. `consumed` is the number of bytes of `input`
 * that belong to the stream. Null when the stream is damaged, too large, or does not end within `input`.
 */
function atOnce(input: Uint8Array): { output: Uint8Array; consumed: number } | null {
  try {
    // With `info`, zlib returns an object. @types/node does not know that.
    const inflated: unknown = inflateRawSync(input, {
      info: true,
      maxOutputLength: SMALL_OUTPUT,
      chunkSize: FIRST_OUTPUT,
    });
    const { buffer, engine } = inflated as { buffer: Buffer; engine: InflateRaw };
    return { output: buffer, consumed: engine.bytesWritten };
  } catch {
    return null;
  }
}
