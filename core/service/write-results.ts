import type { ArchiveManifest } from '../manifest/manifest.ts';
import { LadingError } from '../model/errors.ts';
import { indentedJson } from '../model/indented-json.ts';
import type { Plan } from '../model/plan.ts';
import { orderOf } from './event-order.ts';
import { type Author, type Errand, manifestAuthor, parseManifest } from './job.ts';
import { resultKeys } from './keys.ts';
import type { Commit, Results, Uploads } from './stores.ts';

/** The store of uploads and the store of results. */
export interface Stores {
  uploads: Uploads;
  results: Results;
}

/** The results that a job writes: the image archive and the archive manifest. */
export interface Product {
  /** The plan of the image archive; null when there is none to write. */
  plan: Plan | null;
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
  // The results are older and can be replaced. Has the ETags of the manifest and the image archive; null if absent.
  | { kind: 'open'; manifest: string | null; image: string | null; imageIsOurs: boolean };

/** The most times that a job tries to write its results. A try fails if another function changes them meanwhile. */
const ROUNDS = 6;

/**
 * Finds out whether a job has nothing to do, because its results or those of a newer upload exist. Null when it must
 * write its results. A manifest with outcome `failed` is no result.
 */
export async function settled(errand: Errand, stores: Stores): Promise<Ending | null> {
  const scene = await survey(errand, { plan: null }, stores);
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
 * Writes the image archive of a job. If the job makes none, removes the image archive of an earlier upload. Null when
 * another function has changed the results meanwhile.
 */
async function prepareImage(
  scene: Scene & { kind: 'open' },
  errand: Errand,
  { plan, onProgress }: Product,
  stores: Stores,
): Promise<{ bytesSent: number; manifest: string | null } | null> {
  const { image: key } = resultKeys(errand.identity.key);
  if (plan !== null && scene.imageIsOurs) return { bytesSent: 0, manifest: scene.manifest };
  if (plan !== null) {
    const { versionId, etag, sequencer } = errand.identity;
    const origin = { job: errand.id, upload: { versionId, etag, sequencer } };
    const ready = () => makeWay(errand, plan, stores);
    onProgress?.(0, 0);
    const commit = { origin, ready, onProgress };
    const assembled = await stores.results.assemble(key, plan, errand.identity, commit);
    return assembled === null ? null : { bytesSent: assembled.bytesSent, manifest: null };
  }
  if (scene.image === null) return { bytesSent: 0, manifest: scene.manifest };
  const cleared = (await dropManifest(scene, errand, stores)) && (await stores.results.remove(key, scene.image));
  return cleared ? { bytesSent: 0, manifest: null } : null;
}

/**
 * Removes the archive manifest of an older upload, just before the new image archive becomes visible. Null when the new
 * image archive must not be written after all.
 */
async function makeWay(errand: Errand, plan: Plan, stores: Stores): Promise<{ expected: string | null } | null> {
  const scene = await survey(errand, { plan }, stores);
  if (scene.kind !== 'open' || scene.imageIsOurs) return null;
  return (await dropManifest(scene, errand, stores)) ? { expected: scene.image } : null;
}

async function dropManifest(
  { manifest }: Scene & { kind: 'open' },
  { identity }: Errand,
  { results }: Stores,
): Promise<boolean> {
  return manifest === null || (await results.remove(resultKeys(identity.key).manifest, manifest));
}

async function survey(
  errand: Errand,
  { plan, failed = false }: Pick<Product, 'plan' | 'failed'>,
  stores: Stores,
): Promise<Scene> {
  const keys = resultKeys(errand.identity.key);
  const manifest = await stores.results.get(keys.manifest);
  const author = manifest === null ? null : manifestAuthor(manifest.bytes);
  const image = await stores.results.look(keys.image);
  const imageIsOurs = image?.origin?.job === errand.id && (plan === null || image.size === plan.size);
  const mine = manifest !== null && author?.job === errand.id;
  if (author !== null && (await isNewer(author, errand, stores))) {
    // This errand's image archive came too late. It goes, unless the newer manifest says that there is one.
    const late = image !== null && imageIsOurs && !author.image;
    return { kind: 'superseded', leftovers: late ? [{ key: keys.image, etag: image.etag }] : [] };
  }
  if (image !== null && image.origin !== null && (await isNewer(image.origin, errand, stores))) {
    return { kind: 'superseded', leftovers: mine ? [{ key: keys.manifest, etag: manifest.etag }] : [] };
  }
  if (failed && author !== null && !author.failed && isSame(author, errand))
    return { kind: 'superseded', leftovers: [] };
  const asSaid = author?.image === true ? imageIsOurs || (image !== null && image.origin === null) : image === null;
  const ours = mine && asSaid && (failed || !author.failed) ? parseManifest(manifest.bytes) : null;
  if (ours !== null) return { kind: 'already-done', manifest: ours };
  return { kind: 'open', manifest: manifest?.etag ?? null, image: image?.etag ?? null, imageIsOurs };
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
