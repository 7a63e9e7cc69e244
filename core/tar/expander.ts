import type { Sparse } from './member.ts';

const ZEROS = new Uint8Array(64 * 1024);

/** Makes the content of a sparse file out of what is stored of it. */
export class Expander {
  readonly #sparse: Sparse;
  readonly #size: number;
  /** The extent that comes next or is under way, and where in the content. */
  #extent = 0;
  #at = 0;

  constructor(sparse: Sparse, size: number) {
    this.#sparse = sparse;
    this.#size = size;
  }

  /** True when all of the content has come out. */
  get done(): boolean {
    return this.#at === this.#size;
  }

  /** Takes the next stored bytes: the content up to where further ones are needed comes out. */
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
