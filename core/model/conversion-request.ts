import type { Bilingual } from '../catalogue/bilingual.ts';
import type { ExecutionConfig } from './config.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/**
 * The forms in which Lading can write a layer; `none` is a plain tar archive. Every client unpacks gzip and plain
 * layers. Some clients do not unpack zstd.
 */
export type LayerCompression = 'gzip' | 'zstd' | 'none';

/** The compressions in which Lading can write a layer: `gzip` and `zstd`. */
export type Packing = Exclude<LayerCompression, 'none'>;

/**
 * The layout of the image archive to write: `both`, a Docker archive and an OCI layout in one, or `docker`, the Docker
 * archive that `docker save` wrote before version 25.
 */
export type ArchiveLayout = 'both' | 'docker';

/** What Lading writes: `image`, an image archive, or `rootfs`, the tar archive of a root file system. */
export type ResultForm = 'image' | 'rootfs';

/** The options of an upload, parsed and checked. They say what Lading makes from the upload, and how. */
export interface ConversionRequest {
  /**
   * The S3 keys of all pieces of an archive that was split into several uploads, in order. Absent when it was not
   * split.
   */
  pieces?: string[];
  names: Reference[];
  nameDerived: boolean;
  config: ExecutionConfig;
  message: string | null;
  platform: Platform | null;
  rootfs: boolean;
  /**
   * The one image to take from an image archive: its name, or its position there, counted from 1. Null to take all
   * images.
   */
  image: string | null;
  as: ResultForm;
  /**
   * The index of a layer, from 0 for the lowest. This layer and all above it are merged into one layer. Null to merge
   * none.
   */
  mergeFrom: number | null;
  /**
   * The form in which to write layers. Null to keep layers in gzip as they are, and to write all others as plain tar
   * archives.
   */
  compress: LayerCompression | null;
  /**
   * True to correct layers that container engines would refuse, so that the engines accept them. Only faults with one
   * clear correction are corrected.
   */
  mend: boolean;
  layout: ArchiveLayout;
  /**
   * Sentences for the user about settings in a `docker inspect` file that were left out, or were put together from
   * several fields. Empty when there are none.
   */
  notes: Bilingual[];
}
