import type { Finding } from '../catalogue/findings.ts';
import { concat } from '../model/byte-arrays.ts';
import { combineCrc32 } from '../model/crc32.ts';
import type { LayerCompression } from '../model/conversion-request.ts';
import type { Digest } from '../model/digest.ts';
import { LadingError } from '../model/errors.ts';
import type { ArchiveLayout } from '../model/conversion-request.ts';
import type { Sums } from '../model/inspection.ts';
import { partSize, type Plan, plan, type PlanPart } from '../model/plan.ts';
import type { IndexPlatform } from '../model/platform.ts';
import type { Tools } from '../model/ports.ts';
import type { Reference } from '../model/reference.ts';
import { utf8 } from '../model/utf8.ts';
import { padding } from '../tar/header.ts';
import { END_OF_ARCHIVE, writeHeader, writeMembers } from '../tar/write.ts';
import { dockerHead, layerFile } from './docker-layout.ts';
import {
  blobPath,
  type Descriptor,
  dockerManifest,
  type ListedImage,
  MEDIA_TYPES,
  nestedIndex,
  ociIndex,
  ociManifest,
  repositories,
} from './documents.ts';

/** An image to be written: its config as bytes, and its layers from the lowest to the topmost. */
export interface ImageToWrite {
  config: Uint8Array;
  layers: LayerToWrite[];
}

/**
 * An entry of the image archive to be written (not a tar entry): names, and the image or images that they stand for, one
 * for each platform.
 */
export interface EntryToWrite {
  names: Reference[];
  /**
   * The image of an entry for one platform. In an entry for several platforms: the image for clients that take only one
   * platform.
   */
  image: ImageToWrite;
  /** The images of an entry for several platforms; empty for an entry for one platform, which needs no OCI index. */
  platforms: { image: ImageToWrite; platform: IndexPlatform }[];
}

/**
 * The images for an image archive that is to be written, and all findings so far. If there are no images, nothing is
 * written.
 */
export interface ImagesToWrite {
  entries: EntryToWrite[];
  /** True when the user gave no image name, so that one was made from the key (the name) of the upload. */
  nameDerived: boolean;
  findings: Finding[];
}

/**
 * A layer that is to be written: its size and checksums as it will be stored, its compression, and the part of the plan
 * that says where its bytes come from.
 */
export interface LayerToWrite extends Sums {
  compression: LayerCompression;
  diffID: Digest;
  part: PlanPart;
}

/**
 * The plan of an image archive (the list of its parts before they are written), and the image IDs and manifest digests
 * of its images.
 */
export interface Layout {
  plan: Plan;
  images: WrittenImage[];
  /** For each image for several platforms, the digest of the OCI index that lists these platforms. */
  indexes: Map<EntryToWrite, Digest>;
}

/** An image in the image archive that Lading writes, with the digests by which Docker and containerd name it. */
export interface WrittenImage {
  image: ImageToWrite;
  imageId: Digest;
  /**
   * The digest of the OCI manifest. Null in the layout of `docker save` before version 25, which has no OCI manifests.
   */
  manifestDigest: Digest | null;
  layers: Descriptor[];
}

/** An OCI document as bytes, with its descriptor. It is stored under its digest. */
interface Blob {
  bytes: Uint8Array;
  descriptor: Descriptor;
}

/**
 * Plans an image archive: lists its parts, with the documents first and the layers last, and writes nothing. `kind` is
 * `both`, a Docker archive and an OCI layout in one, or `docker`, the form of `docker save` before version 25. The same
 * input always gives the same bytes. With `docker`, `platforms` must be empty in all entries, because this layout
 * cannot hold an image for several platforms. Throws a LadingError (`wrong-size`) when a part is not as long as its
 * layer.
 */
