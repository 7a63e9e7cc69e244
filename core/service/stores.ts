import type { ArchiveManifest } from '../manifest/manifest.ts';
import type { Plan } from '../model/plan.ts';
import type { Source } from '../model/ports.ts';
import type { Completion } from './completion.ts';

/** The place of an upload in S3, and the marks that tell it from other uploads to the same key. */
export interface UploadIdentity {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string;
  /** The size in bytes; of a split upload, that of all its pieces together. */
  size: number;
  /** The sequencer of the upload's event: S3's hex number that orders the events of a key. Null when unknown. */
  sequencer: string | null;
  /**
   * The pieces, in order, of an archive that was split into several uploads; this one is the last. Absent for others.
   */
  pieces?: UploadPiece[];
}

/** One of the uploads into which an archive was split. It lies in the same bucket, and `size` is its own. */
export type UploadPiece = Pick<UploadIdentity, 'key' | 'versionId' | 'etag' | 'size'>;

/** The objects of an upload, in order, each with its own size: all pieces of a split one, or the upload alone. */
export function objectsOf({ pieces, ...identity }: UploadIdentity): UploadIdentity[] {
  return pieces === undefined ? [identity] : pieces.map((piece) => ({ ...identity, ...piece }));
}

/** An upload as an event reports it, enough to find it in the store. What the event does not tell is null. */
export interface UploadNotice {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string | null;
  sequencer: string | null;
}

/** The store of uploads, only for reading. Every read names the upload's version, and so notices a replaced upload. */
export interface Uploads {
  /** Finds an upload. Null when it was deleted, or when another upload has replaced it. */
  find(notice: UploadNotice): Promise<{ identity: UploadIdentity; metadata: Record<string, string> } | null>;
  /**
   * The bytes of an upload; of a split upload, the bytes of all its pieces. Reading throws `source-changed` when one of
   * its objects was replaced.
   */
  source(identity: UploadIdentity): Source;
  /**
   * Reads a whole small object, such as the options of an upload; null when it is missing. Throws `too-large` beyond
   * `maxBytes`.
   */
  small(bucket: string, key: string, maxBytes: number): Promise<Uint8Array | null>;
}

/** The upload that a result was made from, and the job that made it. */
export interface Origin {
  job: string;
  upload: Pick<UploadIdentity, 'versionId' | 'etag' | 'sequencer'>;
}

/** What a new image archive is made from (`origin`), and the callbacks while it is written to the store. */
export interface AssembleOptions {
  origin: Origin;
  /**
   * Called just before a new image archive becomes visible in the store. Returns null to have the new archive dropped.
   * Else returns in `expected` the ETag of the image archive that it replaces, or null if it replaces none.
   */
  ready: () => Promise<{ expected: string | null } | null>;
  /**
   * Called before each part of an image archive is stored. `begun` is the size in bytes of all parts up to and with
   * this one, and `sent` the number of bytes that were sent so far. It may throw an error to end the work.
   */
  onProgress?: ((begun: number, sent: number) => void) | undefined;
}

/**
 * The store of results, the objects that Lading writes for uploads. Every change names the ETag that the object must
 * have now (null: it must not exist). If another function has changed the object, so that its ETag differs, nothing is
 * changed.
 */
export interface Results {
  /**
   * Reads a whole small result; null when it does not exist. For an object above `LIMITS.inspectionBytes`, `bytes` is
   * empty: Lading did not write it, so it can be replaced.
   */
  get(key: string): Promise<{ bytes: Uint8Array; etag: string } | null>;
  /** Finds a result without reading it. `origin` is null when the store does not know what it was made from. */
  stat(key: string): Promise<{ etag: string; size: number; origin: Origin | null } | null>;
  /**
   * Writes a small result. `origin` says what it was made from, if the content does not tell it. False when the object
   * there does not have the ETag `expected`, or exists although `expected` is null.
   */
  put(key: string, bytes: Uint8Array, contentType: string, expected: string | null, origin?: Origin): Promise<boolean>;
  /** Deletes a result. False when the object there does not have the expected ETag. */
  remove(key: string, expected: string): Promise<boolean>;
  /** The address of a result for people: `s3://bucket/key`, or the path of a file. */
  uri(key: string): string;
  /**
   * Writes the image archive that a plan (a list of parts) describes, completely or not at all. Returns the number of
   * bytes sent. Null when `options.ready` has the archive dropped, or when another function has changed the results.
   */
  assemble(
    key: string,
    plan: Plan,
    upload: UploadIdentity,
    options: AssembleOptions,
  ): Promise<{ bytesSent: number } | null>;
}

/** The store of uploads, the store of results, and the function that makes reports. */
export interface Stores {
  uploads: Uploads;
  results: Results;
  /** Makes the HTML page about an upload that is stored beside the other results. Absent: no such pages are written. */
  report?: MakeReport | undefined;
}

/**
 * Makes the report about an upload, an HTML page, from its archive manifest, the JSON document that says what became of
 * it. Returns the bytes of the page.
 */
export type MakeReport = (manifest: ArchiveManifest) => Promise<Uint8Array>;

/** Gives an upload to the inspect function, as if S3 had just reported it. */
export type HandBack = (upload: Omit<UploadNotice, 'bucket'>) => Promise<void>;

/**
 * Sends the event that the work on an upload is complete. The same event may be sent again. Throws `unannounced` when
 * it cannot be sent.
 */
export type Announce = (completion: Completion) => Promise<void>;

/** A clock. Returns the milliseconds since 1970 (the Unix epoch). */
export type Clock = () => number;
