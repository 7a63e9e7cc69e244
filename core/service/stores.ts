import type { Plan } from '../model/plan.ts';
import type { Source } from '../model/ports.ts';
import type { Completion } from './completion.ts';

/** The place of an upload, and the marks that tell it from other uploads to the same key. */
export interface UploadIdentity {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string;
  size: number;
  /** S3's hex number that orders the events of one key; null when the event has none. */
  sequencer: string | null;
}

/** An upload as an event describes it: enough to find it. Its version may be unknown. */
export interface UploadNotice {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string | null;
  sequencer: string | null;
}

/** Read access to the uploads. Every read names the version, so that a replaced upload is noticed. */
export interface Uploads {
  /** Finds an upload. Null when it is gone, or another one has taken its place. */
  find(notice: UploadNotice): Promise<{ identity: UploadIdentity; metadata: Record<string, string> } | null>;
  /** The bytes of an upload. Reading throws `source-changed` when they are no longer those of `identity`. */
  source(identity: UploadIdentity): Source;
  /** Reads a whole small object; null when there is none. Throws `too-large` beyond `maxBytes`. */
  small(bucket: string, key: string, maxBytes: number): Promise<Uint8Array | null>;
}

/** The upload that a result was made from, and the job (job.ts) that made it. */
export interface Origin {
  job: string;
  upload: Pick<UploadIdentity, 'versionId' | 'etag' | 'sequencer'>;
}

/** The conditions under which an image archive becomes visible. */
export interface Commit {
  origin: Origin;
  /**
   * Called when all is stored but nothing is visible. It returns the ETag that the image archive to be replaced must
   * have (null: there must be none). When it returns null itself, everything is dropped.
   */
  ready: () => Promise<{ expected: string | null } | null>;
  /** Called before each part, with the bytes of all parts begun, and the bytes sent. An error from it ends the work. */
  onProgress?: ((begun: number, sent: number) => void) | undefined;
}

/**
 * The store of results. Every change names the ETag that the object must have; null means that there must be no object.
 * Nothing changes when another function was faster.
 */
export interface Results {
  /**
   * Reads a whole small result; null when there is none. A result above `LIMITS.inspectionBytes` is returned with no
   * bytes: Lading did not write it, so it can be replaced.
   */
  get(key: string): Promise<{ bytes: Uint8Array; etag: string } | null>;
  /** Describes an image archive without reading it. Its origin is null when the store keeps none. */
  look(key: string): Promise<{ etag: string; size: number; origin: Origin | null } | null>;
  /** False when something else is there than was expected. */
  put(key: string, bytes: Uint8Array, contentType: string, expected: string | null): Promise<boolean>;
  /** False when something else is there than was expected. */
  remove(key: string, expected: string): Promise<boolean>;
  /** The address of a result for people: `s3://bucket/key`, or a path. */
  uri(key: string): string;
  /**
   * Stores the image archive of a plan, completely or not at all, and returns the number of bytes sent. Null when it
   * was dropped, or another function was faster.
   */
  assemble(key: string, plan: Plan, upload: UploadIdentity, commit: Commit): Promise<{ bytesSent: number } | null>;
}

/** Gives an upload to the inspect function, as if S3 had just reported it. */
export type HandBack = (upload: Omit<UploadNotice, 'bucket'>) => Promise<void>;

/** Sends a completion event. The same event may be sent again. Throws `unannounced` when it cannot be sent. */
export type Announce = (completion: Completion) => Promise<void>;

/** Returns milliseconds since the epoch. */
export type Clock = () => number;
