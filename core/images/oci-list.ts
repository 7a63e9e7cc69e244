import { type Digest, parseDigest } from '../model/digest.ts';
import { field, type Json, listIn, textIn } from '../model/json.ts';
import { type Artifact, ArtifactReader } from './artifact.ts';
import { type Descriptor, descriptorsOf, REF_NAME } from './descriptor.ts';
import { OCI_EITHER } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import { countImage, expectWithin } from './image-budget.ts';
import type { ListedImage } from './listed.ts';

/**
 * An entry of an OCI index whose document is not in the archive. This is normal: an archive often has only one platform
 * of an image for several platforms. `platform` is null when the entry states none.
 */
export interface AbsentManifest {
  digest: Digest;
  platform: string | null;
}

/**
 * Facts about `index.json`, such as the number of its entries, and those of its entries that are not images of the
 * archive: artifacts, attestations, and entries whose document is missing.
 */
export interface IndexNotes {
  /** The folder of the archive that holds `index.json`, with a slash at the end; empty for the root. */
  folder: string;
  absent: AbsentManifest[];
  /** The number of entries in `index.json`, without those of other indexes; 0 when it cannot be used. */
  entries: number;
  /** The tags that `index.json` gives to its own entries, in the annotation `org.opencontainers.image.ref.name`. */
  tags: string[];
  /** The number of attestations (provenance or SBOM documents) in `index.json` and the indexes below it. */
  attestations: number;
  artifacts: Artifact[];
}

/**
 * The document that an index entry points to. Only what is needed to list images is kept of it: it is an artifact, a
 * further index or an image, and the fields for the other kinds are null.
 */
interface Target {
  artifact: Artifact | null;
  /** The entries of the document if it is an OCI index (its field `manifests`); else null. */
  manifests: readonly Descriptor[] | null;
  /** The image that the document describes, if it is the manifest of an image; else null. */
  image: ListedImage | null;
}

/**
 * The images that `index.json` (`top`) and the indexes below it list. An image that is listed several times occurs
 * once, with all its names. Facts about other entries, such as attestations, are written into `into`. Throws a
 * LadingError (`bad-archive`) beyond a limit.
 */
export function ociImages(documents: DocumentObserver, top: Json, into: IndexNotes): ListedImage[] {
  const entries = listIn(top, 'manifests');
  into.entries = entries.length;
  into.tags = entries.flatMap((entry) => textIn(field(entry, 'annotations'), REF_NAME) ?? []);
  const walk = new IndexWalk(documents, into);
  walk.visit(descriptorsOf(entries), [], 1, null);
  return walk.images();
}

/**
 * Reads the entries of `index.json` and of all indexes below it, and collects the images. Each document is read once,
 * however often it is listed.
 */
class IndexWalk {
  readonly #documents: DocumentObserver;
  readonly #into: IndexNotes;
  readonly #artifacts: ArtifactReader;
  readonly #targets = new Map<Digest, Target | null>();
  readonly #images = new Map<Digest, { image: ListedImage; names: Set<string>; tags: Set<string> }>();

  constructor(documents: DocumentObserver, into: IndexNotes) {
    this.#documents = documents;
    this.#into = into;
    this.#artifacts = new ArtifactReader(documents, (digest) => blobIn(into.folder, digest));
  }

