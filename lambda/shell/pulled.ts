import type { Transform } from 'node:stream';
import type { Bytes, Expander } from '../core/ports.ts';

/** Large, because each costs a round trip between two threads; the engine may be two of them ahead. */
export const PIECES = { chunkSize: 2 ** 18, readableObjectMode: true, readableHighWaterMark: 2 };

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
    // A copy, because an engine that is closed may still read its input when that is freed elsewhere (see `release`).
    const own = new Uint8Array(input);
    this.#engine.write(own, () => {
      written = true;
      this.#wake();
    });
    // The flag is read before the output: once it is up, all output of this input can be read.
    for (let last = false; !last;) {
      last = written || this.#engine.readableEnded;
      for (let chunk = this.#read(); chunk !== null; chunk = this.#read()) {
        yield chunk;
        release(chunk);
      }
      if (this.#failure !== null) throw this.#failure;
      if (!last && !written && !this.#engine.readableEnded) await this.#event();
    }
    own.buffer.transfer(0);
  }

  close(): void {
    this.#engine.destroy();
  }

  #read(): Buffer<ArrayBuffer> | null {
    return this.#engine.read() as Buffer<ArrayBuffer> | null;
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Frees the memory of a piece that is used up and ends its buffer, instead of leaving it to the collector, who lets it pile up. */
function release({ buffer, byteOffset, length }: Buffer<ArrayBuffer>): void {
  if (byteOffset + length === PIECES.chunkSize) buffer.transfer(0);
}
