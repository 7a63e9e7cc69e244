import type { CompressedFacts } from './compressed-reader.ts';

/**
 * The bytes of compressed data that a decompressor may have read before it gives their content. A block of zstd has up
 * to 128 KiB.
 */
const DELAY_BYTES = 2 ** 18;

/** The number of decompressed bytes that a byte of compressed data counts as when it gives no content. */
const COUNTS_AS = 128;

/**
 * Counts compressed data that gives no content, such as empty blocks. Without this it would count nothing, although it
 * takes time: 1 MB of an upload can hold a GiB of empty blocks that are compressed once more.
 */
export class BarrenInput {
  readonly #facts: CompressedFacts;
  /** The bytes of compressed data read so far for which no content has come yet. */
  #bytes = 0;

  constructor(facts: CompressedFacts) {
    this.#facts = facts;
  }

  /**
   * Notes that `read` bytes of compressed data were read, and gave `given` bytes of content. Throws `bad-archive` when
   * too much was counted. May return a promise, to wait for while other tasks run.
   */
  add(read: number, given: number): void | Promise<void> {
    this.#bytes = Math.max(0, this.#bytes + read - given);
    const beyond = this.#bytes - DELAY_BYTES;
    if (beyond <= 0) return undefined;
    this.#bytes = DELAY_BYTES;
    return this.#facts.watch?.(beyond * COUNTS_AS);
  }
}