export async function layout(entries: EntryToWrite[], tools: Tools, kind: ArchiveLayout = 'both'): Promise<Layout> {
  const images = [...new Set(entries.flatMap(imagesOf))];
  const layers = inReadingOrder(distinct(images.flatMap((image) => image.layers)));
  layers.forEach(checkLength);
  // The images are hashed in turn: a hasher takes a megabyte until it gives its digest, and up to 2,000 images come.
  const documents = new Map<ImageToWrite, Documents>();
  for (const image of images) documents.set(image, await documentsOf(image, tools));
  const indexes = new Map<EntryToWrite, Blob>();
  for (const entry of entries)
    if (entry.platforms.length > 0) indexes.set(entry, await indexOf(entry, documents, tools));
  const archive = new ArchiveBuilder(tools);
  const isDocker = kind === 'docker';
  archive.bytes(
    await (isDocker ? dockerHead(listedImages(entries, documents)) : bothHead(entries, documents, indexes)),
  );
  for (const layer of layers) {
    archive.bytes(await writeHeader((isDocker ? layerFile : blobPath)(layer.digest), layer.size));
    archive.layer(layer);
    archive.bytes(new Uint8Array(padding(layer.size)));
  }
  archive.bytes(END_OF_ARCHIVE);
  return {
    plan: archive.finish(),
    images: [...documents].map(([image, { config, manifest, layers: descriptors }]) => ({
      image,
      imageId: config.descriptor.digest,
      manifestDigest: isDocker ? null : manifest.descriptor.digest,
      layers: descriptors,
    })),
    indexes: new Map([...indexes].map(([entry, { descriptor }]) => [entry, descriptor.digest])),
  };
}

function imagesOf({ image, platforms }: EntryToWrite): ImageToWrite[] {
  return platforms.length === 0 ? [image] : platforms.map((each) => each.image);
}

/**
 * Builds the plan of an image archive, the list of its parts, from documents and layers in the order in which they are
 * added. Bytes between two layers become one part. The CRC-32 of the archive is computed from the CRC-32 of each part.
 */
class ArchiveBuilder {
  readonly #tools: Tools;
  readonly #parts: PlanPart[] = [];
  #pending: Uint8Array[] = [];
  #crc32: number | null;

  constructor(tools: Tools) {
    this.#tools = tools;
    this.#crc32 = tools.sumsCrc32 ? 0 : null;
  }

