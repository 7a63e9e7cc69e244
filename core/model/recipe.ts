import type { Compression } from './compression.ts';

/**
 * The place of one layer of an image: its bytes in the decompressed upload (from `start` up to and without `end`), the
 * compression of the upload (`outer`), and that of the layer itself (`inner`).
 */
export interface LayerPlace {
  outer: Compression;
  start: number;
  end: number;
  inner: Compression;
  /**
   * True when the layer is stored in the archive as a sparse file: in several stretches, without the zeros between
   * them.
   */
  sparse: boolean;
  /** The size in bytes of the layer's tar archive, decompressed. */
  size: number;
}

/** The decompressed size in bytes of several layers together. */
export function sizeOfLayers(layers: readonly LayerPlace[]): number {
  return layers.reduce((sum, { size }) => sum + size, 0);
}

/**
 * How whiteouts are treated when several layers become one. `applied`: they delete files, and are not written, because
 * nothing lies below the new layer. `kept`: they are written too, because other layers stay below it. `names`: the
 * archive is no image, and `.wh.` has no meaning.
 */
export type Whiteouts = 'applied' | 'kept' | 'names';

/**
 * What determines a tar archive that is made from layers of the upload: the layers from the lowest up, and how to treat
 * their whiteouts. It is plain JSON. The same recipe always gives the same bytes.
 */
export interface Recipe {
  layers: LayerPlace[];
  whiteouts: Whiteouts;
}
