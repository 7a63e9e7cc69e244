import { type Digest, hex, parseDigest } from '../../digest.ts';
import { indexPlatform } from '../../image/platform.ts';
import { asObject, asText, field, type Json, listIn, textIn } from '../../json.ts';
import { type Artifact, artifactOf, isAttestation } from './artifact.ts';
import { LIMITS } from '../../limits.ts';
import { dockerImages } from './docker-list.ts';
import { CONFIG, OCI_EITHER, OCI_INDEX, OCI_LAYOUT, OCI_MANIFEST, REPOSITORIES } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import type { ListedImage } from './listed.ts';

/** An OCI descriptor in the index whose blob is not in the archive: normal for the other platforms of a save. */
export interface AbsentManifest {
  digest: Digest;
  platform: string | null;
}

/** All that the documents at one place of an archive list. */
export interface ImageIndex {
  /** The folder everything lies in, with its slash; empty for the root. */
  folder: string;
  docker: ListedImage[] | null;
  oci: ListedImage[] | null;
  legacy: ListedImage[] | null;
  /** The image of a folder that podman or skopeo wrote with the `dir:` transport. */
  directory: ListedImage[] | null;
  absent: AbsentManifest[];
  /** How many entries `index.json` has, and what they are tagged with (`org.opencontainers.image.ref.name`). */
  entries: number;
  tags: string[];
  /** Attestations and other manifests that are no image. */
  attestations: number;
  artifacts: Artifact[];
}

const REF_NAME = 'org.opencontainers.image.ref.name';

/** Bytes of documents that are read: indexes can list each other, so that they multiply. */
const MAX_READ = 2 * LIMITS.documentsBytes;

const MANIFEST_LISTS = new Set([
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
]);

/** Reads the documents in `folder` (the root, or the one folder an archive is wrapped in). */
export function readIndex(documents: DocumentObserver, folder = ''): ImageIndex {
  const index: ImageIndex = {
    folder,
    docker: null,
    oci: null,
    legacy: null,
    directory: null,
    absent: [],
    entries: 0,
    tags: [],
    attestations: 0,
    artifacts: [],
  };
  index.docker = dockerImages(documents, folder);
  const layout = documents.object(`${folder}oci-layout`, OCI_LAYOUT);
  const top = documents.object(`${folder}index.json`, OCI_INDEX);
  if (textIn(layout, 'imageLayoutVersion') !== null && top !== null) index.oci = ociImages(documents, top, index);
  index.legacy = legacyImages(documents, folder);
  index.directory = directoryImage(documents, folder, index);
  return index;
}

function ociImages(documents: DocumentObserver, top: Json, into: ImageIndex): ListedImage[] {
  const images = new Map<Digest, ListedImage>();
  let read = 0;
  const visit = (descriptors: unknown[], names: readonly string[], depth: number, within: Digest | null): void => {
    for (const descriptor of descriptors.map(asObject)) {
      const digest = parseDigest(textIn(descriptor, 'digest') ?? '');
      if (
        descriptor === null ||
        digest === null ||
        (read += documents.sizes.get(blobIn(into.folder, digest)) ?? 0) > MAX_READ
      )
        continue;
      const own = [...names, ...annotatedNames(descriptor)];
      const document = documents.object(blobIn(into.folder, digest), OCI_EITHER);
      const artifact = document === null ? null : artifactOf(documents, document, (blob) => blobIn(into.folder, blob));
      if (isAttestation(descriptor)) into.attestations++;
      else if (artifact !== null) into.artifacts.push(artifact);
      else if (document === null) into.absent.push({ digest, platform: describedPlatform(descriptor) });
      else if (
        MANIFEST_LISTS.has(textIn(descriptor, 'mediaType') ?? '') ||
        Array.isArray(field(document, 'manifests'))
      ) {
        if (depth < 4) visit(listIn(document, 'manifests'), own, depth + 1, within ?? digest);
      } else {
        const image = manifestImage(document, own, (blob) => blobIn(into.folder, blob));
        const place = { index: within, at: images.size, platform: indexPlatform(field(descriptor, 'platform')) };
        addImage(images, { ...image, manifestDigest: digest, place });
      }
    }
  };
  const entries = listIn(top, 'manifests');
  into.entries = entries.length;
  into.tags = entries.flatMap((entry) => textIn(field(entry, 'annotations'), REF_NAME) ?? []);
  visit(entries, [], 0, null);
  return [...images.values()];
}

/** One manifest may be listed once per name. */
function addImage(images: Map<Digest, ListedImage>, image: ListedImage): void {
  const digest = image.manifestDigest;
  if (digest === null) return;
  const earlier = images.get(digest);
  if (earlier === undefined) images.set(digest, image);
  else {
    earlier.names = [...new Set([...earlier.names, ...image.names])];
    earlier.tags = [...new Set([...earlier.tags, ...image.tags])];
    // By itself it is the same image: the index tells more of it.
    if ((earlier.place?.index ?? null) === null && image.place !== undefined) earlier.place = image.place;
  }
}

