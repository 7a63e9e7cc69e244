import type { Finding } from '../catalogue/findings.ts';
import type { Parsed } from '../catalogue/parsed.ts';
import { convert } from '../convert/convert.ts';
import { unread } from '../inspect/unread.ts';
import type { Cost } from '../manifest/manifest.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Converted } from '../model/converted.ts';
import { LadingError } from '../model/errors.ts';
import { bytesBefore, bytesToWrite, isRecoded } from '../model/plan.ts';
import { nameAfter } from '../options/name-template.ts';
import { refusalFinding } from '../options/refusal.ts';
import { requestFor } from './asked.ts';
import { givenUp, making, Pace } from './deadline.ts';
import { conclude, finish } from './finish.ts';
import { backToInspect } from './hand-back.ts';
import { handOn, handOnAgain } from './hand-off.ts';
import { jobFor, type HandOff, soundHandOff } from './job.ts';
import { resultKeys } from './keys.ts';
import { inspectWhole } from './inspect-upload.ts';
import { notGiven } from './not-given.ts';
import type { Outcome, ServiceDeps } from './outcome.ts';
import { gathered, isWaiting, leftWaiting, missing, orPieceChanged } from './pieces.ts';
import type { UploadIdentity, UploadNotice } from './stores.ts';
import { existingResults } from './write-results.ts';

/**
 * The work of the inspect function for one upload: reads it once, and writes `inspection.json` for the convert
 * function. When there is nothing to convert, it writes the archive manifest instead, the JSON document about the
 * upload. Nothing is read if the results are there already. Returns the outcome to log.
 */
export async function inspectUpload(notice: UploadNotice, deps: ServiceDeps): Promise<Outcome> {
  const started = deps.clock();
  return unlessGone(notice.key, async () => {
    const upload = await found(notice, deps);
    if (upload === null) return { kind: 'gone', key: notice.key };
    const { identity, asked, unseen } = await withAllPieces(upload, deps);
    const task = jobFor(identity, asked, deps.version);
    const request = asked.ok ? nameAfter(asked.value, deps.policy?.nameTemplate) : asked;
    const before = await existingResults(task, deps);
    if (before !== null) return conclude(before, identity.key, deps);
    const again = await handOnAgain(task, deps);
    if (again !== 'open') return handed(again, identity.key);
    const inspectDeps = { ...deps, maxBytes: deps.policy?.maxUploadBytes };
    const { inspection, paid } =
      unseen === null
        ? await orPieceChanged(identity, deps.uploads, () =>
            inspectWhole(identity, request.ok ? request.value : null, inspectDeps),
          )
        : { inspection: unread(unseen), paid: { bytesRead: 0 } };
    const cost = { ...paid, bytesSent: 0, seconds: (deps.clock() - started) / 1000 };
    const seen = { ...task, inspection: leftWaiting(inspection, identity) };
    if (!request.ok) seen.inspection.findings.push(refusalFinding(request));
    const attempt =
      request.ok && !isWaiting(seen.inspection) ? await convert(seen.inspection, request.value, deps.tools) : null;
    if (!request.ok || attempt?.kind !== 'converted')
      return finish(seen, { converted: attempt, plan: null, cost: () => cost }, deps);
    const handOff: HandOff = { jobVersion: 6, ...seen, request: request.value, cost };
    return handed(await handOn(handOff, deps), identity.key);
  });
}

/**
 * Reads the options of an upload, and adds all pieces of a split upload to its `identity`. In the result, `asked` has
 * the parsed options, or what is wrong with them. `unseen` is the finding, a message for the user, that says why the
 * service will not read the upload, for instance because S3 refuses access; null when it will. Throws `piece-missing`
 * when a piece has not been uploaded yet.
 */
async function withAllPieces(
  upload: FoundUpload,
  { uploads }: ServiceDeps,
): Promise<{ identity: UploadIdentity; asked: Parsed<ConversionRequest>; unseen: Finding | null }> {
  const { identity, withheld } = upload;
  const asked = await requestFor(upload, { uploads });
  if (withheld !== null || !asked.ok) return { identity, asked, unseen: withheld };
  const all = await gathered(identity, asked.value, uploads);
  if (all.kind === 'missing') throw missing(identity.key, all.piece);
  return all.kind === 'whole' ? { ...all, asked, unseen: null } : { identity, asked, unseen: all.finding };
}

/**
 * The work of the convert function for one `inspection.json`, the document of the inspect function about an upload.
 * Writes the image archive, and last the archive manifest, the JSON document that says what became of the upload. If
 * the document is missing or unusable, the upload is inspected again. Returns the outcome to log.
 */
