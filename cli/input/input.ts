import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import type { Bytes, Source } from '../../core/model/ports.ts';

/** What is to be inspected or converted. */
export interface Input {
  /** As typed; `-` is standard input. */
  name: string;
  /** Bytes as stored; null for a pipe. */
  size: number | null;
  /** Where it is, for the archive manifest. */
  place: Place;
  /** An open file with the input from `start` on, as far as it was read; null where there is none, and before the first bytes of a pipe. */
  file: { fd: number; start: number } | null;
  /** The one pass over everything. */
  read(): Bytes;
  /** The same bytes once more, after `read` came to its end. */
  again: Source;
  /** Throws `source-changed` when the file is no longer the one that was opened. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** What the archive manifest says of where an archive is; a file is in no bucket. */
export type Place = Pick<ArchiveManifest['source'], 'bucket' | 'key' | 'versionId' | 'etag'>;
