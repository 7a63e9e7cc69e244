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
 * A sha256 that is computed chunk by chunk. If `update` returns a promise, the chunk's memory may be reused once it is
 * fulfilled.
 */
export interface Hasher {
  update(chunk: Uint8Array): void | Promise<void>;
  digest(): Promise<Digest>;
}

/** A decompressor that gets the compressed data in pieces, with one call of `push` for each. */
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
  /** The number of bytes of the last input that come after the end of the deflate stream. */
  readonly unused: number;
  /**
   * True once the end of the deflate stream was found. If an input ends exactly there, it may be found only in the next
   * call of `push`.
   */
  readonly ended: boolean;
}

/** A stretch of a layer that is compressed independently of the others. */
export interface Block {
  /** The content of the block, and before it the end of the preceding block, which it may refer to. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The number of bytes of the preceding block at the beginning of `bytes`. */
  before: number;
  /** True for the last block of a layer. */
  last: boolean;
}

/** A compressor of blocks. The same block must always give the same bytes. */
export interface BlockPacker {
  /** The number of blocks that may be under way while the next one is filled. More would only take memory. */
  readonly ahead: number;
  /** Compresses a block, whose memory it may give away. The result is in memory of its own. */
  pack(packing: Packing, block: Block): Promise<Uint8Array<ArrayBuffer>>;
}

/** The functions that the core gets from its caller, such as hashing. In plain JavaScript, they would be slow. */
export interface Tools {
  newHasher(): Hasher;
  newInflate(): RawInflate;
  newZstd(): FrameExpander;
  /** Compresses layers. Absent where gzip is compressed on the calling thread, and zstd cannot be made. */
  packer?: BlockPacker;
  crc32(chunk: Uint8Array, previous: number): number;
  /**
   * Makes the name of an archive member from its bytes. Absent where the runtime has nothing faster than the core's own
   * `byteString` (docs/decisions/0077).
   */
  byteString?: ToByteString;
  /**
   * Lets other tasks run, and throws when the work must be stopped. The core calls it after work that takes long
   * although it reads few bytes. Absent when no other task is waiting.
   */
  breathe?(): void | Promise<void>;
  /** True when a CRC-32 of stored bytes is computed beside the sha256. S3 checks it, and archive manifests state it. */
  readonly sumsCrc32: boolean;
}
