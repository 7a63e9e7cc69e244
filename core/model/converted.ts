import type { Finding } from '../catalogue/findings.ts';
import type { ExecutionConfig } from './config.ts';
import type { Digest } from './digest.ts';
import type { Plan } from './plan.ts';
import type { Platform } from './platform.ts';

/**
 * The outcome of a conversion. `converted`: there is an image archive to write, described by `conversion`.
 * `not-converted`: there is none, and `findings` say why. `findings` are messages for the user about problems in the
 * upload and in the conversion.
 */
export type Converted =
  | { kind: 'converted'; conversion: Conversion; findings: Finding[] }
  | { kind: 'not-converted'; findings: Finding[] };

/**
 * An image archive that is ready to be written. `plan` lists the parts that make up its bytes. `result` is its
 * description for the archive manifest, the JSON document that says what became of an upload. The description has no
 * `key` yet, because the key or file name of the archive is added later by the caller.
 */
export interface Conversion {
  plan: Plan;
  result: Omit<Result, 'key'>;
}

/**
 * The description of the image archive that Lading wrote. It is the field `result` of the archive manifest, the JSON
 * that says what became of an upload.
 */
export interface Result {
  /** The key under which the image archive is stored, or its file name; `-` for standard output. */
  key: string;
  size: number;
  /**
   * The CRC-32 of the whole image archive as eight hex digits. Null when it was not computed, because the user wants no
   * archive manifest (the JSON document that would state it).
   */
  crc32: string | null;
  /** True when the user gave no image name, so that Lading made one from the key of the upload. */
  nameDerived: boolean;
  /**
   * `rootfs` when the archive that Lading wrote is a root file system, that of the image in `images`. Absent when it is
   * an image archive.
   */
  as?: 'rootfs';
  images: ConvertedImage[];
  /** The multi-platform images in the image archive that Lading wrote; absent when there are none. */
  indexes?: ConvertedIndex[];
}

/** A multi-platform image (an OCI index and one image for each platform) in the image archive that Lading wrote. */
export interface ConvertedIndex {
  /** The names of the multi-platform image in full, with registry, path and tag. */
  names: string[];
  /** The digest of the index that lists the image for all its platforms: the image ID in Docker's containerd store. */
  digest: Digest;
  platforms: string[];
  /**
   * The platform, such as `linux/amd64`, that clients load from this multi-platform image if they can load only one.
   */
  chosen: string;
}

/** An image for one platform in the image archive that Lading wrote. */
export interface ConvertedImage {
  /** The names of the image in full, with registry, path and tag. */
  names: string[];
  /** The digest of the image config: the image ID in Docker's classic store and in podman. */
  imageId: Digest;
  /**
   * The digest of the OCI manifest: the image ID in Docker's containerd store. Null in the layout `docker`, which has
   * no OCI manifest.
   */
  manifestDigest: Digest | null;
  created: string | null;
  platform: Platform;
  layers: { mediaType: string; digest: Digest; diffID: Digest; size: number; createdBy: string | null }[];
  config: ExecutionConfig;
  history: Record<string, unknown>[];
}