export async function convertUpload(inspectionKey: string, deps: ServiceDeps): Promise<Outcome> {
  const started = deps.clock();
  return unlessGone(inspectionKey, async () => {
    const there = await deps.results.get(inspectionKey);
    const handOff = there === null ? null : soundHandOff(there.bytes, deps.tools);
    if (handOff === null) return backToInspect(inspectionKey, there?.bytes ?? null, deps);
    const converted = await convert(handOff.inspection, handOff.request, deps.tools);
    const seconds = (): number => handOff.cost.seconds + (deps.clock() - started) / 1000;
    if (converted.kind !== 'converted')
      return finish(handOff, { converted, plan: null, cost: () => ({ ...handOff.cost, seconds: seconds() }) }, deps);
    return await orPieceChanged(handOff.identity, deps.uploads, () => make(handOff, converted, seconds, deps)).catch(
      async (error: unknown) => await inspectedAgain(error, inspectionKey, there, deps),
    );
  });
}

/**
 * Handles an error in the work of the convert function. If a piece of a split upload was replaced (`piece-changed`),
 * has the upload inspected again, and returns the outcome to log. If the service cannot do that, and for any other
 * error, throws the error.
 */
async function inspectedAgain(
  error: unknown,
  inspectionKey: string,
  there: { bytes: Uint8Array } | null,
  deps: ServiceDeps,
): Promise<Outcome> {
  if (!(error instanceof LadingError && error.code === 'piece-changed') || deps.handBack === undefined) throw error;
  return await backToInspect(inspectionKey, there?.bytes ?? null, deps);
}

/**
 * Makes the image archive of an inspected upload, and its archive manifest, the JSON document about the upload. If
 * time runs out, or S3 refuses to give the upload, writes only an archive manifest, which says so. `seconds` returns
 * how long the work has taken so far. Returns the outcome to log.
 */
async function make(
  handOff: HandOff,
  converted: Converted & { kind: 'converted' },
  seconds: () => number,
  deps: ServiceDeps,
): Promise<Outcome> {
  const { plan } = converted.conversion;
  // Layers are read once before the first byte of a rewritten part comes.
  const before = bytesBefore(plan);
  const pace = new Pace(making(plan), before + plan.size, deps.timeLeft);
  const reread = isRecoded(plan) ? bytesToWrite(plan, handOff.identity.size) : 0;
  let bytesSent = 0;
  const onProgress = (begun: number, sent: number): void => {
    bytesSent = sent;
    pace.check(begun === 0 ? 0 : before + begun);
  };
  const cost = (share: number): Cost => ({
    ...handOff.cost,
    bytesRead: handOff.cost.bytesRead + Math.round(reread * share),
    seconds: seconds(),
  });
  try {
    return await finish(handOff, { converted, plan, onProgress, cost: () => cost(1) }, deps);
  } catch (error) {
    const refusal = givenUp(error) ?? notGiven(error);
    if (refusal === null) throw error;
    const inspection = { ...handOff.inspection, findings: [refusal, ...handOff.inspection.findings] };
    const paid = { ...cost(pace.done / (before + plan.size)), bytesSent };
    return await finish({ ...handOff, inspection }, { converted: null, plan: null, cost: () => paid }, deps);
  }
}

function handed(kind: 'superseded' | 'handed-on', key: string): Outcome {
  return kind === 'handed-on' ? { kind, key, inspectionKey: resultKeys(key).inspection } : { kind, key };
}

/**
 * An upload that is in its bucket. If S3 refuses the HEAD request for it, `withheld` is the finding that says so, the
 * size is 0, and `metadata` is empty. Otherwise `withheld` is null.
 */
interface FoundUpload {
  identity: UploadIdentity;
  metadata: Record<string, string>;
  withheld: Finding | null;
}

/**
 * Finds the upload that an event reports, with a HEAD request; null when it was deleted or replaced. If S3 refuses the
 * request because of the upload itself, `withheld` is the finding that says so; otherwise null.
 */
async function found(notice: UploadNotice, { uploads }: ServiceDeps): Promise<FoundUpload | null> {
  try {
    const upload = await uploads.find(notice);
    return upload && { ...upload, withheld: null };
  } catch (error) {
    const withheld = notGiven(error);
    const { etag } = notice;
    if (withheld === null || etag === null) throw error;
    return { identity: { ...notice, etag, size: 0 }, metadata: {}, withheld };
  }
}

/**
 * Runs `work`, and returns its outcome. If it throws the error `source-changed`, returns the outcome `gone` for the
 * key `key`. The error means that another upload has replaced this one. S3 reports the other upload by an event of its
 * own.
 */
async function unlessGone(key: string, work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LadingError && error.code === 'source-changed') return { kind: 'gone', key };
    throw error;
  }
}
