import type { ArchiveManifest } from '../manifest/manifest.ts';
import type { ResultForm } from '../model/conversion-request.ts';
import type { Plan } from '../model/plan.ts';
import { orderOf } from './event-order.ts';
import { type StatedOrigin, type Job, originInManifest, parseManifest } from './job.ts';
import { resultKeys } from './keys.ts';
import type { Origin, Stores } from './stores.ts';

/**
 * What a job, the work on one upload with its options, finds among the stored results before it writes its own.
 * `already-done`: an earlier try of the same job has written all of them. `open`: the job can write its results.
 * `superseded`: the job must not write its results, because those that are stored must stay. They are results of a
 * newer upload, or the job has failed and another job has succeeded with the same upload. In the state `superseded`,
 * `leftovers` lists the objects that an earlier try of this job wrote and that must be deleted.
 */
export type ResultsState =
  | { kind: 'already-done'; manifest: ArchiveManifest }
  | { kind: 'superseded'; leftovers: { key: string; etag: string }[] }
  | OpenState;

/**
 * The stored results of an upload when a job, the work on one upload with its options, can write its own. The stored
 * ones are older or incomplete, and can be replaced.
 */
export interface OpenState {
  kind: 'open';
  /** The ETag of the archive manifest, the JSON document about the upload; null if there is none. */
  manifest: string | null;
  /**
   * The stored report, an HTML page; null if none was found. A service that writes no reports looks for a stored report
   * only if the archive manifest says that there is one.
   */
  report: Found | null;
  made: StoredArchive[];
}

/**
 * A stored result whose bytes were not read. A job is the work on one upload with its options. `isOurs` is true when
 * the result was made by the same job that now looks for it. `origin` names the job that made the result, and the
 * upload from which it was made; null when the store has no information about them.
 */
interface Found {
  key: string;
  etag: string;
  isOurs: boolean;
  origin: Origin | null;
}

/** An image archive or a root file system among the results. */
export interface StoredArchive extends Found {
  as: ResultForm;
}

/** What a job, the work on one upload, is about to write. This decides which results of other jobs can stay. */
export interface Intent {
  /** The plan of the archive to write, which lists its parts; null when there is no archive to write. */
  plan: Plan | null;
  /** The form of the archive to write: an image archive or a root file system. */
  as: ResultForm;
  /**
   * True when the archive manifest to write says that the service has given the upload up. Such a manifest never
   * replaces another result of the same upload.
   */
  failed?: boolean;
}

/**
 * Looks at the stored results of an upload. Returns `open` when the given job can write its own results, and
 * `already-done` when it has already written them. Returns `superseded` when it must not write them, because the
 * stored results must stay. The second parameter says what the job is about to write.
 */
export async function stateOfResults(
  job: Job,
  { plan, as, failed = false }: Intent,
  stores: Stores,
): Promise<ResultsState> {
  const keys = resultKeys(job.identity.key);
  const manifest = await stores.results.get(keys.manifest);
  const stated = manifest === null ? null : originInManifest(manifest.bytes);
  const sizes = plan === null ? {} : { [as]: plan.size };
  const made = await storedArchives(job, sizes, stores);
  const looksForReport = stores.report !== undefined || stated?.report === true;
  const report = looksForReport ? await foundAt(keys.report, job, stores) : null;
  const mine = manifest !== null && stated?.job === job.id;
  if (stated !== null && (await isNewer(stated, job, stores))) {
    // What this job has made came too late. It goes, unless the newer manifest says that there is such a thing.
    const late = [
      ...(report === null || stated.report ? [] : [report]),
      ...made.filter((each) => each.as !== stated.made),
    ];
    return { kind: 'superseded', leftovers: late.filter((each) => each.isOurs) };
  }
  const ours = [
    ...(report?.isOurs === true ? [report] : []),
    ...(mine ? [{ key: keys.manifest, etag: manifest.etag }] : []),
  ];
  for (const { origin } of report === null ? made : [report, ...made]) {
    if (origin !== null && (await isNewer(origin, job, stores))) return { kind: 'superseded', leftovers: ours };
  }
  if (failed && stated !== null && !stated.failed && isSame(stated, job)) return { kind: 'superseded', leftovers: [] };
  const isReported = stated?.report === true ? isSound(report) : stores.report === undefined;
  // A failure never takes the place of a success, even of one without a report.
  const isEnough = stated?.failed === true ? failed && isReported : failed || isReported;
  const done = mine && isEnough && isMadeAsSaid(stated.made, made) ? parseManifest(manifest.bytes) : null;
  if (done !== null) return { kind: 'already-done', manifest: done };
  return { kind: 'open', manifest: manifest?.etag ?? null, report, made };
}

