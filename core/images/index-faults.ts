import { type Digest, parseDigest } from '../model/digest.ts';
import type { DocumentFault } from '../model/inspection.ts';
import { asObject, field, type Json, listIn, textIn } from '../model/json.ts';
import { referenceOf } from '../model/reference.ts';
import { REF_NAME } from './descriptor.ts';
import type { DocumentObserver } from './documents.ts';
import { expectWithin, ImageBudget } from './image-budget.ts';
import { blobIn } from './oci-list.ts';

const OCI = 'application/vnd.oci.image.';
const DOCKER = 'application/vnd.docker.';
const OCI_INDEX = `${OCI}index.v1+json`;
const DOCKER_MANIFEST = `${DOCKER}distribution.manifest.v2+json`;
/** A pattern for the media types that layers may have in a manifest of Docker's own type. */
const DOCKER_LAYER = /^application\/vnd\.docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip)?$/;
/** The most common platform. The faults of an image archive are those for a client on a machine of this platform. */
const USUAL = 'linux/amd64';
/** The second platform whose programs a machine with linux/amd64 can run. */
const LESSER = 'linux/386';

/**
 * A document (OCI manifest or OCI index) that an entry of an OCI index points to. Of the document, only the facts that
 * are needed for the checks are kept. They are found once, because many entries may point to the document, and it may
 * have very many layers.
 */
interface Target {
  configType: string;
  /** True when a manifest lists a layer with a media type of Docker. False for an index. */
  hasDockersLayer: boolean;
  /** True when a manifest lists a layer with a media type that a manifest of Docker's own type may not have. */
  hasOtherLayer: boolean;
  /** The entries of the document if it is an OCI index (its field `manifests`); null if it is a manifest. */
  manifests: readonly EntryFields[] | null;
}

/**
 * The fields of an OCI index entry that are needed for the checks. They are read once, however often the index is
 * listed.
 */
interface EntryFields {
  digest: Digest | null;
  mediaType: string;
  /** The platform of an index entry as `os/architecture`, without the variant; null when the entry states none. */
  platform: string | null;
}

/** An entry of `index.json`, or of an index below it. */
interface Entry extends Pick<EntryFields, 'mediaType' | 'platform'> {
  /** The document to which an entry of an OCI index points; null when it is not in the archive. */
  target: Target | null;
  /**
   * The entries of the OCI index to which this entry points. Null when it points to something else, or to a missing
   * document.
   */
  below: Entry[] | null;
}

/**
 * Codes of the faults in `index.json`, and in the indexes below it, because of which some clients refuse the archive.
 * The faults are about names, tags, media types and platforms. `folder` is the folder with `index.json`: it ends with a
 * slash, or is empty for the root. Throws a LadingError (`bad-archive`) beyond a limit.
 */
export function indexFaults(documents: DocumentObserver, folder: string): DocumentFault[] {
  const top = listIn(documents.object(`${folder}index.json`), 'manifests').map(asObject);
  const reader = new EntryReader(documents, folder);
  const entries = reader.entries(top.map(fieldsOf), 1);
  const all = [...nodes(entries)];
  const manifests = all.filter(({ below }) => below === null);
  const faults: [DocumentFault, boolean][] = [
    ['name-unqualified', top.some((each, at) => isUnqualified(each) && entries[at]?.target !== null)],
    ['tag-ambiguous', isAmbiguous(top, entries)],
    ['types-of-docker', all.some(isDockers)],
    ['types-mixed', manifests.some(isMixed)],
    ['config-of-docker', manifests.some(hasDockersConfig)],
    ['platform-elsewhere', !entries.some(isUsual) || manifests.some((each) => isAbsent(each, USUAL))],
    ['platform-lesser-absent', manifests.some((each) => isAbsent(each, LESSER))],
    ['platformless-absent', manifests.some(({ platform, target }) => platform === null && target === null)],
    ...absentNames(top, entries),
    ['platform-not-in-index', entries.some(({ below }) => below !== null && !below.some(isUsual))],
  ];
  return faults.filter(([, holds]) => holds).map(([fault]) => fault);
}

/**
 * Checks if entries of `index.json` (`top`) that have a name or a tag point to documents that are missing in the
 * archive. Clients differ: of several entries with the same name or tag, some take the first, some the last, and some
 * need them all. Returns a pair for each of these three cases: the code of its fault, and true if `index.json` has this
 * fault.
 */
function absentNames(top: (Json | null)[], entries: Entry[]): [DocumentFault, boolean][] {
  const isThere = (at: number) => entries[at]?.target !== null;
  const places = top.map((_, at) => at);
  const byName = Map.groupBy(places, (at) => nameOf(top[at] ?? null));
  byName.delete(null);
  const byTag = Map.groupBy(places, (at) => noted(top[at] ?? null, REF_NAME));
  byTag.delete(null);
  const groups = [...byName.values()];
  return [
    ['named-entry-absent', groups.some((each) => !each.every(isThere))],
    ['last-of-name-absent', groups.some((each) => each.some(isThere) && !isThere(each.at(-1) ?? 0))],
    ['first-of-tag-absent', byTag.size > 0 && byTag.values().every(([first = 0]) => !isThere(first))],
  ];
}

