import type { Digest } from './digest.ts';

/** Bytes in order. A chunk is only valid until the next one is asked for: its buffer may be used again, or freed. */
export type Bytes = AsyncIterable<Uint8Array>;

/** A fixed sequence of bytes that can be opened again: the range is `[start, end)`, by default all of it. */
export interface Source {
  open(start?: number, end?: number): Bytes;
}

/**
 * A running sha256. `update` may hold the caller back; the chunk's buffer may be used again once it
 * has returned (and its promise, if any, has resolved).
 */
export interface Hasher {
  update(chunk: Uint8Array): void | Promise<void>;
  digest(): Promise<Digest>;
}

/** An engine that expands compressed data as it comes. */
export interface Expander {
  /** All that comes of `input`, in pieces of at most 4 MiB. Throws on corrupt data. */
  push(input: Uint8Array): Bytes;
  close(): void;
}

/** An engine that expands zstd frames (RFC 8878), one after the other; no input may reach beyond the end of a frame. */
export interface FrameExpander extends Expander {
  /**
   * The content of a whole frame, in one call, between frames. Null when that is too long or the frame is damaged: then `push`
   * tells more.
   */
  whole(frame: Uint8Array): Uint8Array | null;
}

/** One raw deflate stream (RFC 1951) being inflated; a push ends early when the deflate stream ends inside it. */
export interface RawInflate extends Expander {
  /** How many bytes of the last input were not part of the deflate stream. */
  readonly unused: number;
  /** True once the end of the deflate stream was seen; with no input left over, only by the next push. */
  readonly ended: boolean;
}

/** What the core borrows from its surroundings to do arithmetic faster than plain JavaScript can. */
export interface Tools {
  newHasher(): Hasher;
  newInflate(): RawInflate;
  newZstd(): FrameExpander;
  crc32(chunk: Uint8Array, previous: number): number;
  /**
   * Lets others have a turn where the work has gone on for long, and throws where it is to end. It is called after each piece of
   * work that can be much for few bytes of an upload. Missing where nobody else waits.
   */
  breathe?(): void | Promise<void>;
  /** Whether what is stored is summed by CRC-32, too: S3 compares that, and archive manifests tell it. */
  readonly sumsCrc32: boolean;
}
