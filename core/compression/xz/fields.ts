/** Reads the fields of an xz header from its bytes. When one cannot be read, `complete` returns false at the end. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #at = 0;
  #valid = true;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /**
   * Reads and returns a multibyte integer (xz format 1.2) of at most 8 bytes, rounded beyond 2^53. An encoding that is
   * longer than necessary makes the xz header invalid. An encoding of more than 8 bytes does so, too, and gives 0.
   */
  integer(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 53; factor *= 128) {
      const byte = this.bytes(1)[0] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) {
        this.#valid &&= byte > 0 || factor === 1;
        return value;
      }
    }
    this.#valid = false;
    return 0;
  }

  bytes(count: number): Uint8Array {
    const field = this.#bytes.subarray(this.#at, this.#at + count);
    this.#valid &&= field.length === count;
    this.#at += field.length;
    return field;
  }

  /** True when every field of the xz header was valid, and only zero bytes follow. */
  complete(): boolean {
    return this.#valid && this.#bytes.subarray(this.#at).every((byte) => byte === 0);
  }
}

/** Returns a number as a multibyte integer (xz format 1.2): 7 bits in each byte, the lowest first. */
export function encodeInteger(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 128, ...encodeInteger(Math.floor(value / 128))];
}
