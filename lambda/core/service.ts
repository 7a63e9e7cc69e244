import { finding } from './findings.ts';
import { type ConversionRequest, mergeOptions, parseOptions } from './image/options.ts';
import type { Parsed } from './parsed.ts';
import type { Inspection } from './inspection.ts';
import { LIMITS } from './limits.ts';
import { type ArchiveManifest, manifestOf } from './manifest.ts';
import { type Converted, convert, inspect } from './pipeline.ts';
import type { Clock, Results, Tools, UploadIdentity, UploadNotice, Uploads } from './ports.ts';
import { LadingError } from './errors.ts';

/** What the two functions work with; wherever they run, only this differs. */
export interface ServiceDeps {
  uploads: Uploads;
  results: Results;
  tools: Tools;
  clock: Clock;
  /** Lading's version, as it stands in each manifest. */
  version: string;
}

/** What became of one event, for the log. */
export type Outcome =
  /** The upload was deleted or replaced: its successor has an event of its own. */
  | { kind: 'gone'; key: string }
  | { kind: 'handed-on'; key: string; inspectionKey: string }
  | { kind: ArchiveManifest['outcome']; key: string; findings: string[]; cost: ArchiveManifest['cost'] };

/** The hand-off between the functions, `<key>/inspection.json`. */
interface Job {
  jobVersion: 1;
  identity: UploadIdentity;
  request: ConversionRequest;
  inspection: Inspection;
  cost: ArchiveManifest['cost'];
}

/** The keys of everything about one upload. */
export const resultKeys = (key: string) => ({
  inspection: `${key}/inspection.json`,
  image: `${key}/image.tar`,
  manifest: `${key}/manifest.json`,
});

/** The sidecar object that may hold an upload's options. */
export const SIDECAR_SUFFIX = '.lading.json';

/** The inspect function: reads the upload once, then hands it on to convert or has the last word itself. */
export async function inspectUpload(notice: UploadNotice, deps: ServiceDeps): Promise<Outcome> {
  const started = deps.clock();
  return unlessGone(notice.key, async () => {
    const upload = await deps.uploads.find(notice);
    if (upload === null) return { kind: 'gone', key: notice.key };
    const { identity } = upload;
    const request = await requestFor(upload, deps);
    const inspection = await inspect(deps.uploads.source(identity).open(), deps.tools);
    const cost = { bytesRead: identity.size, bytesSent: 0, seconds: (deps.clock() - started) / 1000 };
    if (!request.ok)
      inspection.findings.push(finding('option-invalid', { problem: request.problem, hint: request.remedy }));
    const attempt = request.ok ? await convert(inspection, request.value, deps.tools) : null;
    if (!request.ok || attempt?.kind !== 'converted')
      return finish({ identity, inspection, cost }, attempt, null, deps);
    const job: Job = { jobVersion: 1, identity, request: request.value, inspection, cost };
    const inspectionKey = resultKeys(identity.key).inspection;
    await deps.results.put(inspectionKey, json(job), JSON_TYPE);
    return { kind: 'handed-on', key: identity.key, inspectionKey };
  });
}

/** The convert function: makes the image archive that an inspection promises; the manifest comes last, as commit mark. */
export async function convertUpload(inspectionKey: string, deps: ServiceDeps): Promise<Outcome> {
  const started = deps.clock();
  return unlessGone(inspectionKey, async () => {
    const bytes = await deps.results.get(inspectionKey);
    if (bytes === null) return { kind: 'gone', key: inspectionKey };
    const job = parseJob(bytes, inspectionKey);
    const converted = await convert(job.inspection, job.request, deps.tools);
    if (converted.kind !== 'converted') return finish(job, converted, null, deps);
    const key = resultKeys(job.identity.key).image;
    const { plan } = converted.conversion;
    const { bytesSent } = await deps.results.assemble(key, plan, job.identity, 'application/x-tar');
    const reread = plan.parts.some((part) => part.kind === 'expanded') ? job.identity.size : 0;
    const cost = {
      bytesRead: job.cost.bytesRead + reread,
      bytesSent,
      seconds: job.cost.seconds + (deps.clock() - started) / 1000,
    };
    return finish({ ...job, cost }, converted, key, deps);
  });
}

async function requestFor(
  { identity, metadata }: { identity: UploadIdentity; metadata: Record<string, string> },
  deps: ServiceDeps,
): Promise<Parsed<ConversionRequest>> {
  const sidecar = await deps.uploads.small(identity.bucket, identity.key + SIDECAR_SUFFIX, LIMITS.sidecarBytes);
  const options = mergeOptions({ metadata, ...(sidecar === null ? {} : { sidecar }) });
  return options.ok ? parseOptions(options.value, identity.key) : options;
}

async function finish(
  { identity, inspection, cost }: Pick<Job, 'identity' | 'inspection' | 'cost'>,
  converted: Converted | null,
  imageKey: string | null,
  { results, version }: ServiceDeps,
): Promise<Outcome> {
  const result = imageKey === null ? null : { key: imageKey, uri: results.uri(imageKey) };
  const source = { ...identity, digest: null };
  const manifest = manifestOf({ source, inspection, converted, result, cost, version });
  await results.put(resultKeys(identity.key).manifest, json(manifest), JSON_TYPE);
  return { kind: manifest.outcome, key: identity.key, findings: manifest.findings.map((each) => each.code), cost };
}

/** An upload that is replaced or deleted while it is read is no fault: the newer one has its own event. */
async function unlessGone(key: string, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LadingError && error.code === 'source-changed') return { kind: 'gone', key };
    throw error;
  }
}

const JSON_TYPE = 'application/json';

function json(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

function parseJob(bytes: Uint8Array, key: string): Job {
  const job: unknown = JSON.parse(new TextDecoder().decode(bytes));
  if (typeof job === 'object' && job !== null && 'jobVersion' in job && job.jobVersion === 1) return job as Job;
  throw new LadingError(
    'bad-event',
    `Cannot convert ${key}: it was not written by this version of the inspect function`,
  );
}
