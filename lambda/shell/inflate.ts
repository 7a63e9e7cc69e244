import { createInflateRaw, inflateRawSync, type InflateRaw } from 'node:zlib';
import type { Bytes, RawInflate } from '../core/ports.ts';
import { PIECES, PulledEngine } from './pulled.ts';

/** Bytes of a first input in which a whole stream is looked for. */
const SMALL_INPUT = 4096;

/** Bytes that a stream which is expanded at once may become. */
const SMALL_OUTPUT = PIECES.chunkSize;

/**
 * Inflates on a thread of libuv's pool, so that it overlaps with what the caller does with the bytes. A stream that ends in
 * a small first input is expanded at once on the calling thread: to set up an engine takes twenty times as long.
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
    // The engine leaves input untouched only beyond the end of the deflate stream.
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

/** The whole deflate stream at the beginning of `input`; null when it does not end there, is damaged, or becomes too large. */
function atOnce(input: Uint8Array): { output: Uint8Array; consumed: number } | null {
  try {
    // With `info` it returns more than @types/node says.
    const inflated: unknown = inflateRawSync(input, { info: true, maxOutputLength: SMALL_OUTPUT });
    const { buffer, engine } = inflated as { buffer: Buffer; engine: InflateRaw };
    return { output: buffer, consumed: engine.bytesWritten };
  } catch {
    return null;
  }
}
