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
  /** The sequencer of the upload's event: S3's hex number that orders the events of a key. Null when unknown. */
  sequencer: string | null;
}

/** An upload as an event describes it, in order to find it. Its version may be unknown. */
export interface UploadNotice {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string | null;
  sequencer: string | null;
}

/** The store of uploads, for reading. Every read names the version, so that a replaced upload is noticed. */
export interface Uploads {
  /** Finds an upload. Null when it was deleted, or when another upload has replaced it. */
  find(notice: UploadNotice): Promise<{ identity: UploadIdentity; metadata: Record<string, string> } | null>;
  /** The bytes of an upload. Reading throws `source-changed` when the upload was replaced. */
  source(identity: UploadIdentity): Source;
  /** Reads a whole small object; null when it does not exist. Throws `too-large` beyond `maxBytes`. */
  small(bucket: string, key: string, maxBytes: number): Promise<Uint8Array | null>;
}

/** The upload that a result was made from, and the job that made it. */
export interface Origin {
  job: string;
  upload: Pick<UploadIdentity, 'versionId' | 'etag' | 'sequencer'>;
}

/** The conditions under which a new image archive becomes visible in the store. */
export interface Commit {
  origin: Origin;
  /**
   * Called when the image archive is stored completely but not yet visible. Returns the ETag that the image archive to
   * be replaced must have (`expected: null`: there must be none). When it returns null, the new archive is dropped.
   */
  ready: () => Promise<{ expected: string | null } | null>;
  /**
   * Called before each part is stored, with the bytes of all parts begun and of those sent. It may throw to end the
   * work.
   */
  onProgress?: ((begun: number, sent: number) => void) | undefined;
}

/**
 * The store of results. Every change names the ETag that the object must have now; null means that it must not exist.
 * When another function has changed the object, nothing happens.
 */
export interface Results {
  /**
   * Reads a whole small result; null when it does not exist. For a result above `LIMITS.inspectionBytes` the bytes are
   * empty: Lading did not write it, so it can be replaced.
   */
  get(key: string): Promise<{ bytes: Uint8Array; etag: string } | null>;
  /** Finds an image archive without reading it. `origin` is null when the store does not know the upload it is from. */
  look(key: string): Promise<{ etag: string; size: number; origin: Origin | null } | null>;
  /** Writes a small result. False when the object there does not have the expected ETag. */
  put(key: string, bytes: Uint8Array, contentType: string, expected: string | null): Promise<boolean>;
  /** Deletes a result. False when the object there does not have the expected ETag. */
  remove(key: string, expected: string): Promise<boolean>;
  /** The address of a result for people: `s3://bucket/key`, or the path of a file. */
  uri(key: string): string;
  /**
   * Stores the image archive of a plan, completely or not at all, and returns the number of bytes sent. Null when it
   * was dropped, or when another function has changed the results.
   */
  assemble(key: string, plan: Plan, upload: UploadIdentity, commit: Commit): Promise<{ bytesSent: number } | null>;
}

/** Gives an upload to the inspect function, as if S3 had just reported it. */
export type HandBack = (upload: Omit<UploadNotice, 'bucket'>) => Promise<void>;

/** Sends a completion event. The same event may be sent again. Throws `unannounced` when it cannot be sent. */
export type Announce = (completion: Completion) => Promise<void>;

/** A clock. Returns the milliseconds since 1970 (the Unix epoch). */
export type Clock = () => number;
