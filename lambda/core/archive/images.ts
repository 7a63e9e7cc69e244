import { printable } from '../bytes.ts';
import { type Digest, parseDigest } from '../digest.ts';
import { type Finding, finding, isMendable } from '../findings.ts';
import { normalizePlatform, type Platform } from '../image/platform.ts';
import type { FoundImage, ImageSource, LayerSource } from '../inspection.ts';
import { asList, asObject, asText, type Json } from '../json.ts';
import type { Blob } from './blobs.ts';
import type { DocumentObserver } from './documents.ts';
import type { ListedImage, ListedLayer } from './image-index.ts';

/** An image of an archive, every byte of it checked. */
export interface VerifiedImage {
  found: FoundImage;
  /** What it can be rebuilt from; null when something is missing or damaged. */
  source: ImageSource | null;
  findings: Finding[];
}

/** Checks an image against its own documents: digests, sizes, diffIDs, counts, each layer as a tar archive. */
export function verifyImage(
  listed: ListedImage,
  documents: DocumentObserver,
  blobs: ReadonlyMap<string, Blob>,
): VerifiedImage {
  const findings: Finding[] = [];
  const lookUp = (path: string) => blobs.get(documents.resolved(path)) ?? null;
  const configBlob = listed.config === null ? null : lookUp(listed.config);
  const config = listed.config === null ? null : documents.object(listed.config);
  if (configBlob === null) findings.push(missing(listed, listed.config ?? 'a config'));
  else if (config === null) findings.push(finding('config-unreadable', { member: printable(configBlob.path) }));
  else findings.push(...checkDigest(configBlob, listed.configDigest));

  const layers = listed.layers.map((layer) => ({ layer, blob: lookUp(layer.path) }));
  for (const { layer, blob } of layers) {
    findings.push(...(blob === null ? [missing(listed, layer.path)] : checkLayer(layer, blob)));
  }
  const legacy = listed.listedIn.includes('repositories');
  const diffIDs = legacy ? layers.map(({ blob }) => blob?.content?.digest ?? null) : diffIDsOf(config);
  if (config !== null && !legacy) findings.push(...checkConfig(config, diffIDs, listed.layers.length));
  const wrong = layers.flatMap(({ blob }, i) => (blob === null ? [] : checkDiffID(blob, diffIDs[i] ?? null)));
  findings.push(...wrong);
  const found = describe(listed, config, configBlob, layers, diffIDs);
  return { found, source: sourceOf(listed, config, documents, layers, findings), findings };
}

function sourceOf(
  listed: ListedImage,
  config: Json | null,
  documents: DocumentObserver,
  layers: { blob: Blob | null }[],
  findings: Finding[],
): ImageSource | null {
  const blocked = findings.some((each) => each.severity === 'error' && !isMendable(each));
  const sources = layers.map(({ blob }) => (blob === null ? null : layerSource(blob)));
  if (blocked || config === null || listed.config === null || !sources.every((each) => each !== null)) return null;
  const bytes = documents.documents.get(documents.resolved(listed.config));
  if (bytes === undefined) return null;
  return {
    names: listed.names,
    config: new TextDecoder().decode(bytes),
    legacy: listed.listedIn.includes('repositories'),
    layers: sources,
  };
}

function layerSource({ start, stored, compression, clean, content }: Blob): LayerSource | null {
  return content === null ? null : { start, stored, compression, clean, content };
}

function missing(listed: ListedImage, path: string): Finding {
  return finding('image-incomplete', { document: `\`${listed.listedIn[0]}\``, blob: printable(path) });
}

/** A blob is named after its digest almost everywhere; and the OCI manifest says it again. */
function checkDigest(blob: Blob, said: Digest | null): Finding[] {
  const named = digestInName(blob.path);
  const expected = said ?? named;
  const fits =
    expected === null || expected === blob.stored.digest || (said === null && expected === blob.content?.digest);
  if (fits) return [];
  return [
    finding('blob-damaged', { member: printable(blob.path), offset: blob.start, expected, found: blob.stored.digest }),
  ];
}

