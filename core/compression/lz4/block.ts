/**
 * The number of bytes from which on a match or literals in an lz4 block are copied by a call such as `copyWithin`. A
 * loop is faster for fewer bytes.
 */
const LONG = 48;

/** The shortest match of an lz4 block, in bytes. */
const MIN_MATCH = 4;

/** The value of a 4-bit length in the token of an lz4 sequence which says that the length goes on in further bytes. */
const MORE = 15;

/**
 * The rules for the end of an lz4 block, as numbers of bytes (lz4 block format, "end of block restrictions"). They hold
 * for all sequences except the last one, which has no match. `packed` is the least distance from the end of a
 * sequence's literals to the end of the compressed bytes. The other two are least distances to `limit`, the offset at
 * which the content ends at the latest. `match` is counted from the beginning of a match, `literals` from its end. The
 * tool `lz4` refuses blocks that break these rules.
 */
const ENDS = { packed: 8, match: 12, literals: 5 };

/** The place in memory into which an lz4 block is expanded. */
export interface Room {
  bytes: Uint8Array;
  /** The offset in `bytes` at which the content of the lz4 block begins. */
  start: number;
  /** The offset in `bytes` of the first byte that a match in the lz4 block may copy. */
  lowest: number;
  /** The offset in `bytes` at which the content of the lz4 block ends at the latest. */
  limit: number;
}

/**
 * Expands one lz4 block, `packed`, into `bytes` from the offset `start` on. Returns the offset in `bytes` at which the
 * content ends; -1 if the block is invalid. A block is invalid, too, if it copies bytes from before the offset
 * `lowest`, or if its content ends after the offset `limit`.
 */
export function expandBlock(packed: Uint8Array, { bytes, start, lowest, limit }: Room): number {
  const end = packed.length;
  let at = 0;
  let to = start;
  while (at < end) {
    const token = packed[at++]!;
    let literals = token >> 4;
    if (literals === MORE) {
      let more: number;
      do literals += more = at < end ? packed[at++]! : END;
      while (more === 255);
    }
    if (literals > end - at || literals > limit - to) return -1;
    if (literals < LONG) for (const stop = at + literals; at < stop;) bytes[to++] = packed[at++]!;
    else {
      bytes.set(packed.subarray(at, at + literals), to);
      at += literals;
      to += literals;
    }
    if (at > end - ENDS.packed || to > limit - ENDS.match) return at === end ? to : -1;
    const distance = packed[at]! | (packed[at + 1]! << 8);
    at += 2;
    let length = (token & 15) + MIN_MATCH;
    if (length === MORE + MIN_MATCH) {
      let more: number;
      do length += more = at < end ? packed[at++]! : END;
      while (more === 255);
    }
    if (distance === 0 || distance > to - lowest || length > limit - ENDS.literals - to) return -1;
    to = copyMatch(bytes, to, distance, length);
  }
  return -1;
}

/**
 * The number that is used in place of the next byte of a length when the lz4 block has already ended. It makes the
 * length greater than any block, so that the block is treated as invalid.
 */
const END = Number.MAX_SAFE_INTEGER / 2;

function copyMatch(bytes: Uint8Array, start: number, distance: number, length: number): number {
  const end = start + length;
  const from = start - distance;
  if (length < LONG) {
    // The copy goes byte by byte, because a match may overlap its own output.
    for (let to = start, source = from; to < end;) bytes[to++] = bytes[source++]!;
    return end;
  }
  // If the match overlaps its output, each step copies twice as much as the last.
  for (let to = start; to < end; to += to - from) bytes.copyWithin(to, from, Math.min(to, from + end - to));
  return end;
}
