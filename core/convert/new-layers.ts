import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import { mendUpload } from './mend-upload.ts';
import { foreseenMergedOffset } from './layer-offset.ts';
import { layersToMerge, withMergedLayers } from './merge-layers.ts';
import type { MadeCopy } from './sums-of.ts';

/** An inspection with the layers that are made anew for a conversion, and what it took to find out their checksums. */
export interface Renewed {
  inspection: Inspection;
  /** The number of times that the whole upload was read again. */
  passes: number;
  /** The number of bytes of the upload that were read in addition to its complete readings. */
  bytesRead: number;
}

/** Callbacks for the work of `withNewLayers`. */
export interface NewLayersHooks {
  /** Receives the number of bytes that were read so far, and how many there will be; null when that is not known. */
  onProgress?: (bytes: number, total: number | null) => void;
  /**
   * Called with the offset in the image archive at which the only merged layer is expected to begin. What it returns
   * gets the bytes of that layer, so that they can already be written there. The offset must be compared with the plan.
   */
  copyMerged?: (offset: number) => MadeCopy | null;
}

/**
 * Makes the layers that a request asks to be mended or merged, once and without writing them. Afterwards the inspection
 * can be converted.
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
  const offset = copyMerged && (await foreseenMergedOffset(mended.inspection, merge, request, tools));
  const copy = typeof offset === 'number' ? copyMerged?.(offset) : null;
  const made = await withMergedLayers(mended.inspection, merge, source, tools, told, copy);
  return { inspection: made, passes: mended.passes, bytesRead: merge.bytesRead };
}
