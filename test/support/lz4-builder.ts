const MiB = 2 ** 20;

/** The beginning of an lz4 frame with independent blocks of at most 4 MiB, and without checksums but for this header. */
const HEAD = Buffer.from('04224d18607073', 'hex');

/** An lz4 frame (frame format 1.6.3) in which the content stands as it is. Needs no tool. */
export function lz4Stored(content: Uint8Array): Buffer {
  const blocks: Buffer[] = [];
  for (let at = 0; at < content.length; at += 4 * MiB) blocks.push(lz4Block(content.subarray(at, at + 4 * MiB), true));
  return lz4Frame(...blocks);
}

/** An lz4 frame of these blocks. */
export function lz4Frame(...blocks: Buffer[]): Buffer {
  return Buffer.concat([HEAD, ...blocks, Buffer.alloc(4)]);
}

/** A block of an lz4 frame with its size: stored as it is, or a list of sequences. */
export function lz4Block(bytes: Uint8Array, isStored = false): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE((isStored ? 2 ** 31 : 0) + bytes.length);
  return Buffer.concat([size, bytes]);
}

/** A block of 4 MiB of zeros: one literal, a match that repeats it, and the five literals at the end of each block. */
export function lz4Zeros(): Buffer {
  const length = 4 * MiB - 6 - 4 - 15;
  const more = Buffer.alloc(Math.floor(length / 255) + 1, 255);
  more[more.length - 1] = length % 255;
  return lz4Block(Buffer.concat([Buffer.from([0x1f, 0, 1, 0]), more, Buffer.from([0x50, 0, 0, 0, 0, 0])]));
}
