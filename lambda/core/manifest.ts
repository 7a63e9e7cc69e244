import type { Digest } from './digest.ts';
import type { Finding } from './findings.ts';
import type { ExecutionConfig } from './image/config.ts';
import type { Platform } from './image/platform.ts';
import type { ArchiveKind, Compression, FoundImage, RootfsFacts, Sums } from './inspection.ts';

/** The final word on an upload, written last and for every upload (docs/manifest.schema.json). */
export interface ArchiveManifest {
  manifestVersion: 1;
  /** `converted`: an image archive lies beside this. `recognised`: nothing to convert. `refused`: an error finding says why. */
  outcome: 'converted' | 'recognised' | 'refused';
  /** One plain sentence: what it is and what came of it. */
  summary: string;
  source: {
    bucket: string | null;
    /** The object's key, or the file's name; `-` is standard input. */
    key: string;
    versionId: string | null;
    etag: string | null;
    sequencer: string | null;
    size: number | null;
    digest: Digest | null;
  };
  compression: { kind: Compression; content: Sums | null };
  archive: { kind: ArchiveKind; evidence: string[]; members: number; fileBytes: number };
  /** The images found in an image archive. */
  images: FoundImage[];
  rootfs: RootfsFacts | null;
  findings: Finding[];
  result: ConvertedImage | null;
  /** The exact lines that load the result; empty when there is none. */
  load: string[];
  cost: { bytesRead: number; bytesSent: number; seconds: number };
  converter: { name: 'lading'; version: string };
}

/** The image archive that was made. */
export interface ConvertedImage {
  /** The object's key in the results, or the file's name; `-` is standard output. */
  key: string;
  size: number;
  /** CRC-32 of the whole image archive, eight hex digits. */
  crc32: string;
  /** sha256 of the image config: the image ID in Docker's classic store and podman. */
  imageId: Digest;
  /** Digest of the OCI manifest: the image ID in Docker's containerd store. */
  manifestDigest: Digest;
  /** Fully qualified names, each with its tag. */
  names: string[];
  /** True when no name was asked for and the key gave one. */
  nameDerived: boolean;
  created: string;
  platform: Platform;
  layers: { mediaType: string; digest: Digest; diffID: Digest; size: number; createdBy: string }[];
  config: ExecutionConfig;
  history: { created: string; created_by: string; comment: string }[];
}
