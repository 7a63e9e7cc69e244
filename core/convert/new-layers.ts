import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import { mendUpload } from './mend-upload.ts';
import { layersToMerge, withMergedLayers } from './merge-layers.ts';

/** An inspection with the layers that are made anew for a conversion, and what it took to find out their checksums. */
export interface Renewed {
  inspection: Inspection;
  /** The number of times that the whole upload was read again. */
  passes: number;
  /** The number of bytes of the upload that were read in addition to its complete readings. */
  bytesRead: number;
}

/**
 * Makes the layers that a request asks to be mended or merged, once and without writing them. Afterwards the inspection
 * can be converted. `onProgress` gets the number of bytes that were read so far, and how many there will be; null when
 * that is not known.
 */
export async function withNewLayers(
  inspection: Inspection,
  request: ConversionRequest,
  source: Source,
  tools: Tools,
  onProgress: (bytes: number, total: number | null) => void = () => {},
): Promise<Renewed> {
  const mended = await mendUpload(inspection, request, source, tools, (bytes) => onProgress(bytes, null));
  const merge = layersToMerge(mended.inspection, request);
  if (merge === null) return { ...mended, bytesRead: 0 };
  const made = await withMergedLayers(mended.inspection, merge, source, tools, (bytes) =>
    onProgress(bytes, merge.size),
  );
  return { inspection: made, passes: mended.passes, bytesRead: merge.bytesRead };
}
