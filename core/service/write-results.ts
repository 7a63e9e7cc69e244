import type { ArchiveManifest } from '../manifest/manifest.ts';
import { LadingError } from '../model/errors.ts';
import { indentedJson } from '../model/indented-json.ts';
import type { Job } from './job.ts';
import { resultKeys } from './keys.ts';
import { type Intent, type StoredArchive, type OpenState, stateOfResults } from './results-state.ts';
import type { AssembleOptions, Origin, Stores } from './stores.ts';

/**
 * The results that a job, the work on one upload with its options, writes: the image archive (or the root file system),
 * and the archive manifest, the JSON document about the upload.
 */
export interface ResultsToWrite extends Intent {
  manifest(bytesSent: number): ArchiveManifest;
  /**
   * Called with zeros before the image archive is written, and then before each part of it is stored. The parameters
   * are numbers of bytes: `begun`, those of the parts before this one and of this part, and `sent`, those that were
   * sent so far.
   */
  onProgress?: AssembleOptions['onProgress'];
}

/**
 * The outcome of writing the results of a job, the work on one upload with its options. `written`: they were written
 * now. `already-done`: they existed before. `superseded`: they were not written. Either a newer upload has results or
 * soon will, or the job has failed and another job has succeeded with the same upload.
 */
export type WriteOutcome =
  | { kind: 'written'; manifest: ArchiveManifest }
  // The results are those of this very job.
  | { kind: 'already-done'; manifest: ArchiveManifest }
  // The results are those of a newer upload, or soon will be.
  | { kind: 'superseded' };

/**
 * The ETags that the stored archive manifest and the stored report must have when a job, the work on one upload,
 * replaces them. An ETag is null when the object must not exist.
 */
interface Place {
  manifest: string | null;
  report: string | null;
}

/**
 * The most times that a job, the work on one upload, tries to write its results. A try fails if another function
 * changes the stored results meanwhile. When all tries have failed, the error `contended` is thrown. Six tries were
 * too few when eight functions ran at the same time, and each of them got every event of the same key three times.
 */
const MOST_TRIES = 12;

/**
 * Looks for stored results before a job, the work on one upload with its options, begins. Returns `already-done` if all
 * results of this job are stored. Returns `superseded` if there are results of a newer upload, and deletes what earlier
 * tries of this job have left beside them. Returns null when the job must write its results. An archive manifest of
 * this job with outcome `failed` does not count as a result.
 */
export async function existingResults(job: Job, stores: Stores): Promise<WriteOutcome | null> {
  const state = await stateOfResults(job, { plan: null, as: 'image' }, stores);
  // Beside the results of a newer upload, nothing of this job may remain.
  if (state.kind === 'superseded') await clear(state.leftovers, stores);
  return state.kind === 'open' ? null : state;
}

/**
 * Writes the results of a job, the work on one upload: first the image archive, then the report if there is to be one,
 * last the archive manifest, the JSON document about the upload. Only older results are replaced. The old manifest is
 * removed before the image archive or the report that it describes is replaced, so that manifest and archive never
 * contradict each other. After each attempt, the stored results are checked again. The work is done when they are the
 * results of this job, or results that must stay, such as those of a newer upload. Returns which of these cases it is.
 * Throws `contended` when other functions keep changing them.
 */
export async function writeResults(job: Job, toWrite: ResultsToWrite, stores: Stores): Promise<WriteOutcome> {
  let written: ArchiveManifest | null = null;
  let bytesSent = 0;
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const state = await stateOfResults(job, toWrite, stores);
    if (state.kind === 'already-done') return written === null ? state : { kind: 'written', manifest: written };
    if (state.kind === 'superseded') {
      await clear(state.leftovers, stores);
      return { kind: 'superseded' };
    }
    const prepared = await prepareImage(state, job, toWrite, stores);
    if (prepared === null) continue;
    bytesSent += prepared.bytesSent;
    const manifest = toWrite.manifest(bytesSent);
    if (await publish(manifest, prepared.place, job, stores)) written = manifest;
  }
  const { key } = job.identity;
  throw new LadingError('contended', `Cannot finish ${key}: its results are being written by others all the time`);
}

/**
 * Writes the report, if there is to be one, and then the archive manifest, the JSON document about the upload. `place`
 * has the ETags of the objects that are replaced. Returns true when both are written, false when another function has
 * changed one of them first.
 */
