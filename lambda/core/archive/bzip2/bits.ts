import type { LadingError } from '../../errors.ts';
import type { CompressedReader } from '../compressed-reader.ts';

/** What the longest possible block takes: 900,000 symbols of 20 bits, its tables, and what stands around it. */
const AHEAD_BYTES = 2_500_000;
const BUFFER_BYTES = 2 * AHEAD_BYTES;

/** Reads bits, highest first, out of what `fill` has brought; what lies beyond reads as nonsense and is noticed later. */
export class BitReader {
  readonly #reader: CompressedReader;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #length = 0;
  #at = 0;
  /** The last bits taken out of the buffer; the lower `#left` of them are still to be read. */
  #bits = 0;
  #left = 0;
  /** Offset in the stream of the buffer's first byte. */
  #start = 0;
  #ended = false;

  constructor(reader: CompressedReader) {
    this.#reader = reader;
  }

  /** Brings enough for the longest block, or all there is. */
  async fill(): Promise<void> {
    if (this.#ended || this.#length - this.#at >= AHEAD_BYTES) return;
    this.#buffer.copyWithin(0, this.#at, this.#length);
    this.#start += this.#at;
    this.#length -= this.#at;
    this.#at = 0;
    while (this.#length < AHEAD_BYTES && !this.#ended) {
      const chunk = await this.#reader.chunk();
      this.#ended = chunk === null;
      if (chunk !== null) this.#append(chunk.subarray(0, BUFFER_BYTES - this.#length));
    }
  }

  /** Offset in the stream of the byte that holds the next bit. */
  get offset(): number {
    return this.#start + this.#at - (this.#left >> 3);
  }
