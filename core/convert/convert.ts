import { distinct, mended } from '../catalogue/findings.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Converted } from '../model/converted.ts';
import { tooLargeToHandOn } from '../model/hand-off-size.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Tools } from '../model/ports.ts';
import { conversionOf } from './conversion.ts';
import { imagesOfArchive } from './from-images.ts';
import { rootfsOf } from './as-rootfs.ts';
import { imageOfRootfs } from './from-rootfs.ts';
import { compressRemarks, diskRemarks, layoutRemarks, nameRemarks, platformRemarks } from './remarks.ts';

/**
 * Turns an inspection (what reading the upload once has told) into the plan of an image archive: the list of its parts,
 * which are not written yet. Returns `converted` with the plan, a description of the new images, and the findings.
 * Returns `not-converted`, with findings that say why, when nothing is to be written. An image archive that already
 * loads everywhere is converted only if the user asks for a change, or if `always` is true.
 *
 *   Inspection + request ─► choose images and platform ─► build documents ─► lay out ─► Conversion, with its plan
 */
export async function convert(
  inspection: Inspection,
  request: ConversionRequest,
  tools: Tools,
  { always = false }: { always?: boolean } = {},
): Promise<Converted> {
  const { upload, content } = inspection;
  if (upload === null || content === null) return { kind: 'not-converted', findings: inspection.findings };
  const tooLarge = tooLargeToHandOn(inspection, request);
  if (tooLarge !== null) return { kind: 'not-converted', findings: distinct([tooLarge, ...inspection.findings]) };
  const isImageArchive = inspection.sources.length > 0;
  const { entries, nameDerived, findings } = isImageArchive
    ? imagesOfArchive(inspection, request, always)
    : imageOfRootfs({ ...inspection, upload, content }, request);
  const [first] = entries;
  if (first === undefined) return { kind: 'not-converted', findings };
  if (request.as === 'rootfs') return rootfsOf(first, nameDerived, findings, tools);
  const { layout } = request;
  const kept = layout === 'docker' ? entries.map((entry) => ({ ...entry, platforms: [] })) : entries;
  const conversion = await conversionOf(kept, nameDerived, tools, layout);
  const names = entries.flatMap((entry) => entry.names);
  const remarks = [
    ...compressRemarks(kept, request),
    ...platformRemarks(conversion.result),
    ...(layout === 'docker' ? layoutRemarks(entries) : []),
    ...nameRemarks(names),
    ...diskRemarks(inspection),
  ];
  // The layout `docker` has no OCI layout either, so it does not mend the lack of one.
  const told = findings.map((each) => (layout === 'docker' && each.code === 'docker-only' ? each : mended(each)));
  return { kind: 'converted', conversion, findings: [...told, ...remarks] };
}
