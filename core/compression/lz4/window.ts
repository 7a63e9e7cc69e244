import { enlarged } from '../../model/byte-arrays.ts';
import { expandBlock } from './block.ts';

/** How far back in the content a match in an lz4 block may go, in bytes. */
const HISTORY = 2 ** 16;

/**
 * The least number of content bytes that `Lz4Window.take` returns at a time before the end of an lz4 frame. It must not
 * be more than `HISTORY`, because the window drops older content when it needs room for a block.
 */
const ENOUGH = 2 ** 16;

/**
 * The most bytes of content that `Lz4Window.take` returns at a time. The number is so small that the bytes are still in
 * the processor's cache when they are hashed. Further content is returned by the next call.
 */
const PIECE = 2 ** 18;

/**
 * The number of bytes of content for which the memory of a window has room at first, besides the history. It is small,
 * because an upload may hold very many small layers, and each has a window of its own.
 */
const FIRST_ROOM = 2 ** 14;

/** The latest content of an lz4 frame, kept in memory because matches in later blocks copy bytes from it. */
export class Lz4Window {
  #bytes = new Uint8Array();
  /** The most bytes of content in one block of the lz4 frame. */
  #blockBytes = 0;
  /** The offset in the window of the first byte that matches in later lz4 blocks may copy. */
  #lowest = 0;
  /** The offset in the window of the first byte that `take` has not returned yet. */
  #given = 0;
  #end = 0;

  /**
   * Begins an lz4 frame whose blocks have at most `blockBytes` bytes of content each. `take` must have returned all
   * content of the frame before.
   */
  begin(blockBytes: number): void {
    // The memory is used again, because an upload may hold a hundred thousand frames.
    this.#blockBytes = blockBytes;
    this.#lowest = 0;
    this.#given = 0;
    this.#end = 0;
  }

  /**
   * Prevents later lz4 blocks from copying content that came before this call. It must be called before each block that
   * is independent of the earlier blocks.
   */
  forget(): void {
    this.#lowest = this.#end;
  }

  /** Expands an lz4 block, `packed`, and appends its content to the window. Returns false when the block is invalid. */
  expand(packed: Uint8Array): boolean {
    // A block does not say how much content it has. When the memory is too small, it is expanded again in twice as much.
    for (let room = this.#room; ; room *= 2) {
      const most = Math.min(room, this.#blockBytes);
      this.#makeRoom(most);
      const end = expandBlock(packed, {
        bytes: this.#bytes,
        start: this.#end,
        lowest: this.#lowest,
        limit: this.#end + most,
      });
      if (end >= 0) this.#end = end;
      if (end >= 0 || most === this.#blockBytes) return end >= 0;
    }
  }

  /** Appends the content of an lz4 block that is stored uncompressed. */
  append(stored: Uint8Array): void {
    this.#makeRoom(stored.length);
    this.#bytes.set(stored, this.#end);
    this.#end += stored.length;
  }

  /**
   * True when the window has at least 64 KiB of content that `take` has not returned yet. The caller should take
   * content out before it expands the next lz4 block.
   */
  get isFull(): boolean {
    return this.#end - this.#given >= ENOUGH;
  }

  /**
   * Takes the next content of the lz4 frame out of the window, and returns it: at most 256 KiB, as a view of the
   * window's memory. Unless `all` is true, the result is empty when the window has less than 64 KiB of content that was
   * not taken yet. This avoids tiny results, because lz4 blocks may be as short as one byte. The view is valid until
   * the next block is expanded.
   */
  take(all: boolean): Uint8Array {
    const most = this.isFull || all ? PIECE : 0;
    const piece = this.#bytes.subarray(this.#given, Math.min(this.#end, this.#given + most));
    this.#given += piece.length;
    return piece;
  }

  /**
   * Makes room in the window for `size` bytes, the content of the next lz4 block. Keeps the content that `take` has not
   * returned yet, and the last 64 KiB, from which matches may copy.
   */
  #makeRoom(size: number): void {
    if (this.#end + size <= this.#bytes.length) return;
    const slide = Math.max(0, this.#end - HISTORY);
    this.#bytes.copyWithin(0, slide, this.#end);
    this.#end -= slide;
    this.#given -= slide;
    this.#lowest = Math.max(0, this.#lowest - slide);
    if (this.#end + size <= this.#bytes.length) return;
    this.#bytes = enlarged(this.#bytes, HISTORY + Math.max(size, 2 * this.#room));
  }

  /** The number of bytes of content for which the window's memory has room besides the history. */
  get #room(): number {
    return Math.max(FIRST_ROOM, this.#bytes.length - HISTORY);
  }
}
