import { combineCrc32 } from '../crc32.ts';
import type { Digest } from '../digest.ts';
import { LadingError } from '../errors.ts';
import type { Sums } from '../inspection.ts';
import type { Tools } from '../ports.ts';
import type { ExecutionConfig } from './config.ts';
import type { Conversion } from './conversion.ts';
import {
  MEDIA_TYPES,
  blobPath,
  dockerManifest,
  imageConfig,
  normalConfig,
  ociIndex,
  ociManifest,
  repositories,
} from './documents.ts';
import type { Descriptor } from './documents.ts';
import { END_OF_ARCHIVE, padding, writeHeader, writeMembers } from './members.ts';
import { partSize, plan } from './plan.ts';
import type { PlanPart } from './plan.ts';
import type { Platform } from './platform.ts';
import type { Reference } from './reference.ts';

/** What an image archive of one layer is made from. */
export interface LayoutInput {
  /** The layer as it will be stored, plain or gzip. */
  layer: Sums & { gzip: boolean };
  /** The layer's digest when uncompressed. */
  diffID: Digest;
  /** Where the layer's bytes come from. */
  part: PlanPart;
  /** Without a name the image loads untagged. */
  names: Reference[];
  nameDerived: boolean;
  config: ExecutionConfig;
  platform: Platform;
  /** Seconds since the epoch; RFC 3339 has room for the years 1970 to 9999. */
  created: number;
  /** The history comment. */
  message: string | null;
}

const DEFAULT_COMMENT = 'Imported from a container export by Lading';

/** The last second of the year 9999. */
const LAST_SECOND = 253402300799;

/** The image's documents: which blobs there are besides the layer, and what they say. */
interface Blobs {
  config: Blob;
  manifest: Blob;
  layer: Descriptor;
}

interface Blob {
  bytes: Uint8Array;
  descriptor: Descriptor;
}

/**
 * The image archive as a plan: Docker archive and OCI image layout in one, metadata first, layer last (docs/formats.md).
 * The same input gives the same bytes. Throws `wrong-size` when the part is not as long as the layer.
 */
export async function layout(input: LayoutInput, tools: Tools): Promise<Conversion> {
  checkLength(input);
  const names = distinct(input.names);
  const config = normalConfig(input.config);
  const created = timestamp(input.created);
  const history = [{ created, created_by: createdBy(input), comment: input.message ?? DEFAULT_COMMENT }];
  const document = imageConfig(created, input.platform, config, input.diffID, history);
  const blobs = await writeBlobs(document, input.layer, tools);

  const before = await writeHead(blobs, names);
  const after = new Uint8Array(padding(input.layer.size) + END_OF_ARCHIVE.length);
  const archive = plan([{ kind: 'bytes', bytes: before }, input.part, { kind: 'bytes', bytes: after }]);
  const crc32 = archiveCrc32(before, input.layer, after, tools);
  return {
    plan: { ...archive, crc32 },
    image: {
      size: archive.size,
      crc32: crc32.toString(16).padStart(8, '0'),
      imageId: blobs.config.descriptor.digest,
      manifestDigest: blobs.manifest.descriptor.digest,
      names: names.map((name) => name.canonical),
      nameDerived: input.nameDerived,
      created,
      platform: input.platform,
      layers: [{ ...blobs.layer, diffID: input.diffID, createdBy: createdBy(input) }],
      config,
      history,
    },
  };
}

async function writeBlobs(config: object, { digest, size, gzip }: LayoutInput['layer'], tools: Tools): Promise<Blobs> {
  const layer = { mediaType: gzip ? MEDIA_TYPES.gzipLayer : MEDIA_TYPES.layer, digest, size };
  const configBlob = await blob(MEDIA_TYPES.config, config, tools);
  const manifest = await blob(MEDIA_TYPES.manifest, ociManifest(configBlob.descriptor, layer), tools);
  return { config: configBlob, manifest, layer };
}

/** Everything before the layer's first byte, its header included. */
async function writeHead({ config, manifest, layer }: Blobs, names: Reference[]): Promise<Uint8Array> {
  const members = await writeMembers([
    { name: 'oci-layout', bytes: json({ imageLayoutVersion: '1.0.0' }) },
    { name: 'index.json', bytes: json(ociIndex(manifest.descriptor, names)) },
    { name: 'manifest.json', bytes: json(dockerManifest(config.descriptor.digest, layer.digest, names)) },
    { name: 'repositories', bytes: json(repositories(layer.digest, names)) },
    { name: blobPath(config.descriptor.digest), bytes: config.bytes },
    { name: blobPath(manifest.descriptor.digest), bytes: manifest.bytes },
  ]);
  return Buffer.concat([members, await writeHeader(blobPath(layer.digest), layer.size)]);
}

async function blob(mediaType: string, document: object, tools: Tools): Promise<Blob> {
  const bytes = json(document);
  const hasher = tools.newHasher();
  await hasher.update(bytes);
  return { bytes, descriptor: { mediaType, digest: await hasher.digest(), size: bytes.length } };
}

/** The CRC-32 of the whole archive, without reading the layer again. */
function archiveCrc32(before: Uint8Array, layer: Sums, after: Uint8Array, tools: Tools): number {
  const upToLayer = combineCrc32(tools.crc32(before, 0), layer.crc32, layer.size);
  return combineCrc32(upToLayer, tools.crc32(after, 0), after.length);
}

function checkLength({ layer, part }: LayoutInput): void {
  if (partSize(part) === layer.size) return;
  const sizes = `the layer has ${layer.size} bytes, the part of the plan that brings it has ${partSize(part)}`;
  throw new LadingError('wrong-size', `Cannot lay out the image archive: ${sizes}`);
}

function createdBy({ diffID }: LayoutInput): string {
  return `ADD ${diffID} in /`;
}

function timestamp(seconds: number): string {
  const clamped = Math.min(Math.max(Math.floor(seconds), 0), LAST_SECOND);
  return new Date(clamped * 1000).toISOString().replace('.000Z', 'Z');
}

function distinct(names: Reference[]): Reference[] {
  return [...new Map(names.map((name) => [name.canonical, name])).values()];
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
