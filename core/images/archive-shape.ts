import type { Compression, SingleCompression } from '../model/compression.ts';
import { parseDigest } from '../model/digest.ts';
import type { ArchiveShape, ListShape, ShapeFault } from '../model/inspection.ts';
import { asText, field, type Json, listIn, textIn } from '../model/json.ts';
import type { ArchiveBlob } from './blob.ts';
import { CONFIG, CONFIG_READINGS, isCommandText, isExposedPort, isNewField, OCI_MANIFEST } from './document-types.ts';
import type { DocumentObserver } from './documents.ts';
import type { ImageIndex } from './image-index.ts';
import type { VerifiedImage } from './images.ts';
import { configsOf, type ListedImage } from './listed.ts';
import { blobIn } from './oci-list.ts';

/**
 * Collects the facts by which clients (Docker, podman and others) accept or refuse an image archive: which documents
 * list its images, the names of the images, and their faults. The faults of the documents themselves are added by the
 * caller.
 */
export function shapeOf(
  index: ImageIndex,
  listed: ListedImage[],
  verified: VerifiedImage[],
  documents: DocumentObserver,
  blobs: ReadonlyMap<string, ArchiveBlob>,
): Omit<ArchiveShape, 'faults'> {
  const readings = new ConfigReadings(documents);
  const list = (document: ListedImage['listedIn'][number], own: ListedImage[] | null): ListShape | null => {
    if (own === null || own.length === 0) return null;
    const faults = listed.flatMap((image, i) =>
      image.listedIn.includes(document) ? faultsOf(image, verified[i], index.folder, readings, blobs) : [],
    );
    return {
      images: own.length,
      names: own.flatMap(({ names, tags }) => [...names, ...tags]),
      faults: [...new Set(faults)],
    };
  };
  const oci = list('index.json', index.oci);
  return {
    folder: index.folder,
    prefix: documents.prefix,
    docker: list('manifest.json', index.docker),
    oci: oci === null ? null : { ...oci, entries: index.entries, tags: index.tags },
    legacy: list('repositories', index.legacy),
  };
}

function faultsOf(
  image: ListedImage,
  verified: VerifiedImage | undefined,
  folder: string,
  readings: ConfigReadings,
  blobs: ReadonlyMap<string, ArchiveBlob>,
): ShapeFault[] {
  const { documents } = readings;
  const layers = image.layers.flatMap(({ path }) => blobs.get(documents.resolved(path)) ?? []);
  const manifest = image.manifestDigest === null ? undefined : blobs.get(blobIn(folder, image.manifestDigest));
  const legacy = image.listedIn.includes('repositories');
  const config = image.config === null ? null : documents.object(image.config, CONFIG);
  return [
    ...(verified?.findings ?? []).map((each) => each.code),
    ...(verified?.faults ?? []),
    ...layers.flatMap(layerFaults),
    ...(manifest !== undefined && manifest.stored.digest !== image.manifestDigest ? ['manifest-damaged' as const] : []),
    ...(manifest !== undefined && documents.isMarked(manifest.path) ? ['manifest-marked' as const] : []),
    ...(image.config !== null && documents.isMarked(image.config) ? ['config-marked' as const] : []),
    ...(config === null ? [] : configFaults(config, legacy ? 0 : image.layers.length)),
    ...configsOf(image).flatMap((path) => readings.of(path)),
    ...(manifest === undefined ? [] : manifestReading(manifest.path, documents)),
    ...linkFaults(image, config, documents),
  ];
}

/**
 * Codes of the faults that an image has because its config or layers are links in the archive. Not every client follows
 * such links. Empty when none of them is a link. Docker before 25 saves repeated layers as links.
 */
function linkFaults(
  { layers, config: path }: ListedImage,
  config: Json | null,
  { links, hardLinks }: DocumentObserver,
): ShapeFault[] {
  const diffIDs = listIn(field(config, 'rootfs'), 'diff_ids').map(asText);
  // podman, skopeo and crane look for each diffID once, at the first layer that has it.
  const seen = new Set<string | null>();
  const sought = layers.filter((_, i) => i < diffIDs.length && seen.size < seen.add(diffIDs[i] ?? null).size);
  const isConfigLinked = path !== null && hardLinks.has(path);
  return [
    ...(isConfigLinked ? ['config-hard-linked' as const] : []),
    ...(isConfigLinked && path.includes('/') ? ['config-hard-linked-below' as const] : []),
    ...(sought.some((each) => links.has(each.path)) ? ['layer-linked' as const] : []),
    ...(layers.some((each) => hardLinks.has(each.path)) ? ['layer-hard-linked' as const] : []),
    ...(sought.some((each) => hardLinks.has(each.path) && each.path.includes('/'))
      ? ['layer-hard-linked-below' as const]
      : []),
  ];
}

