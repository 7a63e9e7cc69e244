import type { Bilingual } from '../catalogue/bilingual.ts';
import { type Finding, finding, quoted } from '../catalogue/findings.ts';
import { printable } from '../model/bytes.ts';
import { type Digest, parseDigest } from '../model/digest.ts';
import type { FoundImage, ImageSource, ShapeFault } from '../model/inspection.ts';
import { asObject, asText, field, type Json, listIn, textIn } from '../model/json.ts';
import { normalizePlatform, type Platform } from '../model/platform.ts';
import type { ArchiveBlob } from './blob.ts';
import { CONFIG } from './document-types.ts';
import { historyOf } from './history.ts';
import type { ImageArchive, Memo } from './image-archive.ts';
import { expectWithin } from './image-budget.ts';
import { sourceOf, withPlatform } from './image-source.ts';
import { checkSystem } from './image-system.ts';
import { configsOf, type ListedImage, type ListedLayer } from './listed.ts';

/**
 * An image of an archive after its documents and all bytes of its layers were checked: its description, and all that is
 * wrong.
 */
export interface VerifiedImage {
  found: FoundImage;
  /**
   * The config and the layers from which a conversion rebuilds the image. Null when one of them is missing or damaged,
   * or when the image has another error that no conversion corrects.
   */
  source: ImageSource | null;
  findings: Finding[];
  /**
   * Codes of the faults for which some engine refuses to unpack the image's layers, such as
   * `podman/vfs/duplicate-path`. Empty when every engine unpacks them.
   */
  faults: ShapeFault[];
}

/**
 * Checks an image: the digests and diffIDs of its blobs, the number of its layers, how engines unpack the layers, and
 * the platform of its programs. Returns a description of the image, what a conversion needs to rebuild it (or null),
 * and findings about all that is wrong. Throws a LadingError (`bad-archive`) beyond a limit.
 */
export function verifyImage(listed: ListedImage, archive: ImageArchive): VerifiedImage {
  const { documents, said } = archive;
  const findings: Finding[] = [];
  const say = (more: readonly Finding[]): void => more.forEach((each) => findings.push(each));
  const lookUp = (path: string) => archive.blobs.get(documents.resolved(path)) ?? null;
  const configBlob = listed.config === null ? null : lookUp(listed.config);
  if (configBlob !== null) expectWithin('documentBytes', configBlob.content === null ? configBlob.stored.size : 0);
  const config = listed.config === null ? null : documents.object(listed.config, CONFIG);
  if (configBlob === null) say(missing(listed, listed.config ?? 'a config', said));
  for (const path of listed.unreadable ?? []) say(checkAncestor(listed, path, lookUp(path), said));

  const legacy = isLegacy(listed);
  const layers = listed.layers.map((layer) => ({ layer, blob: lookUp(layer.path) }));
  layers.forEach(({ layer, blob }, i) => {
    say(blob === null ? absentLayer(listed, layer.path, i, said) : checkLayer(layer, blob, legacy, said));
  });
  const unpacking = archive.unpacked(layers.flatMap(({ blob }) => blob ?? []));
  say(unpacking.findings);
  const diffIDs = legacy ? layers.map(({ blob }) => blob?.content?.digest ?? null) : diffIDsOf(config);
  if (config !== null && !legacy) say(checkConfig(config, diffIDs, listed.layers));
  for (const path of configsOf(listed)) say(archive.typeFindings(path, path === listed.config));
  layers.forEach(({ blob }, i) => say(checkDiffID(blob, diffIDs[i] ?? null, said)));
  if (configBlob !== null) {
    const fits =
      diffIDs.length === layers.length && layers.every(({ blob }, i) => blob?.content?.digest === diffIDs[i]);
    say(checkConfigBlob(configBlob, config, listed.configDigest, fits && !legacy));
  }
  const found = describe(listed, config, configBlob, layers, diffIDs);
  const system = checkSystem(
    found.platform,
    layers.map(({ blob }) => blob),
  );
  say(system.findings);
  const source = sourceOf(listed, documents, legacy, layers, findings);
  return { found, source: withPlatform(source, system.platform), findings, faults: unpacking.faults };
}

function isLegacy({ listedIn }: ListedImage): boolean {
  return listedIn.includes('repositories');
}

function absentLayer(listed: ListedImage, path: string, at: number, said: Memo): readonly Finding[] {
  if (path !== '') return missing(listed, path, said);
  const [place, layers] = [at + 1, listed.layers.length];
  return said.once(`unnamed ${place} ${layers}`, () => [finding('layer-unnamed', { place, layers })]);
}

/**
 * Compares the digest of an image config with `digest`, the one in the OCI manifest. If `digest` is null, compares it
 * with the one in the config's file name. Returns a finding if they differ, or if the config cannot be read (`config`
 * is null); else an empty list. `fits` is true if the config has the diffIDs of the image's layers: then a wrong file
 * name is no error, because no client checks it.
 */
function checkConfigBlob(blob: ArchiveBlob, config: Json | null, digest: Digest | null, fits: boolean): Finding[] {
  if (config === null) return [unreadable(blob)];
  const faults = checkDigest(blob, digest);
  if (faults.length === 0 || digest !== null || !fits) return faults;
  return [
    finding('config-renamed', { member: printable(blob.path), offset: blob.start, found: String(blob.stored.digest) }),
  ];
}

/**
 * The finding that the file `json` of a layer (before Docker 1.10) is missing or unreadable. `path` is its path. Empty
 * if it is also the config of the image, which is checked elsewhere.
 */
