import { createInflateRaw } from 'node:zlib';
import type { Bytes, RawInflate } from '../core/ports.ts';
import { PIECES, PulledEngine } from './pulled.ts';

/** Inflates on a thread of libuv's pool, so that it overlaps with what the caller does with the bytes. */
export class NativeInflate implements RawInflate {
  readonly #engine = createInflateRaw(PIECES);
  readonly #pulled = new PulledEngine(this.#engine);
  unused = 0;
  ended = false;

  async *push(input: Uint8Array): Bytes {
    const before = this.#engine.bytesWritten;
    yield* this.#pulled.push(input);
    // The engine leaves input untouched only beyond the end of the deflate stream.
    this.unused = input.length - (this.#engine.bytesWritten - before);
    this.ended = this.unused > 0;
  }

  close(): void {
    this.#pulled.close();
  }
}
