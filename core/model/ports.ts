import type { ToByteString } from './byte-string.ts';
import type { Packing } from './conversion-request.ts';
import type { Digest } from './digest.ts';

/**
 * A stream of bytes in chunks. The memory of a chunk may be reused as soon as the next one is asked for, so a chunk
 * that is needed longer must be copied.
 */
export type Bytes = AsyncIterable<Uint8Array>;

/**
 * A fixed sequence of bytes, such as an upload, that can be read several times. `open` reads the bytes from offset
 * `start` up to and without `end`, by default all of them.
 */
export interface Source {
  open(start?: number, end?: number): Bytes;
}

/**
 * Computes the sha256 of bytes that come in chunks. If `update` returns a promise, the memory of the chunk may be
 * reused only once that promise is fulfilled.
 */
export interface Hasher {
  update(chunk: Uint8Array): void | Promise<void>;
  digest(): Promise<Digest>;
  /**
   * Ends a hasher whose digest is not needed, so that its thread and its memory are free for another one. Without
   * effect after `digest`. Absent when a hasher has no thread and no memory to free.
   */
  discard?(): void;
}

/** A decompressor that gets compressed data in pieces, in order: the caller gives each piece to `push`. */
export interface Expander {
  /**
   * Decompresses the next piece of input. Yields all output that it gives, in chunks of at most 4 MiB. Throws on
   * corrupt data.
   */
  push(input: Uint8Array): Bytes;
  close(): void;
}

/**
 * A decompressor for zstd frames (RFC 8878). It gets the frames in pieces, and no piece may have bytes of two frames.
 */
export interface FrameExpander extends Expander {
  /**
   * Decompresses one whole zstd frame in a single call. Returns the content, or null when the frame is too long or
   * damaged. The caller then uses `push`, which throws only on damage.
   */
  whole(frame: Uint8Array): Uint8Array | null;
}

/** A decompressor for one raw deflate stream (RFC 1951). It stops at the stream's end, even when more input follows. */
export interface RawInflate extends Expander {
  /**
   * The number of bytes at the end of the most recent input that are not part of the deflate stream, because they come
   * after its end.
   */
  readonly unused: number;
  /**
   * True once the end of the deflate stream was found. If an input ends exactly at that end, the end may be found only
   * in the next call of `push`.
   */
  readonly ended: boolean;
}

/** A stretch of a layer that is compressed on its own, so that several can be compressed at the same time. */
export interface Block {
  /**
   * The bytes to compress, and in front of them the last bytes of the preceding block. The compressed data may refer to
   * those.
   */
  bytes: Uint8Array<ArrayBuffer>;
  /**
   * The number of bytes at the beginning of `bytes` that come from the preceding block, and are not to be compressed
   * again.
   */
  before: number;
  /** True for the last block of a layer. */
  last: boolean;
}

/**
 * Compresses layers in blocks, stretches that are compressed on their own. The same block must always give the same
 * bytes, so that image archives are the same on every machine.
 */
export interface BlockPacker {
  /**
   * The number of blocks that may be in compression, or waiting for it, while the caller fills the next block. More
   * would take more memory and not be faster. 0 when each block is compressed before the next is filled.
   */
  readonly ahead: number;
  /**
   * Compresses a block, and returns its compressed bytes in new memory. The memory of the block may be given to another
   * thread, so the caller must not use the block again.
   */
  pack(packing: Packing, block: Block): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Functions, such as hashing, that the caller provides to the core. The core itself uses no modules of Node, because it
 * also runs in browsers, and these functions would be slow in plain JavaScript.
 */
export interface Tools {
  newHasher(): Hasher;
  newInflate(): RawInflate;
  newZstd(): FrameExpander;
  /**
   * Compresses layers. If it is absent, layers are compressed with gzip on the calling thread, and zstd is not
   * possible.
   */
  packer?: BlockPacker;
  crc32(chunk: Uint8Array, previous: number): number;
  /**
   * Converts bytes of a tar header, such as the name of a member, to a string with one character for each byte. Absent
   * where the runtime has nothing faster than the core's own function `byteString` (docs/decisions/0077).
   */
  byteString?: ToByteString;
  /**
   * Lets other tasks of the process run, and throws when the work must be stopped. The core calls it now and then in
   * long work that reads few bytes. Absent when there are no other tasks.
   */
  breathe?(): void | Promise<void>;
  /**
   * True when a CRC-32 is computed wherever a sha256 is, in `Sums`. S3 checks it when the bytes are stored, and Lading
   * states it in the JSON about the upload. False when nobody needs it.
   */
  readonly sumsCrc32: boolean;
}
