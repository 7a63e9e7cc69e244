import { concat } from '../model/byte-arrays.ts';
import type { Bytes } from '../model/ports.ts';

const NOTHING = new Uint8Array();

/** A reader over a stream of bytes. It returns any number of bytes at a time, and counts the offset in the stream. */
export class ByteReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #current: Uint8Array = NOTHING;
  /** The offset in the stream, in bytes, of the next byte to read. */
  offset = 0;

  constructor(bytes: Bytes) {
    this.#iterator = bytes[Symbol.asyncIterator]();
  }

  /**
   * Returns the unread bytes of the stream that are in memory; waits for the next chunk when there are none. Returns
   * null at the end of the stream. The bytes stay unread until `consume` is called. They are valid until the reader
   * takes the next chunk.
   */
  async chunk(): Promise<Uint8Array | null> {
    while (this.#current.length === 0) {
      this.#current = NOTHING; // the memory of the last chunk may be freed now
      const next = await this.#iterator.next();
      if (next.done === true) return null;
      this.#current = next.value;
    }
    return this.#current;
  }

  consume(count: number): void {
    this.#current = this.#current.subarray(count);
    this.offset += count;
  }

  /**
   * Reads the next `count` bytes of the stream and returns them, if all of them are in memory. Otherwise reads nothing,
   * and returns null. The bytes are not copied, so they are valid until the next read. For many short fields this is
   * faster than `take`, which returns a promise for each.
   */
  ready(count: number): Uint8Array | null {
    if (this.#current.length < count) return null;
    const bytes = this.#current.subarray(0, count);
    this.consume(count);
    return bytes;
  }

  /**
   * Reads the next `count` bytes of the stream, and returns a copy of them. Returns fewer when the stream ends first.
   */
  async take(count: number): Promise<Uint8Array> {
    const taken = new Uint8Array(count);
    let length = 0;
    while (length < count) {
      const chunk = await this.chunk();
      if (chunk === null) return taken.subarray(0, length);
      const piece = chunk.subarray(0, count - length);
      taken.set(piece, length);
      length += piece.length;
      this.consume(piece.length);
    }
    return taken;
  }

  /**
   * Returns the next `count` bytes of the stream, or fewer at its end. They stay unread: the next read returns them
   * again.
   */
  async peek(count: number): Promise<Uint8Array> {
    const chunk = await this.chunk();
    if (chunk !== null && chunk.length >= count) return chunk.subarray(0, count);
    const taken = await this.take(count);
    this.putBack(taken);
    return taken;
  }

  /** Undoes a read: the given bytes, which were read last, become the next bytes of the stream again. */
  putBack(bytes: Uint8Array): void {
    this.#current = concat([bytes, this.#current]);
    this.offset -= bytes.length;
  }

  /** Stops reading, so that the source of the stream can free its resources. The remaining bytes are not read. */
  async close(): Promise<void> {
    await this.#iterator.return?.();
  }
}