/** What an OCI or schema 2 manifest lists; `where` tells the path of a blob. A name that begins with `:` is a tag alone. */
function manifestImage(manifest: Json, names: readonly string[], where: (digest: Digest) => string): ListedImage {
  const config = parseDigest(textIn(field(manifest, 'config'), 'digest') ?? '');
  const layers = listIn(manifest, 'layers').map((each) => {
    const layerDigest = parseDigest(textIn(each, 'digest') ?? '');
    const path = layerDigest === null ? '' : where(layerDigest);
    return { path, mediaType: textIn(each, 'mediaType'), digest: layerDigest };
  });
  return {
    names: names.filter((name) => !name.startsWith(':')),
    tags: names.filter((name) => name.startsWith(':')).map((name) => name.slice(1)),
    config: config === null ? null : where(config),
    configDigest: config,
    layers,
    manifestDigest: null,
    listedIn: ['index.json'],
  };
}

/** The `dir:` transport: `manifest.json` is the image's own manifest, and its blobs lie beside it, named in hex. */
function directoryImage(documents: DocumentObserver, folder: string, into: ImageIndex): ListedImage[] | null {
  const manifest = documents.object(`${folder}manifest.json`, OCI_MANIFEST);
  if (manifest === null || !Array.isArray(field(manifest, 'layers'))) return null;
  const artifact = artifactOf(documents, manifest, (digest) => folder + hex(digest));
  if (artifact !== null && parseDigest(textIn(field(manifest, 'config'), 'digest') ?? '') !== null) {
    into.artifacts.push(artifact);
    return null;
  }
  const image = manifestImage(manifest, [], (digest) => folder + hex(digest));
  const isThere = image.config !== null && documents.sizes.has(image.config);
  return isThere ? [{ ...image, listedIn: ['manifest.json'] }] : null;
}

/** Archives from before Docker 1.10: `repositories` names the top layers, each layer's `json` its parent. */
function legacyImages(documents: DocumentObserver, folder: string): ListedImage[] | null {
  const repositories = documents.object(`${folder}repositories`, REPOSITORIES);
  if (repositories === null || documents.object(`${folder}manifest.json`, OCI_MANIFEST) !== null) return null;
  const images: ListedImage[] = [];
  for (const [repository, tags] of Object.entries(repositories)) {
    for (const [tag, top] of Object.entries(asObject(tags) ?? {})) {
      const image = legacyImage(documents, folder, asText(top) ?? '');
      if (image !== null) images.push({ ...image, names: [`${repository}:${tag}`] });
    }
  }
  return images.length === 0 ? null : images;
}

function legacyImage(documents: DocumentObserver, folder: string, top: string): ListedImage | null {
  const chain: string[] = [];
  const unreadable: string[] = [];
  for (let id: string | null = top; id !== null && id !== '' && chain.length < 200;) {
    const path: string = `${folder}${id}/json`;
    const json: Json | null = documents.object(path, CONFIG);
    if (json === null) unreadable.push(path);
    if (documents.sizes.has(path) || documents.sizes.has(`${folder}${id}/layer.tar`)) chain.unshift(id);
    id = textIn(json, 'parent');
  }
  if (chain.at(-1) !== top) return null;
  return {
    names: [],
    tags: [],
    config: `${folder}${top}/json`,
    configDigest: null,
    layers: chain.map((id) => ({ path: `${folder}${id}/layer.tar`, mediaType: null, digest: null })),
    manifestDigest: null,
    listedIn: ['repositories'],
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

/** The name that the index gives an entry; `:` and the tag where it gives a tag alone. */
function annotatedNames(descriptor: Json): string[] {
  const notes = asObject(field(descriptor, 'annotations'));
  const name = asText(notes?.['io.containerd.image.name']);
  const ref = asText(notes?.[REF_NAME]) ?? '';
  if (name !== null && name !== '') return [name];
  return ref === '' ? [] : [/[/:]/.test(ref) ? ref : `:${ref}`];
}

function describedPlatform(descriptor: Json): string | null {
  const platform = asObject(field(descriptor, 'platform'));
  if (platform === null || field(platform, 'architecture') === 'unknown') return null;
  return [field(platform, 'os'), field(platform, 'architecture'), field(platform, 'variant')]
    .filter((part) => typeof part === 'string')
    .join('/');
}

/** Where the blob of a digest lies in an OCI layout. */
export function blobIn(folder: string, digest: Digest): string {
  return `${folder}blobs/${digest.replace(':', '/')}`;
}
