import { type Finding, hasError } from '../catalogue/findings.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Inspection, Sums } from '../model/inspection.ts';
import type { PlanPart } from '../model/plan.ts';
import { choosePlatform } from './choose-platform.ts';
import type { ImagesToWrite } from './layout.ts';
import { rootfsRemarks } from './remarks.ts';
import { type RootfsImage, rootfsEntry } from './rootfs-image.ts';

/**
 * The codes of findings which say that an upload is not a root file system. Such findings are removed when the user
 * says that it is one.
 */
const NOT_A_ROOTFS = new Set<Finding['code']>(['plain-archive', 'minimal-rootfs', 'wrapped', 'archive-bundle']);

/**
 * Makes the image of an uploaded root file system. In the result, `entries` has this image, and `findings` has the
 * findings about the upload and the conversion. If the upload is not converted, `entries` is empty, and a finding says
 * why.
 */
export function imageOfRootfs(inspection: WholeInspection, request: ConversionRequest): ImagesToWrite {
  const { kind } = inspection;
  const { names, nameDerived, config, message } = request;
  const isRootfs = kind === 'rootfs/docker-export' || kind === 'rootfs/generic';
  const overruled = request.rootfs && (kind === 'rootfs/minimal' || kind === 'plain');
  const findings = inspection.findings.filter((each) => !(overruled && NOT_A_ROOTFS.has(each.code)));
  if (hasError(findings) || !(isRootfs || overruled)) return { entries: [], nameDerived, findings };
  const { platform, remarks } = choosePlatform(request.platform, inspection.rootfs);
  for (const remark of [...remarks, ...rootfsRemarks(inspection, request)]) findings.push(remark);
  const created = inspection.newestMtime;
  const diffID = inspection.content.digest;
  // A root file system is written as a plain tar archive.
  const form = request.as === 'rootfs' ? ({ ...request, compress: 'none' } as const) : request;
  const entry = rootfsEntry({ ...layerFrom(inspection, form), diffID, names, config, platform, created, message });
  return { entries: [entry], nameDerived, findings };
}

/** An inspection of an upload that was read to its end, so that its checksums are known. */
export type WholeInspection = Inspection & { upload: Sums; content: Sums };

/**
 * Describes how an uploaded root file system is written as a layer, with the compression that the user asks for.
 * Without such a wish, a gzip upload stays as it is, and any other upload is decompressed. A gzip upload is
 * decompressed, too, if bytes follow the gzip data, or for the layout `docker`, that of `docker save` before version
 * 25. Returns the size, checksums and compression of the layer, and the part of the plan that has its bytes.
 */
function layerFrom(
  inspection: WholeInspection,
  { compress, layout }: ConversionRequest,
): Pick<RootfsImage, 'layer' | 'part'> {
  const { upload, content, packed, compression: outer, cleanGzip, mend } = inspection;
  const start = inspection.inside?.start ?? 0;
  const end = mend?.end ?? start + content.size;
  const recoded = { kind: 'recoded', outer, start, end, inner: 'none', ...(mend && { mend: mend.recipe }) } as const;
  if (packed !== null && compress !== null && compress !== 'none')
    return { layer: { ...packed, compression: compress }, part: { ...recoded, pack: compress, size: packed.size } };
  if (cleanGzip && compress !== 'none' && layout !== 'docker')
    return { layer: { ...upload, compression: 'gzip' }, part: { kind: 'range', start, end: upload.size } };
  const isRange = outer === 'none' && mend === undefined;
  const part: PlanPart = isRange ? { kind: 'range', start, end } : { ...recoded, size: content.size };
  return { layer: { ...content, compression: 'none' }, part };
}
