import { printable } from '../../bytes.ts';
import { type Digest, parseDigest } from '../../digest.ts';
import type { Bilingual } from '../../bilingual.ts';
import { type Finding, finding, quoted } from '../../findings.ts';
import { normalizePlatform, type Platform } from '../../image/platform.ts';
import type { FoundImage, ImageSource, ShapeFault } from '../../inspection.ts';
import { asObject, asText, field, type Json, listIn, textIn } from '../../json.ts';
import type { Blob } from './blobs.ts';
import type { DocumentObserver } from './documents.ts';
import { configsOf, type ListedImage, type ListedLayer } from './listed.ts';
import { sourceOf, withPlatform } from './image-source.ts';
import { unpackTogether } from './layers-together.ts';
import { checkSystem } from './image-system.ts';
import { CONFIG } from './document-types.ts';
import { KEPT, LEFT_OUT, typeFindings } from './type-faults.ts';

/** An image of an archive, every byte of it checked. */
export interface VerifiedImage {
  found: FoundImage;
  /** What it can be rebuilt from; null when something is missing or damaged. */
  source: ImageSource | null;
  findings: Finding[];
  /** What engines refuse in its layers. */
  faults: ShapeFault[];
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
  const typed = listed.config === null ? null : documents.typed(listed.config, CONFIG);
  const config = asObject(typed?.json);
  findings.push(...(configBlob === null ? [missing(listed, listed.config ?? 'a config')] : []));
  for (const path of listed.unreadable ?? []) findings.push(...checkAncestor(listed, path, lookUp(path)));

  const legacy = isLegacy(listed);
  const layers = listed.layers.map((layer) => ({ layer, blob: lookUp(layer.path) }));
  layers.forEach(({ layer, blob }, i) => {
    findings.push(...(blob === null ? [absentLayer(listed, layer.path, i)] : checkLayer(layer, blob, legacy)));
  });
  const unpacking = unpackTogether(layers.flatMap(({ blob }) => blob ?? []));
  findings.push(...unpacking.findings);
  const diffIDs = legacy ? layers.map(({ blob }) => blob?.content?.digest ?? null) : diffIDsOf(config);
  if (config !== null && !legacy) findings.push(...checkConfig(config, diffIDs, listed.layers));
  for (const path of configsOf(listed)) {
    const own = documents.typed(path, CONFIG);
    if (own !== null) findings.push(...typeFindings(path, own, path === listed.config ? KEPT : LEFT_OUT));
  }
  const wrong = layers.flatMap(({ blob }, i) => (blob === null ? [] : checkDiffID(blob, diffIDs[i] ?? null)));
  findings.push(...wrong);
  if (configBlob !== null) {
    const fits =
      diffIDs.length === layers.length && layers.every(({ blob }, i) => blob?.content?.digest === diffIDs[i]);
    findings.push(...checkConfigBlob(configBlob, config, listed.configDigest, fits && !legacy));
  }
  const found = describe(listed, config, configBlob, layers, diffIDs);
  const system = checkSystem(
    found.platform,
    layers.map(({ blob }) => blob),
  );
  findings.push(...system.findings);
  const source = sourceOf(listed, documents, legacy, layers, findings);
  return { found, source: withPlatform(source, system.platform), findings, faults: unpacking.faults };
}

function isLegacy({ listedIn }: ListedImage): boolean {
  return listedIn.includes('repositories');
}

function absentLayer(listed: ListedImage, path: string, at: number): Finding {
  if (path !== '') return missing(listed, path);
  return finding('layer-unnamed', { place: at + 1, layers: listed.layers.length });
}

/** `fits` tells that its diffIDs are those of the layers: then only its name is wrong, which no client looks at. */
function checkConfigBlob(blob: Blob, config: Json | null, digest: Digest | null, fits: boolean): Finding[] {
  if (config === null) return [unreadable(blob)];
  const faults = checkDigest(blob, digest);
  if (faults.length === 0 || digest !== null || !fits) return faults;
  return [
    finding('config-renamed', { member: printable(blob.path), offset: blob.start, found: String(blob.stored.digest) }),
  ];
}

/** A description of a layer from before Docker 1.10: without it the layers below are not known. */
function checkAncestor(listed: ListedImage, path: string, blob: Blob | null): Finding[] {
  if (path === listed.config) return [];
  return [blob === null ? missing(listed, path) : unreadable(blob)];
}

function unreadable({ path, start, stored }: Blob): Finding {
  const code = stored.size === 0 ? 'document-empty' : 'config-unreadable';
  return finding(code, { member: printable(path), offset: start });
}

function missing(listed: ListedImage, path: string): Finding {
  return finding('image-incomplete', { document: `\`${listed.listedIn[0]}\``, blob: printable(path) });
}

