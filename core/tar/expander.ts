import type { Sparse } from './member.ts';

const ZEROS = new Uint8Array(64 * 1024);

/** Turns the stored bytes of a sparse file into its content, with zeros for the holes. */
export class Expander {
  readonly #sparse: Sparse;
  readonly #size: number;
  /** The index of the current or next extent, and the offset of the next byte in the content. */
  #extent = 0;
  #at = 0;

  constructor(sparse: Sparse, size: number) {
    this.#sparse = sparse;
    this.#size = size;
  }

  /** True when the whole content was yielded. */
  get done(): boolean {
    return this.#at === this.#size;
  }

  /** Takes the next stored bytes, and yields the content up to the place where more stored bytes are needed. */
  *expand(stored: Uint8Array): Generator<Uint8Array> {
    let taken = 0;
    while (!this.done) {
      const { offset, length } = this.#sparse.extents[this.#extent] ?? { offset: this.#size, length: 0 };
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
