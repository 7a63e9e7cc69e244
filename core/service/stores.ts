import type { ArchiveManifest } from '../manifest/manifest.ts';
import type { Plan } from '../model/plan.ts';
import type { Source } from '../model/ports.ts';
import type { Completion } from './completion.ts';

/**
 * Identifies an upload: its bucket and key in S3, and the values that distinguish it from other uploads to the same
 * key, such as the version and the ETag.
 */
export interface UploadIdentity {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string;
  /** The size of the upload in bytes. For a split upload, it is the sum of the sizes of all pieces. */
  size: number;
  /** The sequencer of the upload's event: S3's hex number that orders the events of a key. Null when unknown. */
  sequencer: string | null;
  /**
   * All pieces, in order, of an archive that was split into several uploads. The last item is the upload that this
   * object identifies. Absent for an upload that is a whole archive.
   */
  pieces?: UploadPiece[];
}

/**
 * A piece of an archive that was split into several uploads. All pieces of an archive are in the same bucket. `size`
 * is the size of this piece alone, in bytes.
 */
export type UploadPiece = Pick<UploadIdentity, 'key' | 'versionId' | 'etag' | 'size'>;

/**
 * Returns the S3 objects of which an upload consists, in order, each with its own size in bytes. A split upload has
 * one object for each piece, and any other upload has a single object.
 */
export function objectsOf({ pieces, ...identity }: UploadIdentity): UploadIdentity[] {
  return pieces === undefined ? [identity] : pieces.map((piece) => ({ ...identity, ...piece }));
}

/**
 * What an event reports about an upload. It is enough to find the upload in the store. A field is null when the event
 * does not contain its value.
 */
export interface UploadNotice {
  bucket: string;
  key: string;
  versionId: string | null;
  etag: string | null;
  sequencer: string | null;
}

/**
 * The read-only store of uploads. `source` reads only the version of an upload that its identity names, and so notices
 * when the upload was replaced.
 */
export interface Uploads {
  /**
   * Finds an upload, and returns its identity and its metadata. Null when it was deleted, or when another upload has
   * replaced the one in `notice`. An ETag or version id in `notice` that is null is not compared.
   */
  find(notice: UploadNotice): Promise<{ identity: UploadIdentity; metadata: Record<string, string> } | null>;
  /**
   * Returns a reader for the bytes of an upload; of a split upload, for the bytes of all its pieces. Reading throws
   * `source-changed` when one of its objects was replaced.
   */
  source(identity: UploadIdentity): Source;
  /**
   * Reads a whole small object, such as the options of an upload; null when it is missing. Throws `too-large` if it
   * has more than `maxBytes` bytes.
   */
  small(bucket: string, key: string, maxBytes: number): Promise<Uint8Array | null>;
}

/** The upload that a result was made from, and the job that made it. */
export interface Origin {
  job: string;
  upload: Pick<UploadIdentity, 'versionId' | 'etag' | 'sequencer'>;
}

/**
 * The options for writing a new image archive to the store: the upload from which it is made (`origin`), and callbacks
 * of the caller.
 */
export interface AssembleOptions {
  origin: Origin;
  /**
   * Called just before a new image archive becomes visible in the store. Returns null if the store must discard the new
   * archive. Otherwise returns an object: `expected` is the ETag of the image archive that the new one replaces, or
   * null if it replaces none.
   */
  ready: () => Promise<{ expected: string | null } | null>;
  /**
   * Called before each part of an image archive is stored. `begun` is the total size in bytes of the parts before this
   * one and of this part. `sent` is the number of bytes that were sent so far. If the callback throws an error, writing
   * the archive ends with this error.
   */
  onProgress?: ((begun: number, sent: number) => void) | undefined;
}

/**
 * The store of results, the objects that Lading writes for uploads. Each method that changes an object gets the ETag
 * that the object is expected to have; null if it is expected not to exist. If the object has another ETag, because
 * another function has changed it, the method changes nothing.
 */
export interface Results {
  /**
   * Reads a whole small result, and returns its bytes and its ETag; null when it does not exist. If the object has
   * more than `LIMITS.inspectionBytes` bytes, `bytes` is empty. Lading writes no such large object at the keys that it
   * reads in this way, so callers may replace the object.
   */
  get(key: string): Promise<{ bytes: Uint8Array; etag: string } | null>;
  /**
   * Finds a result without reading it. Returns its ETag, its size in bytes and its origin; null when it does not
   * exist. `origin` is null when the store does not know what the result was made from.
   */
  stat(key: string): Promise<{ etag: string; size: number; origin: Origin | null } | null>;
  /**
   * Writes a small result if the object at `key` has the ETag `expected`, or if there is no object and `expected` is
   * null. Returns true if it was written, otherwise false. `origin` is the upload that the result was made from; it is
   * given when `bytes` do not contain this information.
   */
  put(key: string, bytes: Uint8Array, contentType: string, expected: string | null, origin?: Origin): Promise<boolean>;
  /**
   * Deletes the result at `key` if its ETag is `expected`. Returns true if it was deleted. Returns false if the object
   * has another ETag or does not exist.
   */
  remove(key: string, expected: string): Promise<boolean>;
  /** Returns the address of a result for people: `s3://bucket/key`, or the path of a file. */
  uri(key: string): string;
  /**
   * Writes the image archive that a plan (a list of parts) describes, completely or not at all. Returns the number of
   * bytes sent. Returns null, and changes nothing at `key`, when `options.ready` returns null, or when another function
   * has changed or created the image archive at `key`.
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
  /**
   * Makes the HTML page about an upload that is stored beside the other results. When it is absent, no such pages are
   * written.
   */
  report?: MakeReport | undefined;
}

/**
 * Makes the report about an upload, an HTML page, from its archive manifest, the JSON document that says what became of
 * it. Returns the bytes of the page.
 */
export type MakeReport = (manifest: ArchiveManifest) => Promise<Uint8Array>;

/**
 * A function that makes the inspect function process an upload again. To do so, it sends an event like the one that S3
 * sends for a new upload.
 */
export type HandBack = (upload: Omit<UploadNotice, 'bucket'>) => Promise<void>;

/**
 * A function that sends the event that the work on an upload is complete. The same event may be sent again. Throws
 * `unannounced` when it cannot be sent.
 */
export type Announce = (completion: Completion) => Promise<void>;

/** A clock. Returns the milliseconds since 1970 (the Unix epoch). */
export type Clock = () => number;
