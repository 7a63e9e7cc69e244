import type { CompressedFacts } from './compressed-reader.ts';

/**
 * The number of compressed bytes that a decompressor may take in before it gives content for them. Bytes beyond this
 * number count as data without content. A block of zstd has up to 128 KiB, and is held back until it is complete.
 */
const DELAY_BYTES = 2 ** 18;

/**
 * The number that each byte of compressed data without content adds to the count of decompressed bytes. Data that
 * exceeds the limit on this count is refused.
 */
const COUNTS_AS = 128;

/**
 * Limits the amount of compressed data that produces no content, such as empty blocks. Without this limit, an upload
 * with very many empty blocks could take any amount of time to decompress. If the blocks are compressed a second time,
 * 1 MB of the upload can hold 1 GiB of them. Therefore, for each byte of such data, `COUNTS_AS` is added to the count
 * of decompressed bytes, to which a limit applies.
 */
export class BarrenInput {
  readonly #facts: CompressedFacts;
  /**
   * The number of compressed bytes that were read, minus the bytes of content that they gave. It is kept between 0 and
   * `DELAY_BYTES`.
   */
  #bytes = 0;

  constructor(facts: CompressedFacts) {
    this.#facts = facts;
  }

  /**
   * Records that `read` bytes of compressed data were read, and that they produced `given` bytes of content. Throws
   * `bad-archive` when the limit on decompressed bytes is exceeded. Returns a promise if the caller must wait, so that
   * other tasks can run meanwhile; otherwise undefined.
   */
  add(read: number, given: number): void | Promise<void> {
    this.#bytes = Math.max(0, this.#bytes + read - given);
    const beyond = this.#bytes - DELAY_BYTES;
    if (beyond <= 0) return undefined;
    this.#bytes = DELAY_BYTES;
    return this.#facts.watch?.(beyond * COUNTS_AS);
  }
}
