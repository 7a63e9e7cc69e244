import type { Bilingual } from '../catalogue/bilingual.ts';
import type { ExecutionConfig } from './config.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/** The compressions a layer can be given; every client unpacks gzip, and not every one zstd. */
export type LayerCompression = 'gzip';

/** The options understood. */
export interface ConversionRequest {
  names: Reference[];
  nameDerived: boolean;
  config: ExecutionConfig;
  message: string | null;
  platform: Platform | null;
  rootfs: boolean;
  /** Which image of an image archive is meant, null for all. */
  image: string | null;
  /** How the layer is to be compressed, null for as it comes. */
  compress: LayerCompression | null;
  /** What was left out of the inspect file or put together from it, a sentence each. */
  notes: Bilingual[];
}
