import type { MergedFile } from '../files/merged-file.ts';
import { LIMITS } from '../limits.ts';
import type { LayerPlace } from '../model/recipe.ts';

/**
 * The number of bytes that may be read for the facts about the files of all images of an archive. It is twice the
 * number of bytes of all layers, because layers are read to merge them, and to compare files. Some more are added,
 * because a layer that several images share is read again for each of them: `LIMITS.contentsBytes` bytes, and
 * `LIMITS.contentsRatio` for each byte of the upload.
 */
export class ReadingBudget {
  #left: number;

  /** `layers` are the layers of all images, and `stored` is the size of the upload in bytes, as it is stored. */
  constructor(layers: readonly LayerPlace[], stored: number) {
    this.#left = 2 * bytesOfReading(layers) + LIMITS.contentsBytes + LIMITS.contentsRatio * stored;
  }

  /**
   * Subtracts `bytes` from the budget and returns true. Returns false, and subtracts nothing, when the budget has
   * fewer.
   */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/**
 * The number of bytes that are read to get the members of the given layers. A layer that is listed twice is read once.
 * For a compressed upload, the number includes all bytes before the end of the last layer, because the upload is
 * decompressed from its beginning.
 */
export function bytesOfReading(layers: readonly LayerPlace[]): number {
  const distinct = new Map(layers.map((layer) => [layer.start, layer])).values();
  let [around, sum] = [0, 0];
  for (const { outer, inner, sparse, end, size } of distinct) {
    if (outer !== 'none') around = Math.max(around, end);
    if (outer === 'none' || inner !== 'none' || sparse) sum += size;
  }
  return around + sum;
}

/**
 * The number of bytes that are read to get the content of one file: its own, if neither upload nor layer is compressed
 * and the layer is not sparse. Otherwise, all bytes before the file are included, because reading starts at the
 * beginning of the upload or layer.
 */
export function bytesToContent(file: MergedFile, layers: readonly LayerPlace[]): number {
  const layer = layers[file.layer];
  if (layer === undefined) return 0;
  const { outer, inner, sparse, start } = layer;
  if (outer === 'none' && inner === 'none' && !sparse) return file.size;
  return (outer === 'none' ? 0 : start) + file.start + file.size;
}
