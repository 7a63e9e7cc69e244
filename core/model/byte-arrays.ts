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

/**
 * A function that gives the offset of the first place at or after `from` where `wanted` stands, or -1. `wanted` has 1 to
 * 255 bytes. It is the algorithm of Boyer, Moore and Horspool: it looks at the place of the last byte, and jumps ahead by
 * what stands there.
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

/** Reads numbers at any offset of the bytes. It throws a RangeError beyond their end. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
