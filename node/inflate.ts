import { createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import type { Bytes, RawInflate } from '../core/model/ports.ts';
import { PIECES, PulledExpander } from './pulled.ts';

/**
 * The most bytes of compressed data that may be inflated in one call, without a thread: a whole block of bgzip. More
 * bytes are inflated on another thread.
 */
const SMALL_INPUT = 2 ** 16;

/**
 * The most bytes of compressed data whose content is expected to be small, too. Only for these, a small output buffer
 * is tried first.
 */
const TINY_INPUT = 4096;

/**
 * The limits for inflating a deflate stream in a single call, in bytes: the size of each output buffer (`chunkSize`),
 * and the most output that the call may produce (`maxOutputLength`).
 */
interface Sizes {
  chunkSize: number;
  maxOutputLength: number;
}

/**
 * The size in bytes of the output buffer for blocks of bgzip, whose content has at most 64 KiB. Buffers of this size
 * are freed right after use, because V8 would free them too late. They are recognised by their size, which no other
 * buffer of Node has. The buffers of Node's shared pool have 64 KiB, and must not be freed.
 */
const MEDIUM = 96 * 1024;

/**
 * The size in bytes of the output buffer for a deflate stream whose content does not fit into `MEDIUM`, such as a long
 * run of zeros. What does not fit into this buffer either is inflated on another thread.
 */
const LARGE = 2 ** 20;

/**
 * The limits for inflating a deflate stream in a single call, each with larger buffers than the one before. They are
 * tried in order until the output of the stream fits. Small buffers are tried first: if each of many tiny streams had a
 * large buffer, the buffers would fill the memory. But a stream of zeros would need thousands of small buffers, which
 * takes ten times as long as one large buffer. For the larger buffers, the most output is one byte less than the
 * buffer: zlib then stops when the buffer is full, and does not allocate a second one.
 */
const SIZES: readonly Sizes[] = [
  { chunkSize: 2 ** 8, maxOutputLength: 2 ** 14 },
  { chunkSize: MEDIUM, maxOutputLength: MEDIUM - 1 },
  { chunkSize: LARGE, maxOutputLength: LARGE - 1 },
];

/**
 * Inflates a deflate stream on a thread of libuv's pool, while the caller goes on. A small stream is inflated in one
 * call on the calling thread instead. For a tiny stream, preparing the work on another thread would take twenty times
 * as long as this call.
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
    if (whole.output.length === 0) return;
    yield whole.output;
    release(whole.output);
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
 * Inflates the deflate stream at the beginning of `input` in one call. Returns its content, and the number of bytes of
 * `input` that belong to the stream (`consumed`). Null when the stream is damaged, too large for one call, or does not
 * end within `input`.
 */
function atOnce(input: Uint8Array): { output: Buffer; consumed: number } | null {
  for (const sizes of input.length <= TINY_INPUT ? SIZES : SIZES.slice(1)) {
    try {
      // With `info`, zlib returns an object. @types/node does not know that.
      const inflated: unknown = inflateRawSync(input, { info: true, ...sizes });
      const { buffer, engine } = inflated as { buffer: Buffer; engine: InflateRaw };
      return { output: buffer, consumed: engine.bytesWritten };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') return null;
    }
  }
  return null;
}

/**
 * Frees the memory of `buffer`, the output of a deflate stream, if it has the size `MEDIUM` or `LARGE`. Leaves smaller
 * buffers alone.
 */
function release({ buffer }: Buffer): void {
  const isLarger = buffer.byteLength === MEDIUM || buffer.byteLength === LARGE;
  if (isLarger && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
