import type { ToByteString } from './byte-string.ts';
import type { Packing } from './conversion-request.ts';
import type { Digest } from './digest.ts';

/** A stream of bytes. A chunk is only valid until the next one is asked for, because its memory may be reused. */
export type Bytes = AsyncIterable<Uint8Array>;

/**
 * A fixed sequence of bytes, such as an upload, that can be read several times. `open` reads the range `[start, end)`,
 * by default all of it.
 */
export interface Source {
  open(start?: number, end?: number): Bytes;
}

/**
 * Computes a sha256 chunk by chunk. If `update` returns a promise, the memory of the chunk may be reused only once that
 * promise is fulfilled.
 */
export interface Hasher {
  update(chunk: Uint8Array): void | Promise<void>;
  digest(): Promise<Digest>;
  /**
   * Ends a hasher whose digest is not needed, so that another one can use its thread and its memory. Without effect after
   * `digest`. Absent when a hasher has neither.
   */
  discard?(): void;
}

/** A decompressor that gets the compressed data in pieces. The caller gives each piece to `push`, in order. */
export interface Expander {
  /**
   * Decompresses the next piece of input. Yields all output for it, in chunks of at most 4 MiB, and throws on corrupt
   * data.
   */
  push(input: Uint8Array): Bytes;
  close(): void;
}

/** A decompressor for zstd frames (RFC 8878). It gets its input in pieces, and one piece must not span two frames. */
export interface FrameExpander extends Expander {
  /**
   * Decompresses one whole zstd frame in a single call. Null when the frame is too long or damaged. The caller then
   * uses `push`, which throws only on damage.
   */
  whole(frame: Uint8Array): Uint8Array | null;
}

/** A decompressor for one raw deflate stream (RFC 1951). It stops at the stream's end, even when more input follows. */
export interface RawInflate extends Expander {
  /** The number of bytes of the most recent input that come after the end of the deflate stream. */
  readonly unused: number;
  /**
   * True once the end of the deflate stream was found. If an input ends exactly at that end, the end may be found only
   * in the next call of `push`.
   */
  readonly ended: boolean;
}

/** A stretch of a layer that is compressed independently of the rest of the layer. */
export interface Block {
  /**
   * The bytes to compress, and before them the end of the preceding block. The compressed data may refer to that end.
   */
  bytes: Uint8Array<ArrayBuffer>;
  /**
   * The number of bytes at the beginning of `bytes` that belong to the preceding block, and are not to be compressed.
   */
  before: number;
  /** True for the last block of a layer. */
  last: boolean;
}

/**
 * Compresses layers in blocks, stretches that are independent of each other. The same block must always give the same
 * bytes.
 */
export interface BlockPacker {
  /**
   * The number of blocks that may be in compression or waiting for it while the caller fills the next block. A larger
   * number would take more memory, and would not make the compression faster.
   */
  readonly ahead: number;
  /**
   * Compresses a block. Its memory may be given to another thread, so the caller must not use the block again. The
   * result has its own memory.
   */
  pack(packing: Packing, block: Block): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Functions, such as hashing, that the caller provides to the core, because the core uses no modules of Node.
 * Implementations of these functions in plain JavaScript would be slow.
 */
export interface Tools {
  newHasher(): Hasher;
  newInflate(): RawInflate;
  newZstd(): FrameExpander;
  /**
   * Compresses layers. If it is absent, layers are compressed with gzip on the calling thread, and cannot be compressed
   * with zstd.
   */
  packer?: BlockPacker;
  crc32(chunk: Uint8Array, previous: number): number;
  /**
   * Converts bytes of a tar header, such as the name of a member, to a string with one character for each byte. Absent
   * where the runtime has nothing faster than the core's own `byteString` (docs/decisions/0077).
   */
  byteString?: ToByteString;
  /**
   * Lets other tasks of the process run, and throws when the work must be stopped. The core calls it during long work
   * that reads few bytes. Absent when there are no other tasks.
   */
  breathe?(): void | Promise<void>;
  /**
   * True when a CRC-32 of stored bytes is computed together with their sha256. S3 checks it, and Lading states it in
   * the JSON about the upload.
   */
  readonly sumsCrc32: boolean;
}
