import type { Bilingual } from '../catalogue/bilingual.ts';
import type { ExecutionConfig } from './config.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/**
 * The compressions that Lading can give a layer. Only gzip, because every client unpacks it; not every client unpacks
 * zstd.
 */
export type LayerCompression = 'gzip';

/**
 * The layout of the image archive to write: `both`, a Docker archive and an OCI layout in one, or `docker`, the Docker
 * archive that `docker save` wrote before version 25.
 */
export type ArchiveLayout = 'both' | 'docker';

/** The options of an upload, parsed and checked. They say which image a conversion makes from the upload. */
export interface ConversionRequest {
  names: Reference[];
  nameDerived: boolean;
  config: ExecutionConfig;
  message: string | null;
  platform: Platform | null;
  rootfs: boolean;
  /** The name or the number of the one image to take from an image archive; null to take all images. */
  image: string | null;
  /** The compression to give the layer; null to leave the layer as it is. */
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
