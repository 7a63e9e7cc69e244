import { parseDigest } from '../../digest.ts';
import { parseReference } from '../../image/reference.ts';
import type { DocumentFault } from '../../inspection.ts';
import { asObject, field, type Json, listIn, textIn } from '../../json.ts';
import type { DocumentObserver } from './documents.ts';
import { blobIn } from './image-index.ts';

const OCI = 'application/vnd.oci.image.';
const DOCKER = 'application/vnd.docker.';
const OCI_INDEX = `${OCI}index.v1+json`;
const DOCKER_MANIFEST = `${DOCKER}distribution.manifest.v2+json`;
/** The layers that a manifest of Docker may have. */
const DOCKER_LAYER = /^application\/vnd\.docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip)?$/;
/** Where most people are. A client takes the platform that its machine has, and this cannot be seen from an archive. */
const USUAL = 'linux/amd64';
/** What such a machine runs as well. */
const LESSER = 'linux/386';

/** An entry of the index, or of an index below it. */
interface Entry {
  mediaType: string;
  /** Null where it says none. */
  platform: string | null;
  /** Its document, null when that is not in the archive. */
  document: Json | null;
  /** What an index holds; null for anything else. */
  below: Entry[] | null;
}

/** What clients see differently about a sound index: its names, its tags, its media types, its platforms. */
export function indexFaults(documents: DocumentObserver, folder: string): DocumentFault[] {
  const top = listIn(documents.object(`${folder}index.json`), 'manifests').map(asObject);
  const entries = top.map((descriptor) => entryOf(descriptor, documents, folder, 0));
  const manifests = entries.flatMap(leaves);
  const faults: [DocumentFault, boolean][] = [
    ['name-unqualified', top.some(isUnqualified)],
    ['tag-ambiguous', isAmbiguous(top, entries)],
    ['types-of-docker', entries.flatMap(nodes).some(isDockers)],
    ['types-mixed', manifests.some(isMixed)],
    ['config-of-docker', manifests.some(hasDockersConfig)],
    ['platform-elsewhere', !entries.some(isUsual) || manifests.some((each) => isAbsent(each, USUAL))],
    ['platform-lesser-absent', manifests.some((each) => isAbsent(each, LESSER))],
    ['platform-not-in-index', entries.some(({ below }) => below !== null && !below.some(isUsual))],
  ];
  return faults.filter(([, holds]) => holds).map(([fault]) => fault);
}

function entryOf(descriptor: Json | null, documents: DocumentObserver, folder: string, depth: number): Entry {
  const digest = parseDigest(textIn(descriptor, 'digest') ?? '');
  const document = digest === null ? null : documents.object(blobIn(folder, digest));
  const list = field(document, 'manifests');
  const platform = asObject(field(descriptor, 'platform'));
  return {
    mediaType: textIn(descriptor, 'mediaType') ?? '',
    platform: platform === null ? null : `${textIn(platform, 'os')}/${textIn(platform, 'architecture')}`,
    document,
    below:
      Array.isArray(list) && depth < 4
        ? list.map((each) => entryOf(asObject(each), documents, folder, depth + 1))
        : null,
  };
}

function leaves(entry: Entry): Entry[] {
  return entry.below === null ? [entry] : entry.below.flatMap(leaves);
}

/** An entry and all below it. */
function nodes(entry: Entry): Entry[] {
  return [entry, ...(entry.below ?? []).flatMap(nodes)];
}

/** Docker's containerd store keeps the name as it stands there, and looks for the whole one. */
function isUnqualified(descriptor: Json | null): boolean {
  const name = noted(descriptor, 'io.containerd.image.name') ?? noted(descriptor, REF_NAME);
  if (name === null) return false;
  const parsed = parseReference(name);
  return !parsed.ok || parsed.value.canonical !== name;
}

/** True when a tag leads to several manifests; it may stand at one entry or at several. */
function isAmbiguous(top: (Json | null)[], entries: Entry[]): boolean {
  const manifests = new Map<string, number>();
  for (const [i, entry] of entries.entries()) {
    const tag = noted(top[i] ?? null, REF_NAME);
    const found = entry.mediaType === OCI_INDEX ? leaves(entry).length : 1;
    if (tag !== null) manifests.set(tag, (manifests.get(tag) ?? 0) + found);
  }
  return manifests.values().some((number) => number > 1);
}

function isDockers({ mediaType, document }: Entry): boolean {
  return mediaType.startsWith(DOCKER) || typesIn(document).some((type) => type.startsWith(DOCKER));
}

function isMixed({ mediaType, document }: Entry): boolean {
  return (
    mediaType === DOCKER_MANIFEST &&
    typesIn(document)
      .slice(1)
      .some((type) => !DOCKER_LAYER.test(type))
  );
}

function hasDockersConfig({ mediaType, document }: Entry): boolean {
  return mediaType !== DOCKER_MANIFEST && (typesIn(document)[0] ?? '').startsWith(DOCKER);
}

/** The media types of the config and of the layers. */
function typesIn(manifest: Json | null): string[] {
  if (manifest === null) return [];
  return [field(manifest, 'config'), ...listIn(manifest, 'layers')].map((each) => textIn(each, 'mediaType') ?? '');
}

/** True for an image that the usual machine takes from an index. */
function isUsual({ platform, document, below }: Entry): boolean {
  if (platform !== null && platform !== USUAL) return false;
  return below === null ? document !== null : below.some(isUsual);
}

function isAbsent({ platform, document }: Entry, wanted: string): boolean {
  return platform === wanted && document === null;
}

const REF_NAME = 'org.opencontainers.image.ref.name';

function noted(descriptor: Json | null, key: string): string | null {
  const text = textIn(field(descriptor, 'annotations'), key);
  return text === '' ? null : text;
}
