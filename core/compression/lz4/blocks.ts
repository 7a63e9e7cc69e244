import { viewOf } from '../../model/byte-arrays.ts';
import type { CompressedReader } from '../compressed-reader.ts';
import type { Lz4Window } from './window.ts';
import { xxh32 } from './xxh32.ts';

/** The properties of the blocks in an lz4 frame. */
export interface BlockRules {
  /** The most bytes of content in one block of the lz4 frame. */
  blockBytes: number;
  /** True when a checksum follows each block of the lz4 frame. */
  isSummed: boolean;
  /** True when a match in a block of the lz4 frame may copy bytes from earlier blocks. */
  isLinked: boolean;
}

/** The highest bit in the size field of an lz4 block. It says that the content of the block is stored uncompressed. */
const STORED = 2 ** 31;

/** The length in bytes of an lz4 block's size field. The checksum after a block is as long. */
const FIELD = 4;

/**
 * Expands the blocks of one lz4 frame into an `Lz4Window`, the memory that holds their content. Blocks that are already
 * in memory are expanded in a loop without promises, because they may be as short as one byte.
 */
export class Lz4Blocks {
  readonly #reader: CompressedReader;
  readonly #window: Lz4Window;
  readonly #rules: BlockRules;
  /** True once the mark after the last block of the lz4 frame was read. */
  ended = false;
  /** The number of blocks of the lz4 frame that were expanded so far. */
  #count = 0;

  constructor(reader: CompressedReader, window: Lz4Window, rules: BlockRules) {
    this.#reader = reader;
    this.#window = window;
    this.#rules = rules;
  }

  /**
   * Reads on in the lz4 frame: either at least one block, which is expanded into the window, or the mark after the last
   * block. Returns the number of blocks that this call expanded. Throws `bad-archive` (compressed-truncated, or
   * compressed-damaged with the offset of the block).
   */
  async read(): Promise<number> {
    const reader = this.#reader;
    const before = this.#count;
    const chunk = await reader.chunk();
    const used = chunk === null ? 0 : this.#expand(chunk, reader.offset);
    if (used > 0) {
      reader.consume(used);
      return this.#count - before;
    }
    // The next block goes on in the next chunk.
    const field = await reader.peek(FIELD);
    const start = reader.offset;
    const length = field.length < FIELD ? FIELD : this.#length(viewOf(field).getUint32(0, true), start);
    this.#expand(await reader.need(length), start);
    return this.#count - before;
  }

  /**
   * Expands those lz4 blocks that are complete in `bytes`. Stops earlier when the window (the memory for their content)
   * has at least 64 KiB that `take` has not returned yet. Returns how many of `bytes` were used. `offset` is where
   * `bytes` begin in the compressed data; errors state it. Throws `bad-archive` (compressed-damaged) for an invalid
   * block.
   */
  #expand(bytes: Uint8Array, offset: number): number {
    const fields = viewOf(bytes);
    let at = 0;
    while (!this.ended && !this.#window.isFull && at + FIELD <= bytes.length) {
      const field = fields.getUint32(at, true);
      const length = this.#length(field, offset + at);
      if (at + length > bytes.length) break;
      if (field === 0) this.ended = true;
      else this.#block(bytes.subarray(at, at + length), field >= STORED, offset + at);
      at += length;
    }
    return at;
  }

  /**
   * Returns the stored length in bytes of an lz4 block, with size field and checksum. `field` is the value of the size
   * field. Throws `bad-archive`, which states the block's `offset`, when the size is impossible.
   */
  #length(field: number, offset: number): number {
    const size = field >= STORED ? field - STORED : field;
    if (size > this.#rules.blockBytes) throw this.#reader.damaged('the size of a block is impossible', offset);
    return FIELD + size + (this.#rules.isSummed && field !== 0 ? FIELD : 0);
  }

  #block(bytes: Uint8Array, isStored: boolean, offset: number): void {
    this.#count++;
    const end = bytes.length - (this.#rules.isSummed ? FIELD : 0);
    const block = bytes.subarray(FIELD, end);
    if (!this.#rules.isLinked) this.#window.forget();
    if (isStored) this.#window.append(block);
    else if (!this.#window.expand(block)) throw this.#reader.damaged('a block is invalid', offset);
    if (this.#rules.isSummed && viewOf(bytes).getUint32(end, true) !== xxh32(block)) {
      throw this.#reader.damaged('the checksum of the block that begins there does not fit', offset);
    }
  }
}
