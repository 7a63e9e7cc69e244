import type { Bilingual } from '../catalogue/bilingual.ts';
import type { ExecutionConfig } from './config.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/** The forms in which Lading can write a layer. Every client unpacks gzip and plain layers, not every one zstd. */
export type LayerCompression = 'gzip' | 'zstd' | 'none';

/** The compressions that Lading can make. */
export type Packing = Exclude<LayerCompression, 'none'>;

/**
 * The layout of the image archive to write: `both`, a Docker archive and an OCI layout in one, or `docker`, the Docker
 * archive that `docker save` wrote before version 25.
 */
export type ArchiveLayout = 'both' | 'docker';

/** The form of a result: an image archive, or the tar archive of a root file system. */
export type ResultForm = 'image' | 'rootfs';

/** The options of an upload, parsed and checked. They say which image a conversion makes from the upload. */
export interface ConversionRequest {
  /** The keys of all pieces of a split upload, in order. Absent when the upload is not split. */
  pieces?: string[];
  names: Reference[];
  nameDerived: boolean;
  config: ExecutionConfig;
  message: string | null;
  platform: Platform | null;
  rootfs: boolean;
  /** The name or the number of the one image to take from an image archive; null to take all images. */
  image: string | null;
  as: ResultForm;
  /**
   * The index (from 0) of the layer that becomes one layer together with all above it; null to keep the layers of
   * images.
   */
  mergeFrom: number | null;
  /** The form in which to write the layer; null to leave gzip as it is, and to write anything else as a plain layer. */
  compress: LayerCompression | null;
  /** True to mend what engines would refuse, where it is clear what was meant. */
  mend: boolean;
  layout: ArchiveLayout;
  /**
   * Sentences for the user about settings in a `docker inspect` file that were left out, or put together from several
   * fields.
   */
  notes: Bilingual[];
}