function checkAncestor(listed: ListedImage, path: string, blob: ArchiveBlob | null, said: Memo): readonly Finding[] {
  if (path === listed.config) return [];
  return blob === null ? missing(listed, path, said) : said.once(`unreadable ${path}`, () => [unreadable(blob)]);
}

function unreadable({ path, start, stored }: ArchiveBlob): Finding {
  const code = stored.size === 0 ? 'document-empty' : 'config-unreadable';
  return finding(code, { member: printable(path), offset: start });
}

function missing({ listedIn: [document] }: ListedImage, path: string, said: Memo): readonly Finding[] {
  return said.once(`missing ${document} ${path}`, () => [
    finding('image-incomplete', { document: `\`${document}\``, blob: printable(path) }),
  ]);
}

/**
 * Compares the digest of a blob with `said`, the one in the OCI manifest. If `said` is null, compares it with the one
 * in the blob's file name. Returns a finding if they differ. Returns an empty list if they are equal or one of them is
 * not known, or if the file name has the diffID instead.
 */
function checkDigest(blob: ArchiveBlob, said: Digest | null): Finding[] {
  const named = digestInName(blob.path);
  const expected = said ?? named;
  const found = blob.stored.digest;
  if (expected === null || found === null || expected === found) return [];
  if (said === null && expected === blob.content?.digest) return [];
  return [finding('blob-damaged', { member: printable(blob.path), offset: blob.start, expected, found })];
}

/**
 * Checks for every blob of an OCI layout, even one that belongs to no image, that its file name is its digest. Returns
 * a finding for each blob with another digest. Configs for which `checked` (the findings so far) has `config-renamed`
 * are left out.
 */
export function checkBlobNames(
  blobs: ReadonlyMap<string, ArchiveBlob>,
  checked: readonly Finding[],
  said: Memo,
): readonly Finding[] {
  const renamed = new Set(checked.filter(({ code }) => code === 'config-renamed').map(({ member }) => member));
  return [...blobs.values()]
    .filter(({ path }) => /(?:^|\/)blobs\/sha256\/[0-9a-f]{64}$/.test(path) && !renamed.has(printable(path)))
    .flatMap((blob) => said.once(`name of ${blob.path}`, () => checkDigest(blob, digestInName(blob.path))));
}

function checkLayer({ digest }: ListedLayer, blob: ArchiveBlob, legacy: boolean, said: Memo): readonly Finding[] {
  return said.once(`layer ${digest} ${legacy} ${blob.path}`, () => layerFindings(digest, blob, legacy));
}

function layerFindings(digest: Digest | null, blob: ArchiveBlob, legacy: boolean): Finding[] {
  const member = printable(blob.path);
  if (blob.stored.size === 0) {
    return [finding(legacy ? 'layer-without-bytes' : 'layer-empty', { member, offset: blob.start })];
  }
  const findings = checkDigest(blob, digest);
  if (blob.fault !== null) {
    findings.push(finding('layer-damaged', { member, offset: blob.start, reason: quoted(blob.fault) }));
  }
  for (const remark of blob.remarks) findings.push(remark);
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

/**
 * Joins the first ten names into one text in English and one in Chinese, for a finding. An ellipsis at the end stands
 * for further names. Of 64 hex digits in a name, only the first 12 are shown.
 */
function someOf(names: string[]): Bilingual {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => name.replace(/([0-9a-f]{12})[0-9a-f]{52}/, '$1…'));
  const more = names.length > shown.length ? ', …' : '';
  return shown.length === 0 ? { en: 'none', zh: '无' } : { en: shown.join(', ') + more, zh: shown.join('、') + more };
}

const NAMES_SHOWN = 10;

/**
 * Compares the diffID of a layer with `expected`, the one in the image config. Returns a finding if they differ.
 * Returns an empty list if they are equal or one of them is not known. If the digest in the layer's file name proves
 * that the layer is intact, the finding says that the config is wrong. Otherwise it leaves open which of them is wrong.
 */
function checkDiffID(blob: ArchiveBlob | null, expected: Digest | null, said: Memo): readonly Finding[] {
  const found = blob?.content?.digest ?? null;
  if (blob === null || found === null || expected === null || found === expected) return [];
  const named = digestInName(blob.path);
  const intact = named !== null && (named === blob.stored.digest || named === found);
  const detail = { member: printable(blob.path), offset: blob.start, expected, found };
  return said.once(`diffID ${expected} ${blob.path}`, () => [
    finding(intact ? 'diffid-wrong' : 'diffid-mismatch', detail),
  ]);
}

function describe(
  listed: ListedImage,
  config: Json | null,
  configBlob: ArchiveBlob | null,
  layers: { layer: ListedLayer; blob: ArchiveBlob | null }[],
  diffIDs: (Digest | null)[],
): FoundImage {
  const { history, creators } = historyOf(config);
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
  const variant = textIn(config, 'variant') ?? '';
  expectWithin('platformCharacters', os.length + architecture.length + variant.length);
  return normalizePlatform(os, architecture, variant);
}

function diffIDsOf(config: Json | null): (Digest | null)[] {
  return listIn(field(config, 'rootfs'), 'diff_ids').map((each) => parseDigest(asText(each) ?? ''));
}

function digestInName(path: string): Digest | null {
  const match = /(?:^|\/)(?:sha256:)?([0-9a-f]{64})(?:\.json|\.tar|\.tar\.gz)?$/.exec(path);
  return match === null ? null : parseDigest(`sha256:${match[1]}`);
}
