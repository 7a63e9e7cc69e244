import type { Plan } from '../model/plan.ts';
import type { Source } from '../model/ports.ts';
import type { Completion } from './completion.ts';

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
