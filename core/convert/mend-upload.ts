import { type Finding, isMendedOnRequest } from '../catalogue/findings.ts';
import { countedSource } from '../model/counted-source.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import { LadingError } from '../model/errors.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import { mendImages } from './mend-images.ts';
import { mendCutEnd } from './mend-cut-end.ts';
import { mendRootfs } from './mend-rootfs.ts';
import type { Mended } from './mended-findings.ts';

/**
 * Mends an upload, which means that its layers are corrected so that engines unpack them. Does so when the option
 * `mend` is given and a finding says that something can be corrected. Reads the upload up to three times more.
 * `onProgress` gets the number of bytes that were read for this so far. Returns the inspection unchanged when nothing
 * can be corrected. When the correction would go beyond a limit or take too long, adds a finding that refuses the
 * upload.
 */
export async function mendUpload(
  inspection: Inspection,
  request: ConversionRequest,
  source: Source,
  tools: Tools,
  onProgress: (bytesRead: number) => void = () => {},
): Promise<Mended> {
  const { content, findings, images, kind } = inspection;
  if (!request.mend) return { inspection, passes: 0 };
  let read = 0;
  const again = countedSource(source, (bytes) => onProgress((read += bytes)));
  const isCut = content === null && kind.startsWith('rootfs/') && findings.some(({ code }) => code === 'truncated');
  try {
    if (isCut) return await mendCutEnd(inspection, request, again, tools);
    const isAsked = images.length > 0 ? isOfLayers : isMendedOnRequest;
    if (content === null || !findings.some(isAsked)) return { inspection, passes: 0 };
    return images.length > 0
      ? await mendImages(inspection, request, again, tools)
      : await mendRootfs(inspection, request, again, tools);
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    return { inspection: withFindings(inspection, [error.finding]), passes: 1 };
  }
}

/**
 * True for a finding about a fault in a layer, which only the option `mend` corrects. Faults elsewhere in an image
 * archive are corrected by every conversion.
 */
function isOfLayers({ code }: Finding): boolean {
  return code === 'layer-refused' || code === 'layer-refused-by-some' || code === 'sparse-member';
}

function withFindings(inspection: Inspection, more: readonly Finding[]): Inspection {
  return { ...inspection, findings: [...more, ...inspection.findings] };
}
