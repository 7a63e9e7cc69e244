import { createInflateRaw } from 'node:zlib';
import type { InflateRaw } from 'node:zlib';
import type { Bytes, RawInflate } from '../core/ports.ts';

/** Large enough that handing chunks about costs nothing beside inflating them. */
const CHUNK_BYTES = 2 ** 20;

/** Inflates on a thread of libuv's pool, so that it overlaps with what the caller does with the bytes. */
export class NativeInflate implements RawInflate {
  readonly #engine: InflateRaw = createInflateRaw({ chunkSize: CHUNK_BYTES });
  #failure: Error | null = null;
  #wake = (): void => {};
  unused = 0;
  ended = false;

  constructor() {
    this.#engine.on('readable', () => this.#wake());
    this.#engine.on('end', () => this.#wake());
    this.#engine.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  async *push(input: Uint8Array): Bytes {
    const before = this.#engine.bytesWritten;
    let written = false;
    this.#engine.write(input, () => {
      written = true;
      this.#wake();
    });
    const settled = (): boolean => written || this.#engine.readableEnded;
    // The flag is read before the output: once it is up, all output of this input can be read.
    for (let last = false; !last;) {
      last = settled();
      for (let chunk = this.#read(); chunk !== null; chunk = this.#read()) yield chunk;
      if (this.#failure !== null) throw this.#failure;
      if (!last && !settled()) await this.#event();
    }
    // The engine leaves input untouched only beyond the end of the deflate stream.
    this.unused = input.length - (this.#engine.bytesWritten - before);
    this.ended = this.unused > 0;
  }

  close(): void {
    this.#engine.destroy();
  }

  #read(): Buffer | null {
    return this.#engine.read() as Buffer | null;
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
