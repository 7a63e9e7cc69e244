import type { Transform } from 'node:stream';
import type { Bytes, Expander } from '../core/model/ports.ts';

/**
 * The options for the decompressors of node:zlib. Output comes in pieces of 256 KiB, which is more than usual: the
 * decompressor and the caller work on two threads, and each piece costs a switch from one to the other and back. At
 * most two pieces are decompressed before the caller takes them.
 */
export const PIECES = { chunkSize: 2 ** 18, readableObjectMode: true, readableHighWaterMark: 2 };

/**
 * Decompresses by a decompressor of node:zlib, which works on a thread of libuv's pool. The decompressor gets one input
 * at a time. All output for this input is yielded before the decompressor gets the next input.
 */
export class PulledExpander implements Expander {
  readonly #zlib: Transform;
  #failure: Error | null = null;
  #wake = (): void => {};

  constructor(zlib: Transform) {
    this.#zlib = zlib;
    zlib.on('readable', () => this.#wake());
    zlib.on('end', () => this.#wake());
    zlib.on('error', (error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  async *push(input: Uint8Array): Bytes {
    let written = false as boolean;
    // Copy the input. Its owner may free it (see `release`) while a closed decompressor still reads it on its thread.
    const own = new Uint8Array(input);
    this.#zlib.write(own, () => {
      written = true;
      this.#wake();
    });
    // Look at `written` before reading: once it is true, all output of this input is there to be read.
    for (let last = false; !last;) {
      last = written || this.#zlib.readableEnded;
      for (let chunk = this.#read(); chunk !== null; chunk = this.#read()) {
        yield chunk;
        release(chunk);
      }
      if (this.#failure !== null) throw this.#failure;
      if (!last && !written && !this.#zlib.readableEnded) await this.#event();
    }
    own.buffer.transfer(0);
  }

  close(): void {
    this.#zlib.destroy();
  }

  #read(): Buffer<ArrayBuffer> | null {
    return this.#zlib.read() as Buffer<ArrayBuffer> | null;
  }

  #event(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/**
 * Frees the memory of a piece of decompressed output at once; the garbage collector would let pieces pile up. Does so
 * only if the piece ends where its buffer ends, so that no other piece follows in this buffer.
 */
function release({ buffer, byteOffset, length }: Buffer<ArrayBuffer>): void {
  if (byteOffset + length === PIECES.chunkSize) buffer.transfer(0);
}