/**
 * True when the stored archives are exactly what the archive manifest, the JSON document about the upload, says.
 * `said` is the form of the only archive that it names, image archive or root file system. `said` is null when it
 * names none; then none may be stored.
 */
function isMadeAsSaid(said: ResultForm | null, [only, ...more]: readonly StoredArchive[]): boolean {
  if (said === null) return only === undefined;
  return more.length === 0 && only?.as === said && isSound(only);
}

/**
 * Finds the image archive and the root file system among the stored results; empty when neither is stored. `job` is
 * the work on one upload with its options. `sizes` are the sizes in bytes, where known, of the archives that this job
 * makes. If a stored archive has another size, it is treated as made by another job.
 */
async function storedArchives(
  job: Job,
  sizes: Partial<Record<ResultForm, number>>,
  stores: Stores,
): Promise<StoredArchive[]> {
  const keys = resultKeys(job.identity.key);
  const made: StoredArchive[] = [];
  for (const as of ['image', 'rootfs'] as const) {
    const found = await foundAt(keys[as], job, stores, sizes[as]);
    if (found !== null) made.push({ ...found, as });
  }
  return made;
}

/**
 * Finds a stored result by its key, without reading its bytes. Returns null when the result does not exist. In the
 * returned object, `isOurs` is true if the result was made by the given job, the work on one upload with its options.
 * When `ownSize` is given, the result must also have this size in bytes.
 */
async function foundAt(key: string, { id }: Job, { results }: Stores, ownSize?: number): Promise<Found | null> {
  const there = await results.stat(key);
  if (there === null) return null;
  const { etag, size, origin } = there;
  return { key, etag, isOurs: origin?.job === id && (ownSize === undefined || ownSize === size), origin };
}

/**
 * True when a stored result exists, and the job that looks for it (the work on one upload with its options) has made
 * it. Also true when the store does not know which job has made the result.
 */
function isSound(found: Found | null | undefined): boolean {
  return found?.isOurs === true || found?.origin === null;
}

/**
 * True when a result was made from the same upload as the results of the given job, but by another job. That one had
 * other options or was of another Lading version.
 */
function isSame({ job, upload }: StatedOrigin, { id, identity }: Job): boolean {
  return job !== id && upload !== null && orderOf(upload, identity) === 'same';
}

/**
 * True when a result was made from a newer upload than the upload of the given job. Both uploads have the same key. If
 * version ids, ETags and sequencers do not tell the order, returns true when the job's upload is no longer the one in
 * the bucket. Always false for a result of the same job, or one that does not state its upload.
 */
export async function isNewer(stated: StatedOrigin, { id, identity }: Job, { uploads }: Stores): Promise<boolean> {
  if (stated.upload === null || stated.job === id) return false;
  const order = orderOf(stated.upload, identity);
  if (order !== 'unknown') return order === 'newer';
  const { bucket, key } = identity;
  const current = await uploads.find({ bucket, key, versionId: null, etag: null, sequencer: null });
  return (
    current === null || orderOf({ ...current.identity, sequencer: null }, { ...identity, sequencer: null }) !== 'same'
  );
}
