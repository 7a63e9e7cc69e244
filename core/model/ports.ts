import type { ToByteString } from './byte-string.ts';
import type { Digest } from './digest.ts';

/** A stream of bytes. A chunk is valid only until the next one is asked for: its buffer may be reused or freed. */
export type Bytes = AsyncIterable<Uint8Array>;

/** A fixed sequence of bytes that can be read several times. The range `[start, end)` is all of it by default. */
export interface Source {
  open(start?: number, end?: number): Bytes;
}

/** A running sha256. `update` may make the caller wait. Once it is done, the chunk's buffer may be reused. */
export interface Hasher {
  update(chunk: Uint8Array): void | Promise<void>;
  digest(): Promise<Digest>;
}

/** A decompressor that gets its input in pieces. */
export interface Expander {
  /** All output for `input`, in chunks of at most 4 MiB. Throws on corrupt data. */
  push(input: Uint8Array): Bytes;
  close(): void;
}

/** A decompressor for zstd frames (RFC 8878). No input may reach beyond the end of a frame. */
export interface FrameExpander extends Expander {
  /** The content of one whole frame, in one call. Null when it is too long or damaged: then `push` tells more. */
  whole(frame: Uint8Array): Uint8Array | null;
}

/** A decompressor for one raw deflate stream (RFC 1951). A push ends early when the stream ends in its input. */
export interface RawInflate extends Expander {
  /** The number of bytes of the last input after the end of the deflate stream. */
  readonly unused: number;
  /** True once the deflate stream has ended. When no input is left over, only the next push finds that. */
  readonly ended: boolean;
}

/** The functions that the core gets from its caller, as plain JavaScript would be slow. */
export interface Tools {
  newHasher(): Hasher;
  newInflate(): RawInflate;
  newZstd(): FrameExpander;
  crc32(chunk: Uint8Array, previous: number): number;
  /** Makes the names of members. Absent where the runtime has nothing faster than the core (docs/decisions/0077). */
  byteString?: ToByteString;
  /**
   * Lets other tasks run after long work, and throws when the work must end. It is called after each piece of work that
   * can take long for few bytes of an upload. Absent where no other task waits.
   */
  breathe?(): void | Promise<void>;
  /** True when stored bytes also get a CRC-32: S3 compares it, and archive manifests state it. */
  readonly sumsCrc32: boolean;
}
