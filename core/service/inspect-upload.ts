import { type Finding, finding } from '../catalogue/findings.ts';
import { layersToMerge, withMergedLayers } from '../convert/merge-layers.ts';
import { mendUpload } from '../convert/mend-upload.ts';
import { inspect } from '../inspect/inspect.ts';
import { wholeName } from '../inspect/piece-names.ts';
import { inspectQuickly } from '../inspect/quick.ts';
import { unread } from '../inspect/unread.ts';
import { LIMITS } from '../limits.ts';
import type { Cost } from '../manifest/manifest.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Tools } from '../model/ports.ts';
import { Pace, READING, REWRITING } from './deadline.ts';
import { notGiven } from './not-given.ts';
import type { UploadIdentity, Uploads } from './stores.ts';

/** The inspection of an upload (all that reading it tells), and its cost: the bytes read and the requests made. */
interface InspectedUpload {
  inspection: Inspection;
  paid: Pick<Cost, 'bytesRead' | 'requests'>;
}

interface InspectDeps {
  uploads: Uploads;
  tools: Tools;
  /**
   * Called without arguments; returns the milliseconds until the work must stop. If it is absent, there is no limit.
   */
  timeLeft?: () => number;
  /**
   * The size in bytes of the largest upload that is read as a whole. Larger uploads are refused: only their headers and
   * documents are read. Absent when there is no limit.
   */
  maxBytes?: number | undefined;
}

/**
 * Reads a whole upload, and returns all that was found out, with the number of bytes read and of requests made. The
 * options `request` (null when they are wrong) may ask to correct layers for container engines, or to merge layers
 * into one. If so, the new layers are computed to get their checksums, but not stored. If the upload is too large or
 * would take too long, only its headers and documents are read. A finding (a message for the user) then says that it
 * is refused. If S3 refuses to give the upload, the inspection has only the finding that says so.
 */
export async function inspectWhole(
  identity: UploadIdentity,
  request: ConversionRequest | null,
  deps: InspectDeps,
): Promise<InspectedUpload> {
  const pace = new Pace(READING, identity.size, deps.timeLeft);
  try {
    const seen = await read(identity, request, pace, deps);
    if (request === null) return seen;
    return await merging(await mending(seen, identity, request, deps), identity, request, deps);
  } catch (error) {
    const refusal = notGiven(error);
    if (refusal === null) throw error;
    return { inspection: unread(refusal), paid: { bytesRead: pace.done } };
  }
}

async function read(
  identity: UploadIdentity,
  request: ConversionRequest | null,
  pace: Pace,
  { uploads, tools, maxBytes }: InspectDeps,
): Promise<InspectedUpload> {
  const { key, size, pieces } = identity;
  const source = uploads.source(identity);
  let refusal = tooLarge(size, maxBytes) ?? pace.refusal() ?? undefined;
  if (refusal === undefined) {
    const inspection = await inspect(source.open(), tools, {
      name: pieces === undefined ? key : wholeName(pieces[0]?.key ?? key),
      compress: request?.compress ?? null,
      onProgress: (bytes) => pace.check(bytes),
    });
    const withheld = inspection.findings.find((each) => each.code === 'not-given');
    if (withheld !== undefined) return { inspection: unread(withheld), paid: { bytesRead: pace.done } };
    refusal = inspection.findings.find((each) => each.code === 'no-time');
    if (refusal === undefined) return { inspection, paid: { bytesRead: size } };
  }
  const seen = await inspectQuickly(source, size, tools);
  const { bytesRead = 0, requests = 0 } = seen.quick ?? {};
  const findings = [refusal, ...seen.findings.filter((each) => each.code !== 'not-quick')];
  return { inspection: { ...seen, findings }, paid: { bytesRead: pace.done + bytesRead, requests } };
}

/**
 * The largest number of times that an upload is read again to mend its layers, which means to correct what container
 * engines would refuse in them. An image archive is read up to three times. The archive of a root file system is read
 * up to two times, or up to three times if its end is missing. From this number, the time for mending is predicted.
 */
const MEND_PASSES = 3;

/**
 * Corrects what container engines would refuse in the layers of an upload, if the options ask for it. The upload is
 * read again, and nothing is written. Returns the new inspection, and the total cost, which includes the bytes that
 * were read again. If nothing is to be corrected, the inspection stays as it was.
 */
async function mending(
  { inspection, paid }: InspectedUpload,
  identity: UploadIdentity,
  request: ConversionRequest,
  { uploads, tools, timeLeft }: InspectDeps,
): Promise<InspectedUpload> {
  let again = 0;
  const pace = new Pace(READING, MEND_PASSES * identity.size, timeLeft);
  const onProgress = (bytes: number): void => pace.check((again = bytes));
  const mended = await mendUpload(inspection, request, uploads.source(identity), tools, onProgress);
  return { inspection: mended.inspection, paid: { ...paid, bytesRead: paid.bytesRead + again } };
}

/**
 * Merges layers of each image into one, if the options ask for it. Nothing is written. Returns the inspection with the
 * checksums of the new layers, and the total cost, which includes the bytes that were read again. If merging would
 * take too long, or the layers have too many members, the inspection gets a finding that refuses the upload.
 */
async function merging(
  { inspection, paid }: InspectedUpload,
  identity: UploadIdentity,
  request: ConversionRequest,
  { uploads, tools, timeLeft }: InspectDeps,
): Promise<InspectedUpload> {
  const merge = layersToMerge(inspection, request);
  if (merge === null) return { inspection, paid };
  const pace = new Pace(REWRITING, merge.size, timeLeft);
  const refusal = tooManyMembers(merge.members) ?? pace.refusal();
  if (refusal !== null) return { inspection: { ...inspection, findings: [refusal, ...inspection.findings] }, paid };
  const source = uploads.source(identity);
  const made = await withMergedLayers(inspection, merge, source, tools, (bytes) => pace.check(bytes));
  const share = merge.size === 0 ? 1 : Math.min(1, pace.done / merge.size);
  return { inspection: made, paid: { ...paid, bytesRead: paid.bytesRead + Math.round(merge.bytesRead * share) } };
}

function tooManyMembers(members: number): Finding | null {
  const what = { en: 'the members of layers that become one', zh: '要合并的各层的成员数' };
  return members <= LIMITS.rewrittenMembers
    ? null
    : finding('limit-exceeded', { what, limit: LIMITS.rewrittenMembers });
}

function tooLarge(size: number, limit = Infinity): Finding | null {
  const what = { en: `the upload has ${size} bytes`, zh: `上传的文件有 ${size} 字节` };
  return size <= limit ? null : finding('limit-exceeded', { what, limit });
}
