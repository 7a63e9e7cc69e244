import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { Bytes, Source } from '../../core/model/ports.ts';

/** An archive to inspect or convert: a file, a pipe or an object in S3. */
export interface Input {
  /** The name as typed. `-` is standard input. */
  name: string;
  /** Bytes as stored; null for a pipe. */
  size: number | null;
  /** The place of the archive, for the archive manifest. */
  place: Place;
  /**
   * An open file that holds the input from offset `start` on. Of a pipe it is the copy. Null when there is no file, and
   * for a pipe before its first bytes.
   */
  file: { fd: number; start: number } | null;
  /** Reads everything from the beginning. To be called once. */
  read(): Bytes;
  /** Reads ranges of the same bytes once more, after `read` has ended. */
  again: Source;
  /** Throws `source-changed` when the file is no longer the one that was opened. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** The place of an archive as the archive manifest names it. The bucket of a file is null. */
export type Place = Pick<ArchiveManifest['source'], 'bucket' | 'key' | 'versionId' | 'etag'>;
