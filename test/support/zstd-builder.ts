/** The header of a zstd frame with a window of 2 MiB and no checksum. */
const FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);

const RAW = 0;
const RLE = 1;
const COMPRESSED = 2;
const MOST_IN_A_BLOCK = 2 ** 17;

/** A zstd frame that expands to `bytes` (128 KiB at most) and then `zeros` zero bytes. */
export function zerosInZstd(bytes: Uint8Array, zeros: number): Buffer {
  const runs = Array.from({ length: Math.ceil(zeros / MOST_IN_A_BLOCK) }, (_, i) =>
    Buffer.from([...blockHeader(RLE, Math.min(MOST_IN_A_BLOCK, zeros - i * MOST_IN_A_BLOCK)), 0]),
  );
  return Buffer.concat([FRAME, blockHeader(RAW, bytes.length), bytes, ...runs, LAST]);
}

function blockHeader(type: number, size: number): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE(size * 8 + type * 2, 0, 3);
  return header;
}

/** An empty block that ends a frame. */
const LAST = Buffer.from([1, 0, 0]);

/** The shortest frame, and a frame that holds a single zero byte. */
export const EMPTY_FRAME: Buffer = Buffer.concat([FRAME, LAST]);
export const FRAME_OF_ONE: Buffer = Buffer.concat([FRAME, Buffer.from([0x0b, 0, 0, 0])]);

/** A frame whose block is compressed (RFC 8878, 3.1.1.3): a repeated literal of one byte, and no sequence. */
export const FRAME_OF_PACKED_BYTE: Buffer = Buffer.concat([FRAME, Buffer.from([0x1d, 0, 0, 9, 0x78, 0])]);

/** The most sequences that a block may have whose content is at most 128 KiB, if each stands for four bytes. */
const SEQUENCES = 2 ** 15 - 1;
/**
 * A compressed block (RFC 8878, 3.1.1.3) of 15 bytes. Its literals are one repeated byte, and its sequences, each a
 * literal and a match of three bytes, have the same codes without any bits, so that they take no room.
 */
const BLOCK_OF_SEQUENCES = (() => {
  const literals = Buffer.alloc(4);
  literals.writeUIntLE(0x0d + SEQUENCES * 16, 0, 3);
  const count = SEQUENCES - 0x7f00;
  const body = Buffer.concat([literals, Buffer.from([255, count & 255, count >> 8, 0x54, 1, 0, 0, 1])]);
  return Buffer.concat([blockHeader(COMPRESSED, body.length), body]);
})();

/** A zstd frame without an end that expands to `bytes` (128 KiB at most), and has as many such blocks as fit into `size`. */
export function sequencesInZstd(bytes: Uint8Array, size: number): Buffer {
  const blocks = Buffer.alloc(size - (size % BLOCK_OF_SEQUENCES.length), BLOCK_OF_SEQUENCES);
  return Buffer.concat([FRAME, blockHeader(RAW, bytes.length), bytes, blocks]);
}
