import type { Bilingual } from '../catalogue/bilingual.ts';
import type { ExecutionConfig } from './config.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/** The compressions that a layer can be given. Every client unpacks gzip; not every one unpacks zstd. */
export type LayerCompression = 'gzip';

/** The request for a conversion: the options of an upload, parsed and checked. */
export interface ConversionRequest {
  names: Reference[];
  nameDerived: boolean;
  config: ExecutionConfig;
  message: string | null;
  platform: Platform | null;
  rootfs: boolean;
  /** The image to take from an image archive, by its name or number; null for all. */
  image: string | null;
  /** The compression that the layer gets; null to leave it as it is. */
  compress: LayerCompression | null;
  /** Sentences on what was left out of the inspect file, or put together from several of its fields. */
  notes: Bilingual[];
}
