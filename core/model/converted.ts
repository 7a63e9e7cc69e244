import type { Finding } from '../catalogue/findings.ts';
import type { ExecutionConfig } from './config.ts';
import type { Digest } from './digest.ts';
import type { Plan } from './plan.ts';
import type { Platform } from './platform.ts';

/** The outcome of a conversion. `findings` has all findings, those of the inspection included. */
export type Converted =
  | { kind: 'converted'; conversion: Conversion; findings: Finding[] }
  | { kind: 'not-converted'; findings: Finding[] };

/** An image archive that is ready to be written: its plan, and its description in the manifest, without its key. */
export interface Conversion {
  plan: Plan;
  result: Omit<Result, 'key'>;
}

/** The image archive that was made. */
export interface Result {
  /** The object's key in the results, or the file's name; `-` is standard output. */
  key: string;
  size: number;
  /** CRC-32 of the whole image archive, eight hex digits; null where nobody reads the manifest. */
  crc32: string | null;
  /** True when no name was asked for, and one was made from the key. */
  nameDerived: boolean;
  images: ConvertedImage[];
  /** The images that exist for several platforms; absent when there are none. */
  indexes?: ConvertedIndex[];
}

/** An image for several platforms in the archive that was made. */
export interface ConvertedIndex {
  /** Fully qualified names, each with its tag. */
  names: string[];
  /** Digest of the index of all its platforms: the image ID in Docker's containerd store. */
  digest: Digest;
  platforms: string[];
  /** The platform for clients that load only one. */
  chosen: string;
}

/** An image in the archive that was made. */
export interface ConvertedImage {
  /** Fully qualified names, each with its tag. */
  names: string[];
  /** sha256 of the image config: the image ID in Docker's classic store and podman. */
  imageId: Digest;
  /** Digest of the OCI manifest: the image ID in Docker's containerd store. */
  manifestDigest: Digest;
  created: string | null;
  platform: Platform;
  layers: { mediaType: string; digest: Digest; diffID: Digest; size: number; createdBy: string | null }[];
  config: ExecutionConfig;
  history: Record<string, unknown>[];
}