/**
 * Reads the entries of `index.json` and of the indexes below it. Throws a LadingError (`bad-archive`) when there are
 * more entries, or more indexes inside each other, than `LIMITS` allows.
 */
class EntryReader {
  readonly #documents: DocumentObserver;
  readonly #folder: string;
  readonly #targets = new Map<Digest, Target | null>();
  readonly #budget = new ImageBudget();

  constructor(documents: DocumentObserver, folder: string) {
    this.#documents = documents;
    this.#folder = folder;
  }

  entries(listed: readonly EntryFields[], depth: number): Entry[] {
    expectWithin('indexDepth', depth);
    this.#budget.add('descriptors', listed.length);
    return listed.map(({ digest, mediaType, platform }) => {
      const target = digest === null ? null : this.#target(digest);
      const manifests = target?.manifests ?? null;
      return { mediaType, platform, target, below: manifests === null ? null : this.entries(manifests, depth + 1) };
    });
  }

  #target(digest: Digest): Target | null {
    const known = this.#targets.get(digest);
    if (known !== undefined) return known;
    const document = this.#documents.object(blobIn(this.#folder, digest));
    const list = field(document, 'manifests');
    const layerTypes = listIn(document, 'layers').map((each) => textIn(each, 'mediaType') ?? '');
    const target = document && {
      configType: textIn(field(document, 'config'), 'mediaType') ?? '',
      hasDockersLayer: layerTypes.some((type) => type.startsWith(DOCKER)),
      hasOtherLayer: layerTypes.some((type) => !DOCKER_LAYER.test(type)),
      manifests: Array.isArray(list) ? list.map(fieldsOf) : null,
    };
    this.#targets.set(digest, target);
    return target;
  }
}

function fieldsOf(json: unknown): EntryFields {
  const platform = asObject(field(json, 'platform'));
  return {
    digest: parseDigest(textIn(json, 'digest') ?? ''),
    mediaType: textIn(json, 'mediaType') ?? '',
    platform: platform === null ? null : `${textIn(platform, 'os')}/${textIn(platform, 'architecture')}`,
  };
}

function leaves(entry: Entry): number {
  return entry.below === null ? 1 : entry.below.reduce((sum, each) => sum + leaves(each), 0);
}

/** Yields the given entries of an index, and all entries of the indexes to which they point. */
function* nodes(entries: readonly Entry[]): Generator<Entry> {
  for (const entry of entries) {
    yield entry;
    if (entry.below !== null) yield* nodes(entry.below);
  }
}

/**
 * True when an index entry gives its image an incomplete or invalid name; false when it gives none. Docker's containerd
 * store keeps the name `app` as it is, but later looks for the complete name `docker.io/library/app:latest`.
 */
function isUnqualified(descriptor: Json | null): boolean {
  const name = nameOf(descriptor);
  if (name === null) return false;
  return referenceOf(name)?.canonical !== name;
}

/**
 * True when one tag in `index.json` belongs to several manifests: because several entries have it, or because an entry
 * with it points to an index of several manifests. `top` has the entries as JSON, and `entries` has them in the same
 * order with what they point to.
 */
function isAmbiguous(top: (Json | null)[], entries: Entry[]): boolean {
  const manifests = new Map<string, number>();
  for (const [i, entry] of entries.entries()) {
    const tag = noted(top[i] ?? null, REF_NAME);
    const found = entry.mediaType === OCI_INDEX ? leaves(entry) : 1;
    if (tag !== null) manifests.set(tag, (manifests.get(tag) ?? 0) + found);
  }
  return manifests.values().some((number) => number > 1);
}

function isDockers({ mediaType, target }: Entry): boolean {
  if (mediaType.startsWith(DOCKER)) return true;
  return target !== null && (target.hasDockersLayer || target.configType.startsWith(DOCKER));
}

function isMixed({ mediaType, target }: Entry): boolean {
  return mediaType === DOCKER_MANIFEST && target?.hasOtherLayer === true;
}

function hasDockersConfig({ mediaType, target }: Entry): boolean {
  return mediaType !== DOCKER_MANIFEST && target !== null && target.configType.startsWith(DOCKER);
}

/**
 * True when a linux/amd64 machine finds an image for it in an index entry, or in the index to which the entry points.
 * An entry without a platform is taken for one of linux/amd64.
 */
function isUsual({ platform, target, below }: Entry): boolean {
  if (platform !== null && platform !== USUAL) return false;
  return below === null ? target !== null : below.some(isUsual);
}

function isAbsent({ platform, target }: Entry, wanted: string): boolean {
  return platform === wanted && target === null;
}

/** The name or tag by which containerd calls the image of an index entry; null when the entry gives none. */
function nameOf(descriptor: Json | null): string | null {
  return noted(descriptor, 'io.containerd.image.name') ?? noted(descriptor, REF_NAME);
}

function noted(descriptor: Json | null, key: string): string | null {
  const text = textIn(field(descriptor, 'annotations'), key);
  return text === '' ? null : text;
}
