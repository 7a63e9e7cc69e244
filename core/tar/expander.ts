import type { Sparse } from './member.ts';

const ZEROS = new Uint8Array(1024 * 1024);

/** Restores the content of a sparse file from the bytes that a tar archive stores of it: zeros fill the holes. */
export class Expander {
  readonly #sparse: Sparse;
  /** The size in bytes of the restored content. */
  readonly size: number;
  /** The index of the extent (stored part of the sparse file) that is being restored. */
  #extent = 0;
  /** The offset in the sparse file's content of the next byte to yield. */
  #at = 0;

  constructor(sparse: Sparse, size: number) {
    this.#sparse = sparse;
    this.size = size;
  }

  /** True when the whole content of the sparse file was yielded. */
  get done(): boolean {
    return this.#at === this.size;
  }

  /**
   * Takes the next bytes that the archive stores of a sparse file. Yields the next part of the file's content, holes
   * included, up to the point where more stored bytes are needed. Nothing is yielded once the content is complete.
   */
  *expand(stored: Uint8Array): Generator<Uint8Array> {
    let taken = 0;
    while (!this.done) {
      const { offset, length } = this.#sparse.extents[this.#extent] ?? { offset: this.size, length: 0 };
      if (this.#at < offset) {
        const zeros = Math.min(offset - this.#at, ZEROS.length);
        this.#at += zeros;
        yield ZEROS.subarray(0, zeros);
      } else if (taken === stored.length) return;
      else {
        const end = Math.min(stored.length, taken + offset + length - this.#at);
        const piece = stored.subarray(taken, end);
        taken = end;
        this.#at += piece.length;
        if (this.#at === offset + length) this.#extent++;
        yield piece;
      }
    }
  }
}
