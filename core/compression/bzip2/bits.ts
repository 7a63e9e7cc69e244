import type { LadingError } from '../../model/errors.ts';
import type { CompressedReader } from '../compressed-reader.ts';
import type { Reason } from '../reasons.ts';
import { type HuffmanCode, MAX_BITS, SHORT_BITS } from './huffman-code.ts';

/** More than the longest possible block takes: 900,000 symbols of 20 bits, and its tables. */
const AHEAD_BYTES = 2_500_000;
const BUFFER_BYTES = 2 * AHEAD_BYTES;

/**
 * Reads bits, the highest first. Reading does not wait: `fill` brings enough for a block, and what is read beyond
 * the end is nonsense that `checkEnd` or `fault` tell from damage.
 */
export class BitReader {
  readonly #reader: CompressedReader;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #length = 0;
  #at = 0;
  /** What was taken out of the buffer last; the lower `#left` bits are still to be read. */
  #bits = 0;
  #left = 0;
  #ended = false;

  constructor(reader: CompressedReader) {
    this.#reader = reader;
  }

  /** Brings enough for the longest block, or all there is. */
  async fill(): Promise<void> {
    if (this.#ended || this.#length - this.#at >= AHEAD_BYTES) return;
    this.#buffer.copyWithin(0, this.#at, this.#length);
    this.#length -= this.#at;
    this.#at = 0;
    // More than is needed now, so that the rest need not be moved before each block.
    while (this.#length < BUFFER_BYTES && !this.#ended) {
      const chunk = await this.#reader.chunk();
      if (chunk === null) this.#ended = true;
      else this.#append(chunk.subarray(0, BUFFER_BYTES - this.#length));
    }
  }

  #append(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#reader.consume(bytes.length);
  }

  /** Offset in the stream of the byte that has the next bit in it. */
  get offset(): number {
    return this.#reader.offset - this.#length + this.#at - ((this.#left + 7) >> 3);
  }

  /** The next bits, 24 at the most. */
  read(count: number): number {
    while (this.#left < count) this.#load();
    this.#left -= count;
    return (this.#bits >>> this.#left) & ((1 << count) - 1);
  }

  /** The next 32 bits, signed. */
  read32(): number {
    return (this.read(16) << 16) | this.read(16);
  }

  /** Reads symbols until `out` is full or one is `last`, or higher: bits that no code fits are. */
  symbols(code: HuffmanCode, out: Uint16Array, last: number): void {
    const buffer = this.#buffer;
    const short = code.short;
    let at = this.#at;
    let bits = this.#bits;
    let left = this.#left;
    for (let i = 0; i < out.length; i++) {
      // A long code takes its bits in full below, so that two bytes at a time are enough here.
      if (left < 16) {
        bits = (bits << 16) | (buffer[at]! << 8) | buffer[at + 1]!;
        at += 2;
        left += 16;
      }
      let entry = short[(bits >>> (left - SHORT_BITS)) & ((1 << SHORT_BITS) - 1)]!;
      if (entry === 0) {
        while (left < MAX_BITS) {
          bits = (bits << 8) | buffer[at++]!;
          left += 8;
        }
        entry = code.long((bits >>> (left - MAX_BITS)) & ((1 << MAX_BITS) - 1));
      }
      left -= entry & 31;
      const symbol = entry >> 5;
      out[i] = symbol;
      if (symbol >= last) break;
    }
    this.#at = at;
    this.#bits = bits;
    this.#left = left;
  }

  #load(): void {
    this.#bits = (this.#bits << 8) | this.#buffer[this.#at++]!;
    this.#left += 8;
  }

  /** Passes over the bits up to the next byte. */
  align(): void {
    this.#left -= this.#left & 7;
  }

  /** The next bytes, without passing over them; the bits must be aligned. */
  peek(count: number): Uint8Array {
    const at = this.#at - (this.#left >> 3);
    return this.#buffer.slice(at, Math.min(at + count, this.#length));
  }

  /** Lets the reader have again what was not read; the bits must be aligned. */
  giveBack(): void {
    this.#reader.putBack(this.#buffer.slice(this.#at - (this.#left >> 3), this.#length));
    this.#at = this.#length;
    this.#left = 0;
  }

  /** Throws `bad-archive` (compressed-truncated) when more was read than there is. */
  checkEnd(): void {
    if (this.#isBeyond) throw this.fault('a block goes on beyond all bounds', this.offset);
  }

  /** What is wrong, when something is: damage, unless the stream has ended before. */
  fault(reason: Reason, offset: number): LadingError {
    return this.#ended && this.#isBeyond ? this.#reader.truncated() : this.#reader.damaged(reason, offset);
  }

  get #isBeyond(): boolean {
    return this.#at * 8 - this.#left > this.#length * 8;
  }
}
