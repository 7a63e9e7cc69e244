import { combineCrc32 } from '../crc32.ts';
import type { Digest } from '../digest.ts';
import { LadingError } from '../errors.ts';
import type { Sums } from '../inspection.ts';
import type { Tools } from '../ports.ts';
import {
  blobPath,
  type Descriptor,
  dockerManifest,
  type ListedImage,
  MEDIA_TYPES,
  ociIndex,
  ociManifest,
  repositories,
} from './documents.ts';
import { END_OF_ARCHIVE, padding, writeHeader, writeMembers } from './members.ts';
import { type Plan, type PlanPart, partSize, plan } from './plan.ts';
import type { Reference } from './reference.ts';

/** An image to be written: its config as bytes, and its layers from the lowest to the topmost. */
export interface ImageToWrite {
  config: Uint8Array;
  layers: LayerToWrite[];
  names: Reference[];
}

/** A layer as it will be stored, plain or gzip, and where its bytes come from. */
export interface LayerToWrite extends Sums {
  gzip: boolean;
  diffID: Digest;
  part: PlanPart;
}

/** An image archive as a plan, and what the images in it are called by their clients. */
export interface Layout {
  plan: Plan;
  images: { imageId: Digest; manifestDigest: Digest; layers: Descriptor[] }[];
}

/** A document that is stored under its digest. */
interface Blob {
  bytes: Uint8Array;
  descriptor: Descriptor;
}

/**
 * The image archive as a plan: Docker archive and OCI image layout in one, metadata first, layers last (docs/formats.md).
 * The same input gives the same bytes. Throws `wrong-size` when a part is not as long as its layer.
 */
export async function layout(images: ImageToWrite[], tools: Tools): Promise<Layout> {
  const layers = distinct(images.flatMap((image) => image.layers));
  layers.forEach(checkLength);
  const blobs = await Promise.all(images.map((image) => documentsOf(image, tools)));
  const listed = blobs.map(({ config, manifest }, i): ListedImage => ({
    config: config.descriptor.digest,
    manifest: manifest.descriptor,
    layers: images[i]?.layers.map((layer) => layer.digest) ?? [],
    names: images[i]?.names ?? [],
  }));
  const archive = new ArchiveBuilder(tools);
  archive.bytes(
    await writeHead(
      listed,
      blobs.flatMap(({ config, manifest }) => [config, manifest]),
    ),
  );
  for (const layer of layers) {
    archive.bytes(await writeHeader(blobPath(layer.digest), layer.size));
    archive.layer(layer);
    archive.bytes(new Uint8Array(padding(layer.size)));
  }
  archive.bytes(END_OF_ARCHIVE);
  return {
    plan: archive.finish(),
    images: blobs.map(({ config, manifest, layers: descriptors }) => ({
      imageId: config.descriptor.digest,
      manifestDigest: manifest.descriptor.digest,
      layers: descriptors,
    })),
  };
}

/** Gathers the parts of a plan, neighbouring bytes as one part, and the CRC-32 of the whole without reading a layer. */
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
    if (this.#pending.length > 0) this.#parts.push({ kind: 'bytes', bytes: Buffer.concat(this.#pending) });
    this.#pending = [];
  }
}

async function documentsOf(image: ImageToWrite, tools: Tools) {
  const layers = image.layers.map(({ gzip, digest, size }): Descriptor => ({
    mediaType: gzip ? MEDIA_TYPES.gzipLayer : MEDIA_TYPES.layer,
    digest,
    size,
  }));
  const config = await blob(MEDIA_TYPES.config, image.config, tools);
  const manifest = await blob(MEDIA_TYPES.manifest, json(ociManifest(config.descriptor, layers)), tools);
  return { config, manifest, layers };
}

/** Everything before the first layer's header. */
function writeHead(images: ListedImage[], blobs: Blob[]): Promise<Uint8Array> {
  const documents = new Map(blobs.map(({ bytes, descriptor }) => [blobPath(descriptor.digest), bytes]));
  return writeMembers([
    { name: 'oci-layout', bytes: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', bytes: json(ociIndex(images)) },
    { name: 'manifest.json', bytes: json(dockerManifest(images)) },
    { name: 'repositories', bytes: json(repositories(images)) },
    ...[...documents].map(([name, bytes]) => ({ name, bytes })),
  ]);
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

/** Images share layers: each is written once. */
function distinct(layers: LayerToWrite[]): LayerToWrite[] {
  return [...new Map(layers.map((layer) => [layer.digest, layer])).values()];
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
