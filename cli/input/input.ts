import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { Bytes, Source } from '../../core/model/ports.ts';

/** An archive to inspect or convert: a file, a pipe or an object in S3. */
export interface Input {
  /** The name of the input as typed. `-` is standard input. */
  name: string;
  /** The size of the input in bytes, as stored; null for a pipe. */
  size: number | null;
  /** The place of the input, for the archive manifest. */
  place: Place;
  /**
   * An open file that holds the input from offset `start` on; of a pipe, the copy of it. Null when there is no file,
   * and for a pipe before its first bytes.
   */
  file: { fd: number; start: number } | null;
  /** Reads the whole input from the beginning. To be called once. */
  read(): Bytes;
  /** Reads ranges of the input again, after `read` has ended. */
  again: Source;
  /** Throws `source-changed` when the file at the input's path is no longer the one that was opened. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** The place of an archive in the archive manifest. The bucket of a file is null. */
export type Place = Pick<ArchiveManifest['source'], 'bucket' | 'key' | 'versionId' | 'etag'>;
