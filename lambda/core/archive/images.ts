import type { Digest } from '../digest.ts';
import { parseDigest } from '../digest.ts';
import { parsePlatform } from '../image/platform.ts';
import type { FoundImage } from '../inspection.ts';
import type { DocumentObserver } from './documents.ts';

type Json = Record<string, unknown>;

/** One entry of a docker archive's `manifest.json`. */
export interface DockerEntry {
  config: string;
  layers: string[];
  names: string[];
}

/** The entries of `manifest.json`, or null when it is no docker manifest. Keys in any letter case, as Go reads them. */
export function dockerEntries(documents: DocumentObserver): DockerEntry[] | null {
  const json = documents.json('manifest.json');
  if (!Array.isArray(json)) return null;
  const entries = json.map((each: unknown) => dockerEntry(isObject(each) ? each : {}));
  return entries.every((entry) => entry !== null) ? entries : null;
}

/** The manifests named by `index.json`, nested indexes not followed; null without a valid `oci-layout`. */
export function ociManifests(
  documents: DocumentObserver,
): { digest: Digest; names: string[]; manifest: Json | null }[] | null {
  const layout = documents.json('oci-layout');
  const index = documents.json('index.json');
  if (!isObject(layout) || typeof layout['imageLayoutVersion'] !== 'string' || !isObject(index)) return null;
  return list(index['manifests']).flatMap((descriptor) => {
    const digest = isObject(descriptor) ? parseDigest(text(descriptor['digest']) ?? '') : null;
    if (digest === null || !isObject(descriptor)) return [];
    const notes = isObject(descriptor['annotations']) ? descriptor['annotations'] : {};
    const name = text(notes['io.containerd.image.name']) ?? text(notes['org.opencontainers.image.ref.name']);
    const manifest = documents.json(blobPath(digest));
    return [{ digest, names: name === null ? [] : [name], manifest: isObject(manifest) ? manifest : null }];
  });
}

/** The images of a docker archive. `digestOf` is the sha256 of a config's bytes. */
export async function dockerImages(
  documents: DocumentObserver,
  digestOf: (bytes: Uint8Array) => Promise<Digest>,
): Promise<FoundImage[]> {
  const manifests = new Map(ociManifests(documents)?.map((each) => [configOf(each.manifest), each.digest]));
  return Promise.all(
    (dockerEntries(documents) ?? []).map(async (entry) => {
      const bytes = documents.documents.get(entry.config);
      const configDigest = bytes === undefined ? null : await digestOf(bytes);
      const layers = entry.layers.map((path) => ({ digest: digestIn(path), size: documents.sizes.get(path) ?? null }));
      const manifestDigest = manifests.get(configDigest) ?? null;
      return foundImage(entry.names, documents.json(entry.config), configDigest, manifestDigest, layers);
    }),
  );
}

/** The images of an OCI image layout. */
export function ociImages(documents: DocumentObserver): FoundImage[] {
  return (ociManifests(documents) ?? []).map(({ digest, names, manifest }) => {
    const config = configOf(manifest);
    const layers = list(manifest?.['layers']).map((each) => {
      const layer = isObject(each) ? each : {};
      return {
        digest: parseDigest(text(layer['digest']) ?? ''),
        size: typeof layer['size'] === 'number' ? layer['size'] : null,
      };
    });
    return foundImage(names, config === null ? null : documents.json(blobPath(config)), config, digest, layers);
  });
}

function foundImage(
  names: string[],
  configJson: unknown,
  configDigest: Digest | null,
  manifestDigest: Digest | null,
  layers: { digest: Digest | null; size: number | null }[],
): FoundImage {
  const config = isObject(configJson) ? configJson : {};
  const rootfs = isObject(config['rootfs']) ? config['rootfs'] : {};
  const diffIDs = list(rootfs['diff_ids']).map((each) => parseDigest(text(each) ?? ''));
  const history = list(config['history']).filter(isObject);
  const creators = history.filter((step) => step['empty_layer'] !== true).map((step) => text(step['created_by']));
  return {
    names,
    platform: platformOf(config),
    configDigest,
    manifestDigest,
    created: text(config['created']),
    layers: layers.map((layer, i) => ({ ...layer, diffID: diffIDs[i] ?? null, createdBy: creators[i] ?? null })),
    config: isObject(config['config']) ? config['config'] : null,
    history,
  };
}

function platformOf(config: Json): FoundImage['platform'] {
  const parts = [config['os'], config['architecture'], config['variant']]
    .map(text)
    .filter((part) => part !== null && part !== '');
  const platform = parsePlatform(parts.join('/'));
  return parts.length >= 2 && platform.ok ? platform.value : null;
}

function dockerEntry(json: Json): DockerEntry | null {
  const lower = Object.fromEntries(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value]));
  const config = text(lower['config']);
  const { layers, repotags } = lower;
  if (config === null || !Array.isArray(layers) || !layers.every((layer) => typeof layer === 'string')) return null;
  return { config, layers, names: list(repotags).filter((name) => typeof name === 'string') };
}

function configOf(manifest: Json | null): Digest | null {
  const config = manifest?.['config'];
  return isObject(config) ? parseDigest(text(config['digest']) ?? '') : null;
}

function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`;
}

function digestIn(path: string): Digest | null {
  const match = /(?:^|sha256[/:])([0-9a-f]{64})(?:\.tar(?:\.gz)?)?$/.exec(path);
  return match === null ? null : parseDigest(`sha256:${match[1]}`);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