function checkLayer(layer: ListedLayer, blob: Blob): Finding[] {
  const member = printable(blob.path);
  if (blob.stored.size === 0) return [finding('layer-empty', { member, offset: blob.start })];
  const findings = checkDigest(blob, layer.digest);
  if (blob.fault !== null) {
    findings.push(finding('layer-damaged', { member, offset: blob.start, reason: blob.fault.message }));
  }
  for (const each of blob.findings.filter(({ severity }) => severity === 'error')) {
    findings.push(finding('layer-refused', { member, offset: blob.start, problem: each.message }));
  }
  if (blob.compression !== 'none' && blob.compression !== 'gzip') {
    findings.push(finding('layer-compression', { member, compression: blob.compression }));
  }
  return findings;
}

function checkConfig(config: Json, diffIDs: (Digest | null)[], layers: number): Finding[] {
  const findings: Finding[] = [];
  if (diffIDs.length !== layers) findings.push(finding('layers-length', { layers, diffIDs: diffIDs.length }));
  const steps = asList(config['history']).filter((step) => asObject(step)?.['empty_layer'] !== true).length;
  if (steps > diffIDs.length) findings.push(finding('history-too-long', { steps, layers: diffIDs.length }));
  if (asText(config['architecture']) === null || asText(config['os']) === null) {
    findings.push(finding('config-without-platform'));
  }
  return findings;
}

/**
 * A diffID that does not fit is a wrong config when the layer is proven intact by its own name, and else an open question:
 * a flipped byte inside a file looks just the same.
 */
function checkDiffID(blob: Blob, expected: Digest | null): Finding[] {
  if (blob.content === null || expected === null || blob.content.digest === expected) return [];
  const named = digestInName(blob.path);
  const intact = named !== null && (named === blob.stored.digest || named === blob.content.digest);
  const detail = { member: printable(blob.path), offset: blob.start, expected, found: blob.content.digest };
  return [finding(intact ? 'diffid-wrong' : 'diffid-mismatch', detail)];
}

function describe(
  listed: ListedImage,
  config: Json | null,
  configBlob: Blob | null,
  layers: { layer: ListedLayer; blob: Blob | null }[],
  diffIDs: (Digest | null)[],
): FoundImage {
  const history = asList(config?.['history'])
    .map(asObject)
    .filter((step) => step !== null);
  const creators = history.filter((step) => step['empty_layer'] !== true).map((step) => asText(step['created_by']));
  return {
    names: listed.names,
    platform: platformOf(config),
    configDigest: configBlob?.stored.digest ?? listed.configDigest,
    manifestDigest: listed.manifestDigest,
    created: asText(config?.['created']),
    layers: layers.map(({ layer, blob }, i) => ({
      path: printable(layer.path),
      mediaType: layer.mediaType,
      compression: blob?.compression ?? null,
      digest: blob?.stored.digest ?? layer.digest,
      diffID: blob?.content?.digest ?? diffIDs[i] ?? null,
      size: blob?.stored.size ?? null,
      contentSize: blob?.content?.size ?? null,
      members: blob?.members ?? null,
      createdBy: creators[i] ?? null,
    })),
    config: asObject(config?.['config']),
    history,
  };
}

function platformOf(config: Json | null): Platform | null {
  const architecture = asText(config?.['architecture']);
  const os = asText(config?.['os']);
  if (architecture === null || architecture === '' || os === null || os === '') return null;
  return normalizePlatform(os, architecture, asText(config?.['variant']) ?? undefined);
}

function diffIDsOf(config: Json | null): (Digest | null)[] {
  const rootfs = asObject(config?.['rootfs']);
  return asList(rootfs?.['diff_ids']).map((each) => parseDigest(asText(each) ?? ''));
}

function digestInName(path: string): Digest | null {
  const match = /(?:^|\/)(?:sha256:)?([0-9a-f]{64})(?:\.json|\.tar|\.tar\.gz)?$/.exec(path);
  return match === null ? null : parseDigest(`sha256:${match[1]}`);
}