  images(): ListedImage[] {
    return [...this.#images.values()].map(({ image, names, tags }) => ({
      ...image,
      names: [...names],
      tags: [...tags],
    }));
  }

  visit(descriptors: readonly Descriptor[], names: readonly string[], depth: number, within: Digest | null): void {
    expectWithin('indexDepth', depth);
    this.#documents.budget.add('descriptors', descriptors.length);
    for (const descriptor of descriptors) {
      const { digest } = descriptor;
      const target = this.#target(digest);
      if (descriptor.isAttestation) this.#into.attestations++;
      else if (target === null) this.#into.absent.push({ digest, platform: descriptor.platformText });
      else if (target.artifact !== null) this.#into.artifacts.push(target.artifact);
      else {
        const own = [...names, ...descriptor.names];
        const isIndex = target.manifests !== null || descriptor.isIndex;
        if (isIndex) this.visit(target.manifests ?? [], own, depth + 1, within ?? digest);
        else if (target.image !== null) this.#add(descriptor, target.image, own, within);
      }
    }
  }

  /**
   * What the document with this digest is: an artifact, a further index or an image. Null when it is missing in the
   * archive. Each document is read once.
   */
  #target(digest: Digest): Target | null {
    const known = this.#targets.get(digest);
    if (known !== undefined) return known;
    const document = this.#documents.object(blobIn(this.#into.folder, digest), OCI_EITHER);
    const target = document && this.#targetOf(document, digest);
    this.#targets.set(digest, target);
    return target;
  }

  #targetOf(document: Json, digest: Digest): Target {
    const artifact = this.#artifacts.of(document);
    const list = field(document, 'manifests');
    const isImage = artifact === null && !Array.isArray(list);
    const image = isImage ? manifestImage(document, (blob) => blobIn(this.#into.folder, blob)) : null;
    return {
      artifact,
      manifests: Array.isArray(list) ? descriptorsOf(list) : null,
      image: image === null ? null : { ...image, manifestDigest: digest },
    };
  }

  /**
   * Adds an image to those that were found. `own` are the names that entries give it; one that begins with `:` is only
   * a tag. `index` is the digest of the index that lists it; null for `index.json`. An image that was found before gets
   * the further names. If only `index.json` listed it before, the new place replaces the earlier one.
   */
  #add({ digest, platform }: Descriptor, image: ListedImage, own: string[], index: Digest | null): void {
    const place = { index, at: this.#images.size, platform };
    let listed = this.#images.get(digest);
    if (listed === undefined) {
      countImage(this.#documents.budget, 0, image.layers.length);
      listed = { image: { ...image, place }, names: new Set(), tags: new Set() };
      this.#images.set(digest, listed);
    } else if ((listed.image.place?.index ?? null) === null) {
      // The image was listed on its own before; the index tells more about it.
      listed.image.place = place;
    }
    const { names, tags } = listed;
    const before = names.size + tags.size;
    for (const name of own) {
      expectWithin('nameCharacters', name.length);
      if (name.startsWith(':')) tags.add(name.slice(1));
      else names.add(name);
    }
    this.#documents.budget.add('imageNames', names.size + tags.size - before);
  }
}

/**
 * The image that an OCI or Docker manifest describes, without names and without the digest of the manifest. `where`
 * returns the path of the blob with a digest. The path of a layer is empty when its digest is invalid. Throws a
 * LadingError (`bad-archive`) when there are more layers than `LIMITS.imageLayers`.
 */
export function manifestImage(manifest: Json, where: (digest: Digest) => string): ListedImage {
  const config = parseDigest(textIn(field(manifest, 'config'), 'digest') ?? '');
  const descriptors = listIn(manifest, 'layers');
  expectWithin('imageLayers', descriptors.length);
  const layers = descriptors.map((each) => {
    const layerDigest = parseDigest(textIn(each, 'digest') ?? '');
    const path = layerDigest === null ? '' : where(layerDigest);
    return { path, mediaType: textIn(each, 'mediaType'), digest: layerDigest };
  });
  return {
    names: [],
    tags: [],
    config: config === null ? null : where(config),
    configDigest: config,
    layers,
    manifestDigest: null,
    listedIn: ['index.json'],
  };
}

/**
 * The path in an archive of the blob with the digest `digest`: `blobs/sha256/…`, in the folder that has the OCI layout.
 * `folder` ends with a slash, or is empty for the root.
 */
export function blobIn(folder: string, digest: Digest): string {
  return `${folder}blobs/${digest.replace(':', '/')}`;
}
