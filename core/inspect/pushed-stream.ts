import type { Bytes } from '../model/ports.ts';

/**
 * A stream into which chunks are pushed by `write`, one at a time. `write` waits until the reader asks for the next
 * chunk or stops reading. Then the writer can reuse the chunk's memory, so that no copy is needed.
 */
export class Channel {
  readonly bytes: Bytes = this.#read();
  #chunk: Uint8Array | null = null;
  #ended = false;
  #readerLeft = false;
  #wakeReader = (): void => {};
  #wakeWriter = (): void => {};

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#readerLeft || chunk.length === 0) return;
    this.#chunk = chunk;
    this.#wakeReader();
    await new Promise<void>((resolve) => (this.#wakeWriter = resolve));
  }

  end(): void {
    this.#ended = true;
    this.#wakeReader();
  }

  async *#read(): Bytes {
    try {
      for (;;) {
        if (this.#chunk !== null) {
          yield this.#chunk;
          this.#chunk = null;
          this.#wakeWriter();
        } else if (this.#ended) return;
        else await new Promise<void>((resolve) => (this.#wakeReader = resolve));
      }
    } finally {
      this.#readerLeft = true;
      this.#wakeWriter();
    }
  }
}