/** A blob is named after its digest almost everywhere; and the OCI manifest says it again. */
function checkDigest(blob: Blob, said: Digest | null): Finding[] {
  const named = digestInName(blob.path);
  const expected = said ?? named;
  const found = blob.stored.digest;
  if (expected === null || found === null || expected === found) return [];
  if (said === null && expected === blob.content?.digest) return [];
  return [finding('blob-damaged', { member: printable(blob.path), offset: blob.start, expected, found })];
}

/** An OCI layout may hold more than images: attestations, signatures, the manifests themselves. Each must be what its name says, unless that was said already. */
export function checkBlobNames(blobs: ReadonlyMap<string, Blob>, checked: readonly Finding[]): Finding[] {
  const renamed = new Set(checked.filter(({ code }) => code === 'config-renamed').map(({ member }) => member));
  return [...blobs.values()]
    .filter(({ path }) => /(?:^|\/)blobs\/sha256\/[0-9a-f]{64}$/.test(path) && !renamed.has(printable(path)))
    .flatMap((blob) => checkDigest(blob, digestInName(blob.path)));
}

function checkLayer(layer: ListedLayer, blob: Blob, legacy: boolean): Finding[] {
  const member = printable(blob.path);
  if (blob.stored.size === 0) {
    return [finding(legacy ? 'layer-without-bytes' : 'layer-empty', { member, offset: blob.start })];
  }
  const findings = checkDigest(blob, layer.digest);
  if (blob.fault !== null) {
    findings.push(finding('layer-damaged', { member, offset: blob.start, reason: quoted(blob.fault) }));
  }
  findings.push(...blob.remarks);
  if (blob.compression !== 'none' && blob.compression !== 'gzip') {
    findings.push(finding('layer-compression', { member, compression: blob.compression }));
  }
  return findings;
}

function checkConfig(config: Json, diffIDs: (Digest | null)[], listed: ListedLayer[]): Finding[] {
  const findings: Finding[] = [];
  if (diffIDs.length !== listed.length) {
    const detail = { layers: listed.length, diffIDs: diffIDs.length };
    const layerList = someOf(listed.map(({ path }) => printable(path)));
    findings.push(finding('layers-length', { ...detail, layerList, diffIDList: someOf(diffIDs.map(String)) }));
  }
  const steps = listIn(config, 'history').filter((step) => field(step, 'empty_layer') !== true).length;
  if (steps > diffIDs.length) findings.push(finding('history-too-long', { steps, layers: diffIDs.length }));
  if (textIn(config, 'architecture') === null || textIn(config, 'os') === null) {
    findings.push(finding('config-without-platform'));
  }
  return findings;
}

/** The first names of a list, long hex digits cut short. */
function someOf(names: string[]): Bilingual {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => name.replace(/([0-9a-f]{12})[0-9a-f]{52}/, '$1…'));
  const more = names.length > shown.length ? ', …' : '';
  return shown.length === 0 ? { en: 'none', zh: '无' } : { en: shown.join(', ') + more, zh: shown.join('、') + more };
}

const NAMES_SHOWN = 10;

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
  const history = listIn(config, 'history')
    .map(asObject)
    .filter((step) => step !== null);
  const creators = history
    .filter((step) => field(step, 'empty_layer') !== true)
    .map((step) => textIn(step, 'created_by'));
  return {
    names: listed.names,
    tags: listed.tags,
    platform: platformOf(config),
    configDigest: configBlob?.stored.digest ?? listed.configDigest,
    manifestDigest: listed.manifestDigest,
    created: textIn(config, 'created'),
    layers: layers.map(({ layer, blob }, i) => ({
      path: printable(layer.path),
      mediaType: layer.mediaType,
      compression: blob?.compression ?? null,
      digest: blob?.stored.digest ?? layer.digest ?? (blob?.compression === 'none' ? (diffIDs[i] ?? null) : null),
      diffID: blob?.content?.digest ?? diffIDs[i] ?? null,
      size: blob?.stored.size ?? null,
      contentSize: blob?.content?.size ?? null,
      members: blob?.members ?? null,
      createdBy: creators[i] ?? null,
    })),
    config: asObject(field(config, 'config')),
    history,
  };
}

function platformOf(config: Json | null): Platform | null {
  const architecture = textIn(config, 'architecture');
  const os = textIn(config, 'os');
  if (architecture === null || architecture === '' || os === null || os === '') return null;
  return normalizePlatform(os, architecture, textIn(config, 'variant') ?? undefined);
}

function diffIDsOf(config: Json | null): (Digest | null)[] {
  return listIn(field(config, 'rootfs'), 'diff_ids').map((each) => parseDigest(asText(each) ?? ''));
}

function digestInName(path: string): Digest | null {
  const match = /(?:^|\/)(?:sha256:)?([0-9a-f]{64})(?:\.json|\.tar|\.tar\.gz)?$/.exec(path);
  return match === null ? null : parseDigest(`sha256:${match[1]}`);
}
