import { createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import type { Bytes, RawInflate } from '../core/model/ports.ts';
import { PIECES, PulledEngine } from './pulled.ts';

/** Bytes. A first input of at most this size is tried as a whole deflate stream. */
const SMALL_INPUT = 4096;

/** Bytes. The largest output of a stream that is inflated in one call. */
const SMALL_OUTPUT = PIECES.chunkSize;

/** Bytes. The memory that is taken for such an output at a time: the usual 16 KiB for each byte would pile up. */
const FIRST_OUTPUT = 2 ** 8;

/**
 * Inflates on a thread of libuv's pool, beside the work of the caller. A stream that ends within a small first input is
 * inflated in one call on the calling thread, because setting up that thread's decompressor takes twenty times as long.
 */
export class NativeInflate implements RawInflate {
  #engine: { zlib: InflateRaw; pulled: PulledEngine } | null = null;
  unused = 0;
  ended = false;

  async *push(input: Uint8Array): Bytes {
    const whole = this.#engine === null && input.length <= SMALL_INPUT ? atOnce(input) : null;
    if (whole === null) return yield* this.#stream(input);
    this.unused = input.length - whole.consumed;
    this.ended = true;
    if (whole.output.length > 0) yield whole.output;
  }

  async *#stream(input: Uint8Array): Bytes {
    this.#engine ??= newEngine();
    const { zlib, pulled } = this.#engine;
    const before = zlib.bytesWritten;
    yield* pulled.push(input);
    // zlib leaves input unread only after the end of the deflate stream.
    this.unused = input.length - (zlib.bytesWritten - before);
    this.ended = this.unused > 0;
  }

  close(): void {
    this.#engine?.pulled.close();
  }
}

function newEngine(): { zlib: InflateRaw; pulled: PulledEngine } {
  const zlib = createInflateRaw(PIECES);
  return { zlib, pulled: new PulledEngine(zlib) };
}

/**
 * Inflates the deflate stream at the start of `input`, and says how many bytes of `input` it took. Null when the stream
 * is damaged, too large, or does not end within `input`.
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
