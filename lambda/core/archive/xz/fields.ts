/** Reads the fields of an xz header that lies in memory. Beyond its end there are only invalid ones. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #valid = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** A multibyte integer: 7 bits a byte, lowest first (format 1.2). Exact up to 2^53. */
  integer(): number {
  }
}
