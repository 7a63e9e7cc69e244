import type { ArchiveManifest } from '../manifest/manifest.ts';
import { LadingError } from '../model/errors.ts';
import { indentedJson } from '../model/indented-json.ts';
import type { ResultForm } from '../model/conversion-request.ts';
import type { Plan } from '../model/plan.ts';
import { orderOf } from './event-order.ts';
import { type Author, type Errand, manifestAuthor, parseManifest } from './job.ts';
import { resultKeys } from './keys.ts';
import type { Commit, Origin, Results, Uploads } from './stores.ts';

/** The store of uploads and the store of results. */
export interface Stores {
  uploads: Uploads;
  results: Results;
}

/** The results that a job writes: the image archive (or the root file system) and the archive manifest. */
export interface Product {
  /** The plan of the image archive or root file system; null when there is none to write. */
  plan: Plan | null;
  /** The form of what the plan makes. */
  as: ResultForm;
  manifest(bytesSent: number): ArchiveManifest;
  /**
   * True when the archive manifest says that the service has given up. Such a manifest never replaces another result of
   * the same upload.
   */
  failed?: boolean;
  /** Called with the progress of storing the image archive (see `Commit`), and once before that begins. */
  onProgress?: Commit['onProgress'];
}

/**
 * The outcome of writing a job's results: they were written now, they existed before, or a newer upload has replaced
 * them.
 */
export type Ending =
  | { kind: 'written'; manifest: ArchiveManifest }
  // The results are those of this very job.
  | { kind: 'already-done'; manifest: ArchiveManifest }
  // The results are those of a newer upload, or soon will be.
  | { kind: 'superseded' };

/** The state of the results under a key, before a job writes its own. */
type Scene =
  | { kind: 'already-done'; manifest: ArchiveManifest }
  | { kind: 'superseded'; leftovers: { key: string; etag: string }[] }
  // The results are older and can be replaced. Has the ETag of the manifest, null if absent, and what else is there.
  | { kind: 'open'; manifest: string | null; made: Made[] };

/** An image archive or a root file system among the results. `isOurs` is true when the job itself has made it. */
interface Made {
  as: ResultForm;
  key: string;
  etag: string;
  isOurs: boolean;
  origin: Origin | null;
}

/** The most times that a job tries to write its results. A try fails if another function changes them meanwhile. */
const ROUNDS = 6;

/**
 * Finds out whether a job has nothing to do, because its results or those of a newer upload exist. Null when it must
 * write its results. A manifest with outcome `failed` is no result.
 */
export async function settled(errand: Errand, stores: Stores): Promise<Ending | null> {
  const scene = await survey(errand, { plan: null, as: 'image' }, stores);
  // Beside the results of a newer upload, nothing of this job may remain.
  if (scene.kind === 'superseded') await clear(scene.leftovers, stores);
  return scene.kind === 'open' ? null : scene;
}

/**
 * Writes the results of a job: first the image archive, last the archive manifest. It only replaces older results.
 * Before it replaces an image archive, it removes the manifest of the old one, so that the two never contradict each
 * other. After each change it looks at the results again, until it finds its own. Throws `contended` when other
 * functions keep changing them.
 */
export async function settle(errand: Errand, product: Product, stores: Stores): Promise<Ending> {
  let written: ArchiveManifest | null = null;
  let bytesSent = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const scene = await survey(errand, product, stores);
    if (scene.kind === 'already-done') return written === null ? scene : { kind: 'written', manifest: written };
    if (scene.kind === 'superseded') {
      await clear(scene.leftovers, stores);
      return { kind: 'superseded' };
    }
    const prepared = await prepareImage(scene, errand, product, stores);
    if (prepared === null) continue;
    bytesSent += prepared.bytesSent;
    const manifest = product.manifest(bytesSent);
    const { manifest: at } = resultKeys(errand.identity.key);
    if (await stores.results.put(at, indentedJson(manifest), JSON_TYPE, prepared.manifest)) written = manifest;
  }
  const { key } = errand.identity;
  throw new LadingError('contended', `Cannot finish ${key}: its results are being written by others all the time`);
}

/**
 * Writes the image archive or the root file system of a job, and removes what an earlier upload has made. Null when
 * another function has changed the results meanwhile.
 */
async function prepareImage(
  scene: Scene & { kind: 'open' },
  errand: Errand,
  { plan, as, onProgress }: Product,
  stores: Stores,
): Promise<{ bytesSent: number; manifest: string | null } | null> {
  const own = scene.made.find((each) => each.as === as);
  if (plan !== null && own?.isOurs !== true) {
    const { versionId, etag, sequencer } = errand.identity;
    const origin = { job: errand.id, upload: { versionId, etag, sequencer } };
    const ready = () => makeWay(errand, { plan, as }, stores);
    onProgress?.(0, 0);
    const commit = { origin, ready, onProgress };
    const key = resultKeys(errand.identity.key)[as];
    const assembled = await stores.results.assemble(key, plan, errand.identity, commit);
    return assembled === null ? null : { bytesSent: assembled.bytesSent, manifest: null };
  }
  const others = scene.made.filter((each) => plan === null || each.as !== as);
  if (others.length === 0) return { bytesSent: 0, manifest: scene.manifest };
  return (await dropOthers(scene, others, errand, stores)) ? { bytesSent: 0, manifest: null } : null;
}

