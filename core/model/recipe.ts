import type { Compression } from './compression.ts';

/**
 * Where one layer of an image is: its byte range in the decompressed upload (`end` is the offset after its last byte),
 * the compression of the upload (`outer`), and that of the layer itself (`inner`).
 */
export interface LayerPlace {
  outer: Compression;
  start: number;
  end: number;
  inner: Compression;
  /**
   * True when the archive stores the layer as a sparse file: in several stretches, without the zeros between them. The
   * byte range then includes the tar headers.
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
 * How whiteouts are treated when several layers become one. `applied`: whiteouts delete files, and are not written into
 * the new layer, because there is no layer below it. `kept`: whiteouts delete files, and are also written into the new
 * layer, because there are other layers below it. `names`: the archive is not an image, so names that begin with `.wh.`
 * are ordinary names.
 */
export type Whiteouts = 'applied' | 'kept' | 'names';

/**
 * What determines a tar archive that is made from layers of the upload: the layers, from the lowest up, and how to
 * treat their whiteouts. It is plain JSON. The same recipe always gives the same bytes, so it can be repeated later.
 */
export interface Recipe {
  layers: LayerPlace[];
  whiteouts: Whiteouts;
}
