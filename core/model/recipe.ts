import type { Compression } from './compression.ts';

/** The place of one layer of an image: its bytes in the decompressed upload, and the layer's own compression. */
export interface LayerPlace {
  outer: Compression;
  start: number;
  end: number;
  inner: Compression;
  /** True when the layer is a sparse file in the upload's archive, which has its bytes in several pieces. */
  sparse: boolean;
  /** The size in bytes of the layer's tar archive, decompressed. */
  size: number;
}

/** The decompressed size in bytes of several layers together. */
export function sizeOfLayers(layers: readonly LayerPlace[]): number {
  return layers.reduce((sum, { size }) => sum + size, 0);
}

/**
 * The way in which whiteouts are treated when layers become one: `applied`, because the new layer has nothing below it;
 * `kept`, because other layers stay below it; or `names`, because the archive is no image, where `.wh.` means nothing.
 */
export type Whiteouts = 'applied' | 'kept' | 'names';

/**
 * A tar archive that is to be made from layers of the upload: the layers from the lowest up, and the rules. It is plain
 * JSON. The same recipe always gives the same bytes.
 */
export interface Recipe {
  layers: LayerPlace[];
  whiteouts: Whiteouts;
}
