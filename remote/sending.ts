import type { Bytes, Source } from '../core/model/ports.ts';
import type { S3Access } from '../s3/client.ts';
import type { Description, Target, Written } from '../s3/multipart.ts';

/** An archive to upload: a file or a pipe. The size of a pipe is null, because it is known only at its end. */
export interface Archive {
  size: number | null;
  read(): Bytes;
  /** For a file to upload, reads any range of it. Several ranges may be read at the same time. Not used for a pipe. */
  again: Source;
  /** Throws `source-changed` when the file to upload is no longer the one that was opened. */
  assertUnchanged(): Promise<void>;
}

/** An archive that is being uploaded to a key in S3. */
export interface Sending {
  access: S3Access;
  target: Target;
  description: Description;
  archive: Archive;
  /** Called with the number of bytes of the archive that S3 has so far. */
  onProgress: (bytes: number) => void;
}

/** An upload to S3 that is complete. `size` is in bytes. */
export interface Uploaded extends Written {
  size: number;
  /** The number of parts of the upload. `kept` is the number of those that S3 still had from an interrupted upload. */
  parts: number;
  kept: number;
}
