import type { Transform } from 'node:stream';
import type { Bytes, Expander } from '../core/ports.ts';

/**
 * The output comes in pieces of 64 KiB: as fast as 1 MiB, but what the collector has not yet taken back stays 30 MB smaller.
 * The engine may be four of them ahead; with one, its thread waits for each to be taken.
 */
export const PIECES = { chunkSize: 2 ** 16, readableHighWaterMark: 2 ** 18 };

/** Pulls out of an engine of node:zlib what comes of each input; the engine works on a thread of libuv's pool. */
export class PulledEngine implements Expander {
  readonly #engine: Transform;
  #failure: Error | null = null;
  #wake = (): void => {};

  constructor(engine: Transform) {
    this.#engine = engine;
    engine.on('readable', () => this.#wake());
    engine.on('end', () => this.#wake());
    engine.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  async *push(input: Uint8Array): Bytes {
    let written = false as boolean;
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
