import type { ArchiveManifest } from '../manifest/manifest.ts';
import { LadingError } from '../model/errors.ts';
import type { Plan } from '../model/plan.ts';
import { type Author, type Errand, manifestAuthor, parseManifest } from './job.ts';
import { resultKeys } from './keys.ts';
import { orderOf } from './order.ts';
import type { Commit, Results, Uploads } from './stores.ts';

/** The stores in which results come to rest. */
export interface Stores {
  uploads: Uploads;
  results: Results;
}

/** What an errand leads to. */
export interface Product {
  /** The image archive; null when there is none, and there must be none. */
  plan: Plan | null;
  manifest(bytesSent: number): ArchiveManifest;
  /** See `Commit`; also told before anything is begun. */
  onProgress?: Commit['onProgress'];
}

/** How the results were found, or left. */
export type Ending =
  | { kind: 'written'; manifest: ArchiveManifest }
  /** They are those of this very errand already. */
  | { kind: 'already-done'; manifest: ArchiveManifest }
  /** They belong, or are about to, to a newer upload. */
  | { kind: 'superseded' };

/** The results of a key as an errand finds them. */
type Scene =
  | { kind: 'already-done'; manifest: ArchiveManifest }
  | { kind: 'superseded'; leftovers: { key: string; etag: string }[] }
  /** To be replaced: the ETag of the manifest, and of the image archive, where they are there. */
  | { kind: 'open'; manifest: string | null; image: string | null; imageIsOurs: boolean };

/** Each round is lost only to somebody who has won one. */
const ROUNDS = 6;

/** What the results are to an errand before any work is done for it; null when there is work to do. */
export async function settled(errand: Errand, stores: Stores): Promise<Ending | null> {
  const scene = await survey(errand, null, stores);
  if (scene.kind === 'superseded') await clear(scene.leftovers, stores);
  return scene.kind === 'open' ? null : scene;
}

/**
 * Brings the results of an errand to rest: image first, manifest last, each only in place of something older. The
 * manifest that is replaced goes before its image does, so that the two never contradict each other. Looks again after
 * each change, until it finds its own work. Throws `contended` when others never let it.
 */
export async function settle(errand: Errand, product: Product, stores: Stores): Promise<Ending> {
  let written: ArchiveManifest | null = null;
  let bytesSent = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const scene = await survey(errand, product.plan, stores);
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
    if (await stores.results.put(at, json(manifest), JSON_TYPE, prepared.manifest)) written = manifest;
  }
  const { key } = errand.identity;
  throw new LadingError('contended', `Cannot finish ${key}: its results are being written by others all the time`);
}

/** Puts the image archive into its place, or out of it; null when somebody else was faster. */
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

/** The last look before an image archive appears: others may have come while it was made. */
async function makeWay(errand: Errand, plan: Plan, stores: Stores): Promise<{ expected: string | null } | null> {
  const scene = await survey(errand, plan, stores);
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

async function survey(errand: Errand, plan: Plan | null, stores: Stores): Promise<Scene> {
  const keys = resultKeys(errand.identity.key);
  const manifest = await stores.results.get(keys.manifest);
  const author = manifest === null ? null : manifestAuthor(manifest.bytes);
  const image = await stores.results.look(keys.image);
  const imageIsOurs = image?.origin?.job === errand.id && (plan === null || image.size === plan.size);
  const mine = manifest !== null && author?.job === errand.id;
  if (author !== null && (await isNewer(author, errand, stores))) {
    // An image archive that came too late; beside a newer one there is only room for its equal.
    const late = image !== null && imageIsOurs && !author.image;
    return { kind: 'superseded', leftovers: late ? [{ key: keys.image, etag: image.etag }] : [] };
  }
  if (image !== null && image.origin !== null && (await isNewer(image.origin, errand, stores))) {
    return { kind: 'superseded', leftovers: mine ? [{ key: keys.manifest, etag: manifest.etag }] : [] };
  }
  const asSaid = author?.image === true ? imageIsOurs || (image !== null && image.origin === null) : image === null;
  const ours = mine && asSaid ? parseManifest(manifest.bytes) : null;
  if (ours !== null) return { kind: 'already-done', manifest: ours };
  return { kind: 'open', manifest: manifest?.etag ?? null, image: image?.etag ?? null, imageIsOurs };
}

async function clear(leftovers: { key: string; etag: string }[], { results }: Stores): Promise<void> {
  for (const { key, etag } of leftovers) await results.remove(key, etag);
}

/** True when a result is of a newer upload than an errand. Where the marks do not tell, the upload that is there now is the newest. */
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

export function json(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}