function layerFaults({ compression, clean }: ArchiveBlob): ShapeFault[] {
  if (compression === 'gzip') return clean ? [] : ['layer-trailing'];
  return COMPRESSION_FAULTS[compression] ?? [];
}

/**
 * For each compression that not every client supports: the fault of a layer that has it. Every client supports gzip and
 * uncompressed layers. A compression that is missing here gives no fault.
 */
const COMPRESSION_FAULTS: Record<Exclude<SingleCompression, 'gzip'>, ShapeFault[]> &
  Partial<Record<Compression, ShapeFault[]>> = {
  zstd: ['layer-zstd'],
  bzip2: ['layer-rare'],
  xz: ['layer-rare'],
  lz4: ['layer-foreign'],
  lzma: ['layer-foreign'],
  zip: ['layer-foreign'],
};

function configFaults(config: Json, layers: number): ShapeFault[] {
  const faults: ShapeFault[] = [];
  const [os, architecture] = [textIn(config, 'os'), textIn(config, 'architecture')];
  if (!os) faults.push('os-missing');
  if (os === 'windows') faults.push('os-windows');
  if (!architecture) faults.push('architecture-missing');
  if (os === 'linux' && architecture && architecture !== 'amd64') faults.push('platform-other');
  const diffIDs = listIn(field(config, 'rootfs'), 'diff_ids');
  if (layers === 0 && diffIDs.length > 0) faults.push('layers-absent');
  if (diffIDs.length > layers) faults.push('diffids-too-many');
  if (diffIDs.length < layers) faults.push('diffids-too-few');
  if (diffIDs.some((each) => parseDigest(asText(each) ?? '') === null)) faults.push('diffid-unreadable');
  const env = listIn(field(config, 'config'), 'Env').map((each) => asText(each) ?? '');
  if (env.some((each) => each === '' || each.startsWith('='))) faults.push('env-without-name');
  if (env.some((each) => !each.includes('='))) faults.push('env-without-value');
  return faults;
}

/**
 * Finds out which clients fail to decode the config of an image. Each config is checked only once, because many images
 * may share it. For an image from before Docker 1.10, the file `json` of each layer is such a config.
 */
class ConfigReadings {
  readonly documents: DocumentObserver;
  readonly #known = new Map<string, readonly ShapeFault[]>();

  constructor(documents: DocumentObserver) {
    this.documents = documents;
  }

  of(path: string): readonly ShapeFault[] {
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const faults = configReadings(path, this.documents);
    this.#known.set(path, faults);
    return faults;
  }
}

/**
 * Codes for the ways in which some clients fail to decode an image config into their Go structs, for example because a
 * value has the wrong type. Empty when all clients can decode it.
 */
function configReadings(path: string, documents: DocumentObserver): ShapeFault[] {
  const faults: ShapeFault[] = documents.typed(path, CONFIG)?.rest === true ? ['config-continues'] : [];
  for (const reading of Object.keys(CONFIG_READINGS) as (keyof typeof CONFIG_READINGS)[]) {
    const found = documents.faults(path, CONFIG_READINGS[reading]);
    const isNew = reading === 'config-type-docker' && found.every(isNewField);
    if (found.length > 0) faults.push(isNew ? 'config-type-new' : reading);
    if (reading === 'config-type-docker-29' && found.some(isCommandText)) faults.push('config-command-text');
    if (reading === 'config-type-docker-29' && found.some(isExposedPort)) faults.push('port-unreadable');
  }
  return faults;
}

function manifestReading(path: string, documents: DocumentObserver): ShapeFault[] {
  const typed = documents.typed(path, OCI_MANIFEST);
  const faults: ShapeFault[] = typed?.rest === true ? ['manifest-continues'] : [];
  const found = typed?.faults ?? [];
  if (found.length > 0) faults.push(found.every(isNewField) ? 'manifest-type-new' : 'manifest-type');
  return faults;
}
