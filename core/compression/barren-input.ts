import type { CompressedFacts } from './compressed-reader.ts';

/**
 * The bytes of compressed data that a decompressor may have read before it gives their content. A block of zstd has up
 * to 128 KiB.
 */
const DELAY_BYTES = 2 ** 18;

/**
 * The number that each byte of compressed data without content adds to the count of decompressed bytes. A limit applies
 * to this count.
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
  /** The bytes of compressed data read so far for which no content has come yet. */
  #bytes = 0;

  constructor(facts: CompressedFacts) {
    this.#facts = facts;
  }

  /**
   * Records that `read` bytes of compressed data were read, and that they produced `given` bytes of content. Throws
   * `bad-archive` when the limit on decompressed bytes is exceeded. If it returns a promise, the caller must wait for
   * it; other tasks can run meanwhile.
   */
  add(read: number, given: number): void | Promise<void> {
    this.#bytes = Math.max(0, this.#bytes + read - given);
    const beyond = this.#bytes - DELAY_BYTES;
    if (beyond <= 0) return undefined;
    this.#bytes = DELAY_BYTES;
    return this.#facts.watch?.(beyond * COUNTS_AS);
  }
}
