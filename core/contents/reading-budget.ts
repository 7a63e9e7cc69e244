import type { MergedFile } from '../files/merged-file.ts';
import { LIMITS } from '../limits.ts';
import type { LayerPlace } from '../model/recipe.ts';

/**
 * The number of bytes that may be read for the facts about the files of all images of an archive. All layers may be read
 * twice: to merge them, and to compare files. Beyond that, a larger upload may be read more often, because several images can share a large layer.
 */
export class ReadingBudget {
  #left: number;

  /** `layers` are the layers of all images, and `stored` is the size of the upload in bytes, as it is stored. */
  constructor(layers: readonly LayerPlace[], stored: number) {
    this.#left = 2 * bytesOfReading(layers) + LIMITS.contentsBytes + LIMITS.contentsRatio * stored;
  }

  /** Takes `bytes` from the budget. Returns false, and takes nothing, when the budget has fewer. */
  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/**
 * The number of bytes that are read to get the members of the given layers. A layer that is listed twice is read once.
 * In a compressed upload, all bytes before the end of the last layer count, too.
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
 * The number of bytes that are read to get the content of one file. In a compressed layer or upload, all bytes before the
 * file count, too.
 */
export function bytesToContent(file: MergedFile, layers: readonly LayerPlace[]): number {
  const layer = layers[file.layer];
  if (layer === undefined) return 0;
  const { outer, inner, sparse, start } = layer;
  if (outer === 'none' && inner === 'none' && !sparse) return file.size;
  return (outer === 'none' ? 0 : start) + file.start + file.size;
}