  bytes(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    if (this.#crc32 !== null) this.#crc32 = this.#tools.crc32(bytes, this.#crc32);
  }

  layer({ part, size, crc32 }: LayerToWrite): void {
    this.#flush();
    this.#parts.push(part);
    this.#crc32 = this.#crc32 === null || crc32 === null ? null : combineCrc32(this.#crc32, crc32, size);
  }

  finish(): Plan {
    this.#flush();
    const crc32 = this.#crc32;
    return { ...plan(this.#parts), ...(crc32 !== null && { crc32 }) };
  }

  #flush(): void {
    if (this.#pending.length > 0) this.#parts.push({ kind: 'bytes', bytes: concat(this.#pending) });
    this.#pending = [];
  }
}

/** The documents that are written for one image: its config, its OCI manifest, and the descriptors of its layers. */
interface Documents {
  config: Blob;
  manifest: Blob;
  layers: Descriptor[];
}

type DocumentsOf = ReadonlyMap<ImageToWrite, Documents>;

const LAYER_TYPES: Record<LayerCompression, string> = {
  none: MEDIA_TYPES.layer,
  gzip: MEDIA_TYPES.gzipLayer,
  zstd: MEDIA_TYPES.zstdLayer,
};

async function documentsOf(image: ImageToWrite, tools: Tools): Promise<Documents> {
  const layers = image.layers.map(({ compression, digest, size }): Descriptor => ({
    mediaType: LAYER_TYPES[compression],
    digest,
    size,
  }));
  const config = await blob(MEDIA_TYPES.config, image.config, tools);
  const manifest = await blob(MEDIA_TYPES.manifest, json(ociManifest(config.descriptor, layers)), tools);
  return { config, manifest, layers };
}

function indexOf({ platforms }: EntryToWrite, documents: DocumentsOf, tools: Tools): Promise<Blob> {
  const members = platforms.map(({ image, platform }) => ({ manifest: manifestOf(image, documents), platform }));
  return blob(MEDIA_TYPES.index, json(nestedIndex(members)), tools);
}

function manifestOf(image: ImageToWrite, documents: DocumentsOf): Descriptor {
  const own = documents.get(image);
  if (own === undefined) throw new RangeError('every image of an entry has documents');
  return own.manifest.descriptor;
}

/**
 * Makes the first bytes of an image archive in the layout `both`, a Docker archive and an OCI layout in one: all
 * documents, as tar members. The caller writes the layers after them. `indexes` has the OCI index of each image for
 * several platforms.
 */
function bothHead(
  entries: EntryToWrite[],
  documents: DocumentsOf,
  indexes: ReadonlyMap<EntryToWrite, Blob>,
): Promise<Uint8Array> {
  const named = entries.map((entry) => ({
    descriptor: indexes.get(entry)?.descriptor ?? manifestOf(entry.image, documents),
    names: entry.names,
  }));
  const listed = listedImages(entries, documents);
  const blobs = [...[...documents.values()].flatMap(({ config, manifest }) => [config, manifest]), ...indexes.values()];
  const stored = new Map(blobs.map(({ bytes, descriptor }) => [blobPath(descriptor.digest), bytes]));
  return writeMembers([
    { name: 'oci-layout', bytes: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', bytes: json(ociIndex(named)) },
    { name: 'manifest.json', bytes: json(dockerManifest(listed)) },
    { name: 'repositories', bytes: json(repositories(listed)) },
    ...[...stored].map(([name, bytes]) => ({ name, bytes })),
  ]);
}

/**
 * Returns the images to list in `manifest.json` and `repositories`. These documents cannot list an image for several
 * platforms. In place of such an image, only its image for clients that take one platform (`entry.image`) is listed,
 * under all of its names.
 */
function listedImages(entries: EntryToWrite[], documents: DocumentsOf): ListedImage[] {
  const listing = Map.groupBy(entries, (entry) => entry.image);
  return [...documents].flatMap(([image, { config }]) => {
    const own = listing.get(image) ?? [];
    const layers = image.layers.map((layer) => layer.digest);
    const names = own.flatMap((entry) => entry.names);
    return own.length === 0 ? [] : [{ config: config.descriptor.digest, document: config.bytes, layers, names }];
  });
}

async function blob(mediaType: string, bytes: Uint8Array, tools: Tools): Promise<Blob> {
  const hasher = tools.newHasher();
  await hasher.update(bytes);
  return { bytes, descriptor: { mediaType, digest: await hasher.digest(), size: bytes.length } };
}

function checkLength({ size, part }: LayerToWrite): void {
  if (partSize(part) === size) return;
  const sizes = `the layer has ${size} bytes, the part of the plan that brings it has ${partSize(part)}`;
  throw new LadingError('wrong-size', `Cannot lay out the image archive: ${sizes}`);
}

/**
 * Returns the layers without repetitions: of several layers with the same digest, only one stays. Images can share a
 * layer, which is written once.
 */
function distinct(layers: LayerToWrite[]): LayerToWrite[] {
  return [...new Map(layers.map((layer) => [layer.digest, layer])).values()];
}

/**
 * Returns layers in the order in which they are written. Layers from a compressed upload are sorted by their offset in
 * it, because going back in the upload means decompressing it from its beginning again. All other layers come before
 * them, in the given order.
 */
function inReadingOrder(layers: LayerToWrite[]): LayerToWrite[] {
  const start = ({ part }: LayerToWrite) => (part.kind === 'recoded' && part.outer !== 'none' ? part.start : 0);
  return layers.toSorted((a, b) => start(a) - start(b));
}

function json(value: object): Uint8Array {
  return utf8(JSON.stringify(value));
}
