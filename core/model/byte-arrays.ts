/** The bytes of all arrays, one after the other, in new memory. */
export function concat(arrays: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

/** A copy of bytes in new memory. `slice()` would not do: that of a Node `Buffer` is a view on the same memory. */
export function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** The offset of the first place at or after `from` where `wanted` stands, or -1. `wanted` must not be empty. */
export function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array, from = 0): number {
  const first = wanted[0];
  const last = bytes.length - wanted.length;
  // A loop over all bytes: `bytes.indexOf(first)` would be slower where the first byte is frequent.
  for (let at = Math.max(0, from); at <= last; at++) {
    if (bytes[at] === first && wanted.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

/** Reads numbers at any offset of the bytes. It throws a RangeError beyond their end. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
