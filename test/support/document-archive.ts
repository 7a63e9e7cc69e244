import { changedDocument } from './document-maker.ts';
import { archive, type Entry } from './tar-builder.ts';
import { sha256 } from './tools.ts';

/** The documents of an image archive. */
export type Document = 'config' | 'manifest' | 'index' | 'layout' | 'docker-manifest' | 'repositories' | 'json';

/** The formats of archives, with the documents in each. */
export const FORMATS = {
  docker: ['config', 'docker-manifest'],
  oci: ['config', 'manifest', 'index', 'layout'],
  hybrid: ['config', 'manifest', 'index', 'layout', 'docker-manifest'],
  legacy: ['json', 'repositories'],
  directory: ['config', 'manifest'],
} as const satisfies Record<string, readonly Document[]>;

export type Format = keyof typeof FORMATS;

const TYPES = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
};

/** Changes a document before the next one takes its digest. */
export type Change = (document: Document, bytes: Buffer) => Buffer;

/** An image archive of two layers whose documents were changed, with digests and sizes that still fit. */
export function changedArchive(
  format: Format,
  layers: readonly Uint8Array[],
  names: readonly string[],
  execution: object,
  change: Change,
): Buffer {
  const document = (kind: Document, json: unknown) => change(kind, Buffer.from(JSON.stringify(json)));
  if (format === 'legacy') return legacyArchive(layers, names, execution, document);
  const config = document('config', configOf(layers, execution));
  const manifest = document('manifest', manifestOf(config, layers));
  const path = (bytes: Uint8Array) =>
    format === 'directory' ? sha256(bytes).slice(7) : `blobs/sha256/${sha256(bytes).slice(7)}`;
  const top: Entry[] = [];
  if (format === 'directory') top.push({ name: 'manifest.json', body: manifest });
  if (format === 'oci' || format === 'hybrid') {
    top.push(
      { name: 'oci-layout', body: document('layout', { imageLayoutVersion: '1.0.0' }) },
      { name: 'index.json', body: document('index', indexOf(manifest, names)) },
      { name: path(manifest), body: manifest },
    );
  }
  if (format === 'docker' || format === 'hybrid') {
    const list = [{ Config: path(config), RepoTags: names, Layers: layers.map(path) }];
    top.push({ name: 'manifest.json', body: document('docker-manifest', list) });
  }
  return archive([...top, { name: path(config), body: config }, ...layers.map((body) => ({ name: path(body), body }))]);
}

function configOf(layers: readonly Uint8Array[], execution: object): object {
  return {
    architecture: 'amd64',
    os: 'linux',
    created: '2024-01-01T00:00:00Z',
    author: 'me',
    config: execution,
    rootfs: { type: 'layers', diff_ids: layers.map(sha256) },
    history: layers.map((_, i) => ({ created: '2024-01-01T00:00:00Z', created_by: `step ${i}` })),
  };
}

function descriptor(mediaType: string, bytes: Uint8Array): object {
  return { mediaType, digest: sha256(bytes), size: bytes.length };
}

function manifestOf(config: Uint8Array, layers: readonly Uint8Array[]): object {
  return {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: descriptor(TYPES.config, config),
    layers: layers.map((layer) => descriptor(TYPES.layer, layer)),
    annotations: { a: 'b' },
  };
}

function indexOf(manifest: Uint8Array, names: readonly string[]): object {
  const manifests = names.map((name) => ({
    ...descriptor(TYPES.manifest, manifest),
    annotations: { 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': name.split(':')[1] },
  }));
  return { schemaVersion: 2, manifests };
}

function legacyArchive(
  layers: readonly Uint8Array[],
  names: readonly string[],
  config: object,
  document: (kind: Document, json: unknown) => Buffer,
): Buffer {
  const entries: Entry[] = [];
  let parent: string | undefined;
  for (const layer of layers) {
    const id = sha256(Buffer.concat([Buffer.from(parent ?? ''), layer])).slice(7);
    const json = { id, parent, created: '2015-01-01T00:00:00Z', architecture: 'amd64', os: 'linux', config };
    entries.push(
      { name: `${id}/`, type: '5' },
      { name: `${id}/VERSION`, body: '1.0' },
      { name: `${id}/json`, body: document('json', json) },
      { name: `${id}/layer.tar`, body: layer },
    );
    parent = id;
  }
  const [repository = '', tag = ''] = (names[0] ?? '').split(':');
  return archive([
    ...entries,
    { name: 'repositories', body: document('repositories', { [repository]: { [tag]: parent } }) },
  ]);
}

/** An archive of which one random document was changed at random. */
export function randomArchive(
  layers: readonly Uint8Array[],
  names: readonly string[],
  execution: object,
  next: () => number,
): { bytes: Buffer; format: Format; changed: Document } {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const format = pick(Object.keys(FORMATS) as Format[]);
  const changed = pick<Document>(FORMATS[format]);
  const bytes = changedArchive(format, layers, names, execution, (document, sound) =>
    document === changed ? changedDocument(JSON.parse(sound.toString()), next) : sound,
  );
  return { bytes, format, changed };
}
