import { createHash } from 'node:crypto';

/**
 * A set of uploads that need no work. It takes a fixed amount of memory: it keeps a 64-bit hash of each upload, and a
 * new upload may push out an older one. When an upload was pushed out, the service asks the store once more whether
 * the upload needs work, and the answer is again no.
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

/**
 * Returns a 64-bit hash of `told`, all that a bucket listing tells about an upload. A changed upload has another hash.
 */
export function markOf(told: (string | number)[]): bigint {
  return createHash('sha256').update(JSON.stringify(told)).digest().readBigUInt64BE();
}
