import type { Completion } from './service/completion.ts';
import type { Digest } from './digest.ts';
import type { Plan } from './image/plan.ts';

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

/** Where an upload is, and which one of all that were ever put there. */
export interface UploadIdentity {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string;
  size: number;
  /** S3's order of events for one key, hex; null when the event carried none. */
  sequencer: string | null;
}

/** What an event says about an upload: enough to look it up, not yet pinned. */
export interface UploadNotice {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string | null;
  sequencer: string | null;
}

/** Read access to the uploads; every read names the version, so that a replaced upload is noticed. */
export interface Uploads {
  /** Null when the upload is gone or another one has taken its place. */
  find(notice: UploadNotice): Promise<{ identity: UploadIdentity; metadata: Record<string, string> } | null>;
  /** Throws `source-changed` when the bytes are no longer those of `identity`. */
  source(identity: UploadIdentity): Source;
  /** A whole small object, or null when there is none. Throws `too-large` beyond `maxBytes`. */
  small(bucket: string, key: string, maxBytes: number): Promise<Uint8Array | null>;
}

/** Which upload a result was made of, and the job (job.ts) that made it. */
export interface Origin {
  job: string;
  upload: Pick<UploadIdentity, 'versionId' | 'etag' | 'sequencer'>;
}

/** How an image archive becomes visible. */
export interface Commit {
  origin: Origin;
  /**
   * Asked once everything is in place but visible to nobody: the ETag that the image archive to be replaced must still
   * have (null: there is none). When the answer is null itself, all is dropped.
   */
  ready: () => Promise<{ expected: string | null } | null>;
  /** Told, before each part, how many bytes have been begun with it, and sent before. What it throws ends the work. */
  onProgress?: ((begun: number, sent: number) => void) | undefined;
}

/**
 * The results: every change names the ETag that the object must still have, null meaning that there must be none, and
 * changes nothing when somebody else was faster.
 */
export interface Results {
  /**
   * A whole small result, or null when there is none. One that is larger than any that Lading writes
   * (`LIMITS.inspectionBytes`) has no bytes: it is somebody else's, and can be replaced.
   */
  get(key: string): Promise<{ bytes: Uint8Array; etag: string } | null>;
  /** What is known of an image archive without reading it; its origin is null where the store keeps none. */
  look(key: string): Promise<{ etag: string; size: number; origin: Origin | null } | null>;
  /** False when something else is there than was expected. */
  put(key: string, bytes: Uint8Array, contentType: string, expected: string | null): Promise<boolean>;
  /** False when something else is there than was expected. */
  remove(key: string, expected: string): Promise<boolean>;
  /** Where a result is for a person: `s3://bucket/key`, or a path. */
  uri(key: string): string;
  /**
   * Stores the image archive that the plan describes, all or nothing, and returns the bytes that had to be sent for it.
   * Null when it was dropped, or when somebody else was faster.
   */
  assemble(key: string, plan: Plan, upload: UploadIdentity, commit: Commit): Promise<{ bytesSent: number } | null>;
}

/** Tells others that an archive is done. They may be told the same again. Throws `unannounced` when that is not possible. */
export type Announce = (completion: Completion) => Promise<void>;

/** Milliseconds since the epoch. */
export type Clock = () => number;