/**
 * Removes the results of an older upload, just before the new image archive becomes visible. Null when the new image
 * archive must not be written after all.
 */
async function makeWay(
  errand: Errand,
  wanted: Pick<Product, 'plan' | 'as'>,
  stores: Stores,
): Promise<{ expected: string | null } | null> {
  const scene = await survey(errand, wanted, stores);
  if (scene.kind !== 'open') return null;
  const own = scene.made.find((each) => each.as === wanted.as);
  if (own?.isOurs === true) return null;
  const others = scene.made.filter((each) => each !== own);
  return (await dropOthers(scene, others, errand, stores)) ? { expected: own?.etag ?? null } : null;
}

/** Removes an archive manifest, and then the results that it describes. False when another function was faster. */
async function dropOthers(
  { manifest }: Scene & { kind: 'open' },
  others: readonly Made[],
  { identity }: Errand,
  { results }: Stores,
): Promise<boolean> {
  if (manifest !== null && !(await results.remove(resultKeys(identity.key).manifest, manifest))) return false;
  for (const { key, etag } of others) if (!(await results.remove(key, etag))) return false;
  return true;
}

async function survey(
  errand: Errand,
  { plan, as, failed = false }: Pick<Product, 'plan' | 'as' | 'failed'>,
  stores: Stores,
): Promise<Scene> {
  const keys = resultKeys(errand.identity.key);
  const manifest = await stores.results.get(keys.manifest);
  const author = manifest === null ? null : manifestAuthor(manifest.bytes);
  const sizes = plan === null ? {} : { [as]: plan.size };
  const made = await madeFor(errand, sizes, stores);
  const mine = manifest !== null && author?.job === errand.id;
  if (author !== null && (await isNewer(author, errand, stores))) {
    // What this errand has made came too late. It goes, unless the newer manifest says that there is such a thing.
    return { kind: 'superseded', leftovers: made.filter((each) => each.isOurs && each.as !== author.made) };
  }
  for (const { origin } of made) {
    if (origin === null || !(await isNewer(origin, errand, stores))) continue;
    return { kind: 'superseded', leftovers: mine ? [{ key: keys.manifest, etag: manifest.etag }] : [] };
  }
  if (failed && author !== null && !author.failed && isSame(author, errand))
    return { kind: 'superseded', leftovers: [] };
  const [only, ...more] = made;
  const isThere = more.length === 0 && only?.as === author?.made && (only?.isOurs === true || only?.origin === null);
  const asSaid = (author?.made ?? null) === null ? made.length === 0 : isThere;
  const ours = mine && asSaid && (failed || !author.failed) ? parseManifest(manifest.bytes) : null;
  if (ours !== null) return { kind: 'already-done', manifest: ours };
  return { kind: 'open', manifest: manifest?.etag ?? null, made };
}

/** The image archive and the root file system that are there. `sizes` are those of the job's own, where known. */
async function madeFor(
  { id, identity }: Errand,
  sizes: Partial<Record<ResultForm, number>>,
  { results }: Stores,
): Promise<Made[]> {
  const keys = resultKeys(identity.key);
  const made: Made[] = [];
  for (const as of ['image', 'rootfs'] as const) {
    const there = await results.look(keys[as]);
    if (there === null) continue;
    const { etag, size, origin } = there;
    const isOurs = origin?.job === id && (sizes[as] === undefined || sizes[as] === size);
    made.push({ as, key: keys[as], etag, isOurs, origin });
  }
  return made;
}

/** True when a result belongs to the upload of this job, but was made by another job. */
function isSame({ job, upload }: Author, { id, identity }: Errand): boolean {
  return job !== id && upload !== null && orderOf(upload, identity) === 'same';
}

async function clear(leftovers: { key: string; etag: string }[], { results }: Stores): Promise<void> {
  for (const { key, etag } of leftovers) await results.remove(key, etag);
}

/**
 * True when a result was made from a newer upload than the job's. If the marks of the two do not tell the order, it
 * looks which upload the bucket has now: that is the newest.
 */
export async function isNewer(author: Author, { id, identity }: Errand, { uploads }: Stores): Promise<boolean> {
  if (author.upload === null || author.job === id) return false;
  const order = orderOf(author.upload, identity);
  if (order !== 'unknown') return order === 'newer';
  const { bucket, key } = identity;
  const current = await uploads.find({ bucket, key, versionId: null, etag: null, sequencer: null });
  return (
    current === null || orderOf({ ...current.identity, sequencer: null }, { ...identity, sequencer: null }) !== 'same'
  );
}

export const JSON_TYPE = 'application/json';
