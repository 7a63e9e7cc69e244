import { expandBlock } from './block.ts';

/** The number of bytes to which a match in an lz4 block may go back. */
const HISTORY = 2 ** 16;

/** The least content that the window gives out before the end of a frame, in bytes. It is not more than `HISTORY`. */
const ENOUGH = 2 ** 16;

/** The most content that the window gives out at a time, in bytes. It is still in the processor's cache when hashed. */
const PIECE = 2 ** 18;

/** The content of lz4 blocks in memory, to which the matches of later blocks go back. */
export class Lz4Window {
  #bytes = new Uint8Array();
  #blockBytes = 0;
  /** The offset in the window of the first byte to which matches of later blocks may go back. */
  #lowest = 0;
  /** The offset in the window of the first byte that `take` has not returned yet. */
  #given = 0;
  #end = 0;

  /** Begins a frame of blocks whose content has at most `blockBytes` bytes each. Before, all content is given out. */
  begin(blockBytes: number): void {
    this.#blockBytes = blockBytes;
    // The memory is used again, because an upload may hold a hundred thousand frames.
    const needed = HISTORY + blockBytes;
    if (this.#bytes.length < needed) this.#bytes = new Uint8Array(needed);
    this.#lowest = 0;
    this.#given = 0;
    this.#end = 0;
  }

  /** Begins an lz4 block that refers to no content before it. */
  forget(): void {
    this.#lowest = this.#end;
  }

  /** Expands an lz4 block, and appends its content to the window. False when the block is invalid. */
  expand(packed: Uint8Array): boolean {
    this.#makeRoom();
    const end = expandBlock(packed, {
      bytes: this.#bytes,
      start: this.#end,
      lowest: this.#lowest,
      limit: this.#end + this.#blockBytes,
    });
    if (end >= 0) this.#end = end;
    return end >= 0;
  }

  /** Appends the content of an lz4 block that is stored uncompressed. */
  append(stored: Uint8Array): void {
    this.#makeRoom();
    this.#bytes.set(stored, this.#end);
    this.#end += stored.length;
  }

  /** True when the window holds so much content that some should be taken out before the next lz4 block is expanded. */
  get isFull(): boolean {
    return this.#end - this.#given >= ENOUGH;
  }

  /**
   * Takes the next piece of the content out, as a view of the window. Without `all`, the piece is empty until 64 KiB
   * have come, because blocks may be as short as one byte.
   */
  take(all: boolean): Uint8Array {
    const most = this.isFull || all ? PIECE : 0;
    const piece = this.#bytes.subarray(this.#given, Math.min(this.#end, this.#given + most));
    this.#given += piece.length;
    return piece;
  }

  /**
   * Makes room in the window for an lz4 block. Keeps the content that was not given out, and that to which a match may
   * go back.
   */
  #makeRoom(): void {
    if (this.#end + this.#blockBytes <= this.#bytes.length) return;
    const slide = Math.max(0, this.#end - HISTORY);
    this.#bytes.copyWithin(0, slide, this.#end);
    this.#end -= slide;
    this.#given -= slide;
    this.#lowest = Math.max(0, this.#lowest - slide);
  }
}
