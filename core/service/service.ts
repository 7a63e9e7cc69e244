import { type Finding, finding, type FindingCode } from '../catalogue/findings.ts';
import type { Parsed } from '../catalogue/parsed.ts';
import { convert } from '../convert/convert.ts';
import { inspect } from '../inspect/inspect.ts';
import { inspectQuickly } from '../inspect/quick.ts';
import { LIMITS } from '../limits.ts';
import { type ArchiveManifest, type Cost, manifestOf } from '../manifest/manifest.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Converted } from '../model/converted.ts';
import { LadingError } from '../model/errors.ts';
import type { ArchiveKind, Inspection } from '../model/inspection.ts';
import { isRecoded } from '../model/plan.ts';
import type { Tools } from '../model/ports.ts';
import { mergeOptions, nameAfter, parseOptions, SIDECAR_TOO_LARGE } from '../options/options.ts';
import { refusalFinding } from '../options/refusal.ts';
import { completionOf } from './completion.ts';
import { givenUp, making, Pace, READING } from './deadline.ts';
import { handOn, handOnAgain } from './hand-off.ts';
import { errand, type Job, soundJob } from './job.ts';
import { resultKeys, sidecarKey } from './keys.ts';
import type { Announce, Clock, Results, UploadIdentity, UploadNotice, Uploads } from './stores.ts';
import { type Ending, type Product, settle, settled } from './write-results.ts';

/** The stores and tools that the two functions need. Only these differ between S3 and a folder. */
export interface ServiceDeps {
  uploads: Uploads;
  results: Results;
  tools: Tools;
  clock: Clock;
  /** Milliseconds until the work is told to stop. Absent: no limit. */
  timeLeft?: () => number;
  /** Rules for all uploads. Absent: none. */
  policy?: Policy;
  /** Sends completion events. Absent: none are sent. */
  announce?: Announce;
  /** Lading's version, written into each manifest. */
  version: string;
}

/** Rules that the operator of the service sets. */
export interface Policy {
  /** The name of an image for which none was asked: `ghcr.io/team/{name}:{tag}`, filled in from the key. */
  nameTemplate?: string | undefined;
  /** Larger uploads are refused without being read. */
  maxUploadBytes?: number | undefined;
}

/** The outcome of one event, for the log. */
export type Outcome =
  /** The upload was deleted or replaced. A new upload has an event of its own. */
  | { kind: 'gone'; key: string }
  /** The event is a repeat, and the results are there. */
  | { kind: 'already-done'; key: string }
  /** The event is old: a newer upload has the results, or soon will. */
  | { kind: 'superseded'; key: string }
  | { kind: 'handed-on'; key: string; inspectionKey: string }
  | { kind: ArchiveManifest['outcome']; key: string; archive: ArchiveKind; findings: FindingCounts; cost: Cost };

/** The number of findings of each code, also of those that the manifest leaves out. */
export type FindingCounts = Partial<Record<FindingCode, number>>;

/** An inspection, and its cost. */
interface Look {
  inspection: Inspection;
  paid: Pick<Cost, 'bytesRead' | 'requests'>;
}

/**
 * The inspect function. It reads an upload once. Then it writes the hand-off for convert, or, when there is nothing to
 * convert, the archive manifest.
 */
export async function inspectUpload(notice: UploadNotice, deps: ServiceDeps): Promise<Outcome> {
  const started = deps.clock();
  return unlessGone(notice.key, async () => {
    const upload = await deps.uploads.find(notice);
    if (upload === null) return { kind: 'gone', key: notice.key };
    const { identity } = upload;
    const asked = await requestFor(upload, deps);
    const task = errand(identity, asked, deps.version);
    const request = asked.ok ? nameAfter(asked.value, deps.policy?.nameTemplate) : asked;
    const before = await settled(task, deps);
    if (before !== null) return conclude(before, identity.key, deps);
    const again = await handOnAgain(task, deps);
    if (again !== 'open') return handed(again, identity.key);
    const { inspection, paid } = await look(identity, request.ok ? request.value.compress : null, deps);
    const cost = { ...paid, bytesSent: 0, seconds: (deps.clock() - started) / 1000 };
    const found = { ...task, inspection };
    if (!request.ok) inspection.findings.push(refusalFinding(request));
    const attempt = request.ok ? await convert(inspection, request.value, deps.tools) : null;
    if (!request.ok || attempt?.kind !== 'converted')
      return finish(found, { converted: attempt, plan: null, cost: () => cost }, deps);
    const job: Job = { jobVersion: 4, ...found, request: request.value, cost };
    return handed(await handOn(job, deps), identity.key);
  });
}

/**
 * The convert function. Makes the image archive for a hand-off, and writes the archive manifest last, as commit mark.
 */
export async function convertUpload(inspectionKey: string, deps: ServiceDeps): Promise<Outcome> {
  const started = deps.clock();
  return unlessGone(inspectionKey, async () => {
    const there = await deps.results.get(inspectionKey);
    if (there === null) return { kind: 'gone', key: inspectionKey };
    const job = soundJob(there.bytes, deps.tools);
    if (job === null) throw foreignInspection(inspectionKey);
    const converted = await convert(job.inspection, job.request, deps.tools);
    const seconds = (): number => job.cost.seconds + (deps.clock() - started) / 1000;
    if (converted.kind !== 'converted')
      return finish(job, { converted, plan: null, cost: () => ({ ...job.cost, seconds: seconds() }) }, deps);
    return make(job, converted, seconds, deps);
  });
}

