/** How much there is in a JSON text. */
export interface JsonExtent {
  /** Values and keys, at most one more than there are. */
  values: number;
  /** How many lists and objects lie in each other at the deepest place. */
  depth: number;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Counts what a parser would make of some bytes, before one does: a value costs a hundred times its bytes in memory. Of
 * bytes that are no JSON it says something all the same.
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

/** Where the closing quotation mark stands, or the end of the bytes. */
function endOfString(bytes: Uint8Array, start: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) return at;
    if (bytes[at] === BACKSLASH) at++;
  }
  return bytes.length;
}
