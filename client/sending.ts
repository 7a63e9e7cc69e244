import type { Bytes, Source } from '../core/model/ports.ts';
import type { S3Access } from '../s3/client.ts';
import type { Description, Target, Written } from '../s3/multipart.ts';

/** An archive to upload: a file or a pipe. The size of a pipe is null, because it is not known before its end. */
export interface Archive {
  size: number | null;
  read(): Bytes;
  /** Reads any range of a file to upload, several at a time. Not for a pipe. */
  again: Source;
  /** Throws `source-changed` when the file to upload is no longer the one that was opened. */
  assertUnchanged(): Promise<void>;
}

/** The upload of one archive to one key in S3. */
export interface Sending {
  access: S3Access;
  target: Target;
  description: Description;
  archive: Archive;
  /** Called with the number of bytes of the archive that S3 has so far. */
  onProgress: (bytes: number) => void;
}

/** A finished upload to S3. */
export interface Uploaded extends Written {
  size: number;
  /** The number of parts in the upload, and how many of them were kept from an interrupted upload. */
  parts: number;
  kept: number;
}