/** Makes an image archive. When the time is too short, it writes a manifest that says so. */
async function make(
  job: Job,
  converted: Converted & { kind: 'converted' },
  seconds: () => number,
  deps: ServiceDeps,
): Promise<Outcome> {
  const { plan } = converted.conversion;
  const pace = new Pace(making(plan), plan.size, deps.timeLeft);
  const reread = isRecoded(plan) ? job.identity.size : 0;
  let bytesSent = 0;
  const onProgress = (begun: number, sent: number): void => {
    bytesSent = sent;
    pace.check(begun);
  };
  const cost = (share: number): Cost => ({
    ...job.cost,
    bytesRead: job.cost.bytesRead + Math.round(reread * share),
    seconds: seconds(),
  });
  try {
    return await finish(job, { converted, plan, onProgress, cost: () => cost(1) }, deps);
  } catch (error) {
    const late = givenUp(error);
    if (late === null) throw error;
    const inspection = { ...job.inspection, findings: [late, ...job.inspection.findings] };
    const paid = { ...cost(pace.done / plan.size), bytesSent };
    return await finish({ ...job, inspection }, { converted: null, plan: null, cost: () => paid }, deps);
  }
}

/**
 * Inspects a whole upload. One that is too large or takes too long gets a quick look, and a finding that refuses it.
 */
async function look(
  identity: UploadIdentity,
  compress: ConversionRequest['compress'],
  { uploads, tools, timeLeft, policy }: ServiceDeps,
): Promise<Look> {
  const { key: name, size } = identity;
  const source = uploads.source(identity);
  const pace = new Pace(READING, size, timeLeft);
  let refusal = tooLarge(size, policy?.maxUploadBytes) ?? pace.verdict() ?? undefined;
  if (refusal === undefined) {
    const inspection = await inspect(source.open(), tools, { name, compress, onProgress: (read) => pace.check(read) });
    refusal = inspection.findings.find((each) => each.code === 'no-time');
    if (refusal === undefined) return { inspection, paid: { bytesRead: size } };
  }
  const seen = await inspectQuickly(source, size, tools);
  const { bytesRead = 0, requests = 0 } = seen.quick ?? {};
  const findings = [refusal, ...seen.findings.filter((each) => each.code !== 'not-quick')];
  return { inspection: { ...seen, findings }, paid: { bytesRead: pace.done + bytesRead, requests } };
}

function tooLarge(size: number, limit = Infinity): Finding | null {
  const what = { en: `the upload has ${size} bytes`, zh: `上传的文件有 ${size} 字节` };
  return size <= limit ? null : finding('limit-exceeded', { what, limit });
}

/** The request for an upload, from its metadata and its sidecar. */
export async function requestFor(
  { identity, metadata }: { identity: UploadIdentity; metadata: Record<string, string> },
  { uploads }: Pick<ServiceDeps, 'uploads'>,
): Promise<Parsed<ConversionRequest>> {
  const key = sidecarKey(identity.key);
  const sidecar =
    key === null ? null : await smallOrTooLarge(() => uploads.small(identity.bucket, key, LIMITS.sidecarBytes));
  if (sidecar === 'too-large') return SIDECAR_TOO_LARGE;
  const options = mergeOptions({ metadata, ...(sidecar === null ? {} : { sidecar }) });
  return options.ok ? parseOptions(options.value, identity.key) : options;
}

/** Reads a small object. `too-large` is an answer and no error, as the object is as large at every try. */
async function smallOrTooLarge<T>(read: () => Promise<T>): Promise<T | 'too-large'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof LadingError && error.code === 'too-large') return 'too-large';
    throw error;
  }
}

async function finish(
  { id, identity, inspection }: Pick<Job, 'id' | 'identity' | 'inspection'>,
  {
    converted,
    plan,
    cost,
    onProgress,
  }: Pick<Product, 'plan' | 'onProgress'> & {
    converted: Converted | null;
    /** The cost without the bytes that `settle` sends. */
    cost: () => Cost;
  },
  deps: ServiceDeps,
): Promise<Outcome> {
  const image = resultKeys(identity.key).image;
  const result = plan === null ? null : { key: image, uri: deps.results.uri(image) };
  const source = { ...identity, digest: null };
  const manifest = (bytesSent: number): ArchiveManifest => {
    const before = cost();
    const paid = { ...before, bytesSent: before.bytesSent + bytesSent };
    return { ...manifestOf({ source, inspection, converted, result, cost: paid, version: deps.version }), job: id };
  };
  return conclude(await settle({ id, identity }, { plan, manifest, onProgress }, deps), identity.key, deps);
}

/** Sends the completion event, also for results of an earlier invocation, which may have ended before it sent one. */
async function conclude(ending: Ending, key: string, { announce }: ServiceDeps): Promise<Outcome> {
  if (ending.kind !== 'superseded') await announce?.(completionOf(ending.manifest));
  if (ending.kind !== 'written') return { kind: ending.kind, key };
  const { outcome, archive, findings, cost } = ending.manifest;
  return { kind: outcome, key, archive: archive.kind, findings: counted(findings), cost };
}

function counted(findings: Finding[]): FindingCounts {
  const counts: FindingCounts = {};
  for (const { code, more = 0 } of findings) counts[code] = (counts[code] ?? 0) + 1 + more;
  return counts;
}

function handed(kind: 'superseded' | 'handed-on', key: string): Outcome {
  return kind === 'handed-on' ? { kind, key, inspectionKey: resultKeys(key).inspection } : { kind, key };
}

/** Turns `source-changed` into the outcome `gone`: an upload that replaced this one has an event of its own. */
async function unlessGone(key: string, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LadingError && error.code === 'source-changed') return { kind: 'gone', key };
    throw error;
  }
}

function foreignInspection(key: string): LadingError {
  return new LadingError(
    'bad-event',
    `Cannot convert ${key}: it was not written by this version of the inspect function`,
  );
}
