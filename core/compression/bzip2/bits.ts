import { enlarged } from '../../model/byte-arrays.ts';
import type { LadingError } from '../../model/errors.ts';
import type { CompressedReader } from '../compressed-reader.ts';
import type { Reason } from '../reasons.ts';
import { type HuffmanCode, MAX_BITS, SHORT_BITS } from './huffman-code.ts';

/**
 * The number of bytes to load before a bzip2 block is decoded. It is enough for the longest block, with 900,000 symbols
 * of 20 bits, and its tables.
 */
const AHEAD_BYTES = 2_500_000;
const BUFFER_BYTES = 2 * AHEAD_BYTES;

/**
 * The initial size of a bit reader's buffer, in bytes. It is small, because an upload may hold very many small layers,
 * and each has a buffer of its own.
 */
const FIRST_BYTES = 2 ** 14;

/**
 * Reads the bits of a bzip2 stream, the highest bit of a byte first. `fill` loads a whole block, so that the other
 * methods need not wait. Bits beyond the end of the stream mean nothing; `checkEnd` throws if some were read.
 */
export class BitReader {
  readonly #reader: CompressedReader;
  #buffer = new Uint8Array(FIRST_BYTES);
  #length = 0;
  #at = 0;
  /** The bits of the bzip2 stream that were loaded last. Only the lower `#left` bits are still to be read. */
  #bits = 0;
  #left = 0;
  #ended = false;

  constructor(reader: CompressedReader) {
    this.#reader = reader;
  }

  /** Loads enough bytes of the stream for the longest bzip2 block, or all remaining bytes if there are fewer. */
  async fill(): Promise<void> {
    if (this.#ended || this.#length - this.#at >= AHEAD_BYTES) return;
    this.#buffer.copyWithin(0, this.#at, this.#length);
    this.#length -= this.#at;
    this.#at = 0;
    // More than needed now, so that the rest is not moved before each block.
    while (this.#length < BUFFER_BYTES && !this.#ended) {
      const chunk = await this.#reader.chunk();
      if (chunk === null) this.#ended = true;
      else this.#append(chunk.subarray(0, BUFFER_BYTES - this.#length));
    }
  }

  #append(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#buffer.length) this.#buffer = enlarged(this.#buffer, Math.min(2 * length, BUFFER_BYTES));
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#reader.consume(bytes.length);
  }

  /** The offset, in bytes, of the byte in the bzip2 stream that holds the next bit. */
  get offset(): number {
    return this.#reader.offset - this.#length + this.#at - ((this.#left + 7) >> 3);
  }

  /** Reads the next `count` bits of the stream, at most 24. Returns them as an unsigned number. */
  read(count: number): number {
    while (this.#left < count) this.#load();
    this.#left -= count;
    return (this.#bits >>> this.#left) & ((1 << count) - 1);
  }

  /** Reads the next 32 bits of the stream. Returns them as a signed number. */
  read32(): number {
    return (this.read(16) << 16) | this.read(16);
  }

  /**
   * Decodes symbols of the Huffman code `code` from the bzip2 stream into `out`, until `out` is full or the decoded
   * symbol is `last` or higher. That symbol is written to `out`, too. Bits that fit no code give a symbol that is
   * higher than all others.
   */
  symbols(code: HuffmanCode, out: Uint16Array, last: number): void {
    const buffer = this.#buffer;
    const short = code.short;
    let at = this.#at;
    let bits = this.#bits;
    let left = this.#left;
    for (let i = 0; i < out.length; i++) {
      // Two bytes at a time are enough: a long code loads its other bits below.
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

  /**
   * Skips the bits of the bzip2 stream up to the next whole byte. Skips none when the last read ended at a whole byte.
   */
  align(): void {
    this.#left -= this.#left & 7;
  }

  /**
   * Returns a copy of the next `count` bytes of the bzip2 stream, or fewer at its end. They stay unread. The last read
   * must have ended at a whole byte.
   */
  peek(count: number): Uint8Array {
    const at = this.#at - (this.#left >> 3);
    return this.#buffer.slice(at, Math.min(at + count, this.#length));
  }

  /** Puts all unread bytes back into the compressed reader. The last read must have ended at a whole byte. */
  giveBack(): void {
    this.#reader.putBack(this.#buffer.slice(this.#at - (this.#left >> 3), this.#length));
    this.#at = this.#length;
    this.#left = 0;
  }

  /**
   * Throws `bad-archive` when bits beyond the loaded bytes were read. It is compressed-truncated if the stream ends
   * there. Otherwise it is compressed-damaged, because `fill` loads more than the longest valid block.
   */
  checkEnd(): void {
    if (this.#isBeyond) throw this.fault('a block goes on beyond all bounds', this.offset);
  }

  /**
   * Returns the error for bzip2 data that is damaged at the byte `offset`; `reason` says how. If bits beyond the end of
   * the stream were read, returns the error for a stream that is cut off instead.
   */
  fault(reason: Reason, offset: number): LadingError {
    return this.#ended && this.#isBeyond ? this.#reader.truncated() : this.#reader.damaged(reason, offset);
  }

  get #isBeyond(): boolean {
    return this.#at * 8 - this.#left > this.#length * 8;
  }
}
