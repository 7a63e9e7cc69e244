import type { InflateRaw, ZstdDecompress } from 'node:zlib';
import type { Bytes, Expander } from '../core/ports.ts';

/** Large enough that handing chunks about costs nothing beside making them. */
export const CHUNK_BYTES = 2 ** 20;

/** Pulls out of an engine of node:zlib what comes of each input; the engine works on a thread of libuv's pool. */
export class PulledEngine implements Expander {
  readonly #engine: InflateRaw | ZstdDecompress;
  #failure: Error | null = null;
  #wake = (): void => {};

  constructor(engine: InflateRaw | ZstdDecompress) {
    this.#engine = engine;
    engine.on('readable', () => this.#wake());
    engine.on('end', () => this.#wake());
    engine.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  async *push(input: Uint8Array): Bytes {
    let written = false;
    this.#engine.write(input, () => {
      written = true;
      this.#wake();
    });
    // The flag is read before the output: once it is up, all output of this input can be read.
    for (let last = false; !last;) {
      last = written || this.#engine.readableEnded;
      for (let chunk = this.#read(); chunk !== null; chunk = this.#read()) yield chunk;
      if (this.#failure !== null) throw this.#failure;
      if (!last && !written && !this.#engine.readableEnded) await this.#event();
    }
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
