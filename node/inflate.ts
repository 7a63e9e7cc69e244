import { createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import type { Bytes, RawInflate } from '../core/model/ports.ts';
import { PIECES, PulledExpander } from './pulled.ts';

/** The most bytes of compressed data that may be inflated in one call, without a thread: a whole block of bgzip. */
const SMALL_INPUT = 2 ** 16;

/** The most bytes of compressed data whose content is expected to be small, too. */
const TINY_INPUT = 4096;

/** The most output of a deflate stream that is inflated in a single call, and the size of the buffers for it, in bytes. */
interface Sizes {
  chunkSize: number;
  maxOutputLength: number;
}

/**
 * The size of the buffer for blocks of bgzip, whose content has at most 64 KiB. Such buffers are freed at once, because
 * V8 would let them pile up. No other buffer of Node has this size: those of its pool have 64 KiB, and must stay.
 */
const MEDIUM = 96 * 1024;

/** The size of the buffer for members of zeros. */
const LARGE = 2 ** 20;

/**
 * How a deflate stream is inflated in a single call. The next sizes are tried when the output of the stream is larger.
 * With large buffers, many tiny streams would fill the memory. With small ones alone, a stream of zeros would need
 * thousands of them, which takes ten times as long as one large buffer. That one is made only when the content is far
 * larger than the input. Its most output is less than its size, because zlib would otherwise fill a second one first.
 */
const SIZES: readonly Sizes[] = [
  { chunkSize: 2 ** 8, maxOutputLength: 2 ** 14 },
  { chunkSize: MEDIUM, maxOutputLength: MEDIUM - 1 },
  { chunkSize: LARGE, maxOutputLength: LARGE - 1 },
];

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
 * Inflates the deflate stream at the beginning of `input` in one call. `consumed` is the number of bytes of `input`
 * that belong to the stream. Null when the stream is damaged, too large, or does not end within `input`.
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

/** Frees the memory of a stream's output if it is one of the larger buffers. */
function release({ buffer }: Buffer): void {
  const isLarger = buffer.byteLength === MEDIUM || buffer.byteLength === LARGE;
  if (isLarger && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
