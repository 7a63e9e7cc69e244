/** The number of values and the depth of a JSON text. */
export interface JsonExtent {
  /** The number of values and keys, too high by one for each empty list or object. */
  values: number;
  /** The largest number of lists and objects inside each other. */
  depth: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Counts values in JSON bytes before they are parsed, as a value takes a hundred times its bytes in memory. Also
 * returns counts for bytes that are not JSON.
 */
export function jsonExtent(bytes: Uint8Array): JsonExtent {
  let [values, depth, open] = [1, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at);
    else if (byte === COMMA || byte === COLON) values++;
    else if (byte === LIST || byte === OBJECT) {
      values++;
      depth = Math.max(depth, ++open);
    } else if (byte === LIST_END || byte === OBJECT_END) open--;
  }
  return { values, depth };
}

/** The offset of the closing quotation mark, or the end of the bytes. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at++;
  }
  return bytes.length;
}
