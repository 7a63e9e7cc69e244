import { createHash } from 'node:crypto';

/**
 * A set of uploads that need no work. Its memory is fixed: it keeps a 64-bit hash of each upload, and a new one may
 * push out an older one. For an upload that was pushed out, the store is only asked once more, and again says that it
 * needs no work.
 */
export class KnownUploads {
  readonly #marks: BigUint64Array;

  constructor(size: number) {
    this.#marks = new BigUint64Array(size);
  }

  has(mark: bigint): boolean {
    return this.#marks[this.#place(mark)] === mark;
  }

  add(mark: bigint): void {
    this.#marks[this.#place(mark)] = mark;
  }

  #place(mark: bigint): number {
    return Number(mark % BigInt(this.#marks.length));
  }
}

/** A 64-bit hash of `told`, all that a bucket listing tells about an upload. */
export function markOf(told: (string | number)[]): bigint {
  return createHash('sha256').update(JSON.stringify(told)).digest().readBigUInt64BE();
}
