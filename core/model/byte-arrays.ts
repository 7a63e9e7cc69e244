/** Joins byte arrays, one after the other. The result has its own memory. */
export function concat(arrays: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

/**
 * Copies bytes into new memory. `bytes.slice()` is not used, because on a Node `Buffer` it returns a view on the same
 * memory.
 */
export function copied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/**
 * Makes a new array of `length` bytes that begins with a copy of `bytes`. The other bytes are zero. Throws a RangeError
 * when `bytes` is longer than that.
 */
export function enlarged(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

/**
 * Makes a search function for the bytes `wanted`, of which there are 1 to 255. The function searches `bytes` from the
 * offset `from` on, by default 0. It returns the offset of the first match, or -1. Its algorithm is
 * Boyer-Moore-Horspool.
 */
export function finder(wanted: Uint8Array): (bytes: Uint8Array, from?: number) => number {
  const end = wanted.length - 1;
  const jumps = new Uint8Array(256).fill(wanted.length);
  for (let i = 0; i < end; i++) jumps[wanted[i]!] = end - i;
  const last = wanted[end];
  return (bytes, from = 0) => {
    for (let at = from + end; at < bytes.length; at += jumps[bytes[at]!]!) {
      if (bytes[at] === last && stands(wanted, bytes, at - end)) return at - end;
    }
    return -1;
  };
}

function stands(wanted: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

/**
 * Returns a DataView of the same memory as `bytes`, to read numbers at any offset, aligned or not. Reading beyond the
 * end of `bytes` throws a RangeError.
 */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
