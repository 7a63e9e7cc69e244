import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { Bytes, Source } from '../../core/model/ports.ts';

/** An archive to inspect or convert: a file, a pipe or an object in S3. */
export interface Input {
  /** The name of the input as the user typed it. `-` is standard input. */
  name: string;
  /** The size of the input in bytes, as stored (compressed or not); null for a pipe. */
  size: number | null;
  /**
   * The place of the input, for the JSON about the archive: the bucket, key, version and ETag of an object in S3. For a
   * file or a pipe, the key is its name, and the others are null.
   */
  place: Place;
  /**
   * The open file that holds the bytes of the input, from offset `start` on. For a pipe it is the file with the copy of
   * the pipe; null until the first bytes were read. Always null for an object in S3, a split file, and a pipe without a
   * copy.
   */
  file: { fd: number; start: number } | null;
  /** Reads the whole input from its beginning. It can be called only once. */
  read(): Bytes;
  /**
   * Reads any range of bytes of the input. For a pipe, this is possible only after `read` has ended, and only if the
   * pipe was copied. If it was not, a LadingError with the code `spool-failed` is thrown.
   */
  again: Source;
  /**
   * Throws a LadingError with the code `source-changed` when the input is a file that was changed since it was opened.
   */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The place of an archive, as the JSON about the archive states it: bucket, key, version and ETag in S3, and the pieces
 * of a split file. For a file, the key is its name, and bucket, version and ETag are null.
 */
export type Place = Pick<ArchiveManifest['source'], 'bucket' | 'key' | 'versionId' | 'etag' | 'pieces'>;
