import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { Bytes, Source } from '../../core/model/ports.ts';

/** An archive to inspect or convert: a file, a pipe or an object in S3. */
export interface Input {
  /** The name of the input as the user typed it. `-` is standard input. */
  name: string;
  /** The size of the input in bytes, as stored (compressed or not); null for a pipe. */
  size: number | null;
  /** The bucket, key and version of the input, for the archive manifest. */
  place: Place;
  /**
   * An open file that contains the input from offset `start` on. For a pipe it is the copy of the pipe, and null before
   * the first bytes. Also null when there is no file.
   */
  file: { fd: number; start: number } | null;
  /** Reads the whole input from its beginning. It can be called only once. */
  read(): Bytes;
  /** Reads any range of the input again. It may be called only after `read` has ended. */
  again: Source;
  /** Throws `source-changed` when the file at the input's path is no longer the one that was opened. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** The place of an archive, as the archive manifest tells it. For a file, the bucket is null. */
export type Place = Pick<ArchiveManifest['source'], 'bucket' | 'key' | 'versionId' | 'etag' | 'pieces'>;
