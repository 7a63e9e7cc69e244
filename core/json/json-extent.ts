/** The size of a JSON text: the number of its values and the depth of its nesting. */
export interface JsonExtent {
  /**
   * The number of values in a JSON text, keys of objects included. It is too high by one for each empty list or object.
   */
  values: number;
  /** The depth of a JSON text: the largest number of lists and objects that are inside each other; 0 without any. */
  depth: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Counts the values in JSON bytes and measures how deeply lists and objects are nested. This is done before parsing, so
 * that the caller can refuse a document that is too large or too deep: a parsed value can take a hundred times its
 * bytes in memory. Invalid JSON causes no error.
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

/**
 * The offset of the quotation mark that closes the JSON string which begins at the offset `start`. When there is none,
 * the number of all bytes.
 */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at++;
  }
  return bytes.length;
}
