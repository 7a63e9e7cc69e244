import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import { mendUpload } from './mend-upload.ts';
import { foreseenMergedOffset } from './layer-offset.ts';
import { layersToMerge, withMergedLayers } from './merge-layers.ts';
import type { MadeCopy } from './sums-of.ts';

/**
 * An inspection with the layers that are made anew for a conversion, and how much was read to compute their checksums.
 */
export interface Renewed {
  inspection: Inspection;
  /** The number of times that the whole upload was read again. */
  passes: number;
  /** The number of bytes of the upload that were read in addition to the `passes` over the whole upload. */
  bytesRead: number;
}

/**
 * Callbacks of `withNewLayers`. That function makes the layers that a conversion writes anew, such as merged ones, and
 * computes their checksums.
 */
export interface NewLayersHooks {
  /**
   * Called with the number of decompressed bytes that were read so far (`bytes`), and the number that will be read in
   * all (`total`). For layers that are corrected, `bytes` counts the bytes of the upload as stored, and `total` is
   * null, because it is not known.
   */
  onProgress?: (bytes: number, total: number | null) => void;
  /**
   * Called when exactly one new layer is made by merging layers. `offset` is the offset in bytes at which the new
   * layer is expected to begin in the image archive. Returns a function that gets the bytes of the new layer, and can
   * write them to the image archive at once. Returns null when the bytes are not to be written. The offset is a
   * prediction, which must be compared with the plan of the archive before the written bytes are used.
   */
  copyMerged?: (offset: number) => MadeCopy | null;
}

/**
 * Makes the new layers that the user asks for, only to learn their checksums: corrected layers (option `mend`), and
 * layers that are made of several. Writes nothing, except through `copyMerged`. Returns the inspection with these
 * layers, which can then be converted, and how much was read. Without such a wish, the inspection is returned
 * unchanged.
 */
export async function withNewLayers(
  inspection: Inspection,
  request: ConversionRequest,
  source: Source,
  tools: Tools,
  { onProgress = () => {}, copyMerged }: NewLayersHooks = {},
): Promise<Renewed> {
  const mended = await mendUpload(inspection, request, source, tools, (bytes) => onProgress(bytes, null));
  const merge = layersToMerge(mended.inspection, request);
  if (merge === null) return { ...mended, bytesRead: 0 };
  const told = (bytes: number): void => onProgress(bytes, merge.size);
  const isWanted = copyMerged !== undefined && merge.fault === null;
  const offset = isWanted ? await foreseenMergedOffset(mended.inspection, merge, request, tools) : null;
  const copy = offset === null ? null : copyMerged?.(offset);
  const made = await withMergedLayers(mended.inspection, merge, source, tools, told, copy);
  return { inspection: made, passes: mended.passes, bytesRead: merge.fault === null ? merge.bytesRead : 0 };
}
