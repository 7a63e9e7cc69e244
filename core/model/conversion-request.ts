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

/** The form in which Lading writes what it makes: an image archive, or the tar archive of a root file system. */
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
   * The name, or the number counted from 1, of the one image to take from an image archive; null to take all images.
   */
  image: string | null;
  as: ResultForm;
  /**
   * The index (from 0) of a layer: it and all layers above it become one layer. Null to keep all layers as they are.
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
   * Sentences for the user about settings in a `docker inspect` file that were left out, or put together from several
   * fields.
   */
  notes: Bilingual[];
}