async function publish(
  manifest: ArchiveManifest,
  place: Place,
  job: Job,
  { results, report }: Stores,
): Promise<boolean> {
  const keys = resultKeys(job.identity.key);
  if (report !== undefined) {
    const page = await report(manifest);
    if (!(await results.put(keys.report, page, HTML_TYPE, place.report, originOf(job)))) return false;
  }
  return await results.put(keys.manifest, indentedJson(manifest), JSON_TYPE, place.manifest);
}

/**
 * Stores the image archive or the root file system that a job, the work on one upload, makes. Does not when none is to
 * be made, or when it is stored already. Deletes older results. Returns the number of bytes sent, and the ETags that
 * the report and the archive manifest have afterwards. Returns null when another function has changed the stored
 * results first; the caller must then check again which results are stored.
 */
async function prepareImage(
  state: OpenState,
  job: Job,
  { plan, as, onProgress }: ResultsToWrite,
  stores: Stores,
): Promise<{ bytesSent: number; place: Place } | null> {
  const own = state.made.find((each) => each.as === as);
  if (plan !== null && own?.isOurs !== true) {
    let place = null as Place | null;
    const ready = async (): Promise<{ expected: string | null } | null> => {
      const way = await removeOlder(job, { plan, as }, stores);
      place = way?.place ?? null;
      return way;
    };
    onProgress?.(0, 0);
    const options = { origin: originOf(job), ready, onProgress };
    const key = resultKeys(job.identity.key)[as];
    const assembled = await stores.results.assemble(key, plan, job.identity, options);
    return assembled === null || place === null ? null : { bytesSent: assembled.bytesSent, place };
  }
  const others = state.made.filter((each) => plan === null || each.as !== as);
  const { manifest, report } = state;
  const isInTheWay = manifest !== null && (stores.report !== undefined || report !== null);
  const place =
    others.length > 0 || isInTheWay
      ? await dropOthers(state, others, job, stores)
      : { manifest, report: report?.etag ?? null };
  return place && { bytesSent: 0, place };
}

/**
 * Deletes older results, just before the new image archive becomes visible. Returns as `expected` the ETag of the
 * image archive that the new one replaces; null if there is none. `place` has the ETags that the report and the
 * archive manifest have afterwards. Returns null when the new archive must not become visible, because another
 * function has written results meanwhile.
 */
async function removeOlder(
  job: Job,
  wanted: Intent,
  stores: Stores,
): Promise<{ expected: string | null; place: Place } | null> {
  const state = await stateOfResults(job, wanted, stores);
  if (state.kind !== 'open') return null;
  const own = state.made.find((each) => each.as === wanted.as);
  if (own?.isOurs === true) return null;
  const others = state.made.filter((each) => each !== own);
  const place = await dropOthers(state, others, job, stores);
  return place && { expected: own?.etag ?? null, place };
}

/**
 * Deletes old results: first the report, then the archive manifest, last the archives in `others`. Keeps a report that
 * the current job (the work on one upload) has written, because it tells other functions that this job writes results.
 * Returns the ETags that the report and the archive manifest have afterwards; an ETag is null when the object does not
 * exist. Returns null in place of the ETags when another function has changed one of the objects first.
 */
async function dropOthers(
  { manifest, report }: OpenState,
  others: readonly StoredArchive[],
  { identity }: Job,
  { results, report: isWanted }: Stores,
): Promise<Place | null> {
  const kept = isWanted !== undefined && report?.isOurs === true ? report.etag : null;
  if (report !== null && kept === null && !(await results.remove(report.key, report.etag))) return null;
  if (manifest !== null && !(await results.remove(resultKeys(identity.key).manifest, manifest))) return null;
  for (const { key, etag } of others) if (!(await results.remove(key, etag))) return null;
  return { manifest: null, report: kept };
}

function originOf({ id, identity }: Job): Origin {
  const { versionId, etag, sequencer } = identity;
  return { job: id, upload: { versionId, etag, sequencer } };
}

async function clear(leftovers: { key: string; etag: string }[], { results }: Stores): Promise<void> {
  for (const { key, etag } of leftovers) await results.remove(key, etag);
}

export const JSON_TYPE = 'application/json';
const HTML_TYPE = 'text/html; charset=utf-8';
