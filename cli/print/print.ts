import { inLanguage } from '../../core/catalogue/findings.ts';
import { LIMITS } from '../../core/limits.ts';
import { type ArchiveManifest, KIND_NAMES, readableManifest } from '../../core/manifest/manifest.ts';
import type { FoundImage, RootfsFacts } from '../../core/model/inspection.ts';
import { formatPlatform, type Platform } from '../../core/model/platform.ts';
import type { Look } from '../page-style.ts';
import { clientSection } from './clients.ts';
import { contentsSection } from './contents.ts';
import { findingsList } from './findings.ts';
import { layerTable } from './layers.ts';
import { block, page, type Row, table } from './page.ts';
import { called, count, printable, roughly } from './text.ts';

/** The printed description of an archive: its kind, evidence, contents, findings, clients and next steps. */
export function inspectionPage(whole: ArchiveManifest, next: string[], look: Look): string {
  // Parts that the page does not show do not count against its limit.
  const images = whole.images.map((each) => ({ ...each, config: null, history: [] }));
  const manifest = readableManifest({ ...whole, images }, LIMITS.pageBytes);
  const { words, paint } = look;
  const name = manifest.source.key === '-' ? words.standardInput : printable(called(manifest.source));
  const isReadable = manifest.compression.content !== null || manifest.quick === true;
  const readable = isReadable && manifest.archive.kind !== 'empty';
  const sections = [
    `${words.is(paint.strong(name), KIND_NAMES[manifest.archive.kind][look.language])}\n`,
    table([...archiveRows(manifest, look), ...rootfsRows(manifest.rootfs, look)], look),
    ...manifest.images.map((image, index) =>
      imageSection(image, whole.images[index] ?? image, words.imageOf(index + 1, whole.images.length), look),
    ),
    ...(manifest.contents?.images ?? []).map((image, index, { length }) =>
      contentsSection(image, words.insideOf(index + 1, length), look),
    ),
    findingsList(manifest.findings, look),
    readable ? clientSection(manifest, look) : '',
    shortenedLine(manifest, look),
    block(words.next, next),
  ];
  return page(sections, look);
}

/** The line that tells what the printed description leaves out; empty when it leaves out nothing. */
export function shortenedLine({ shortened = [] }: ArchiveManifest, { words }: Look): string {
  return shortened.length === 0 ? '' : `${words.shortened(shortened.map((each) => words.lost(each)))}\n`;
}

/** Formats a number of bytes, rounded and exact: `12.3 MB (12,345,678 bytes)`. */
export function sizeText(bytes: number, { words }: Look): string {
  const exact = words.bytes(bytes);
  return bytes < 1000 ? exact : `${roughly(bytes)} (${exact})`;
}

export function platformText(platform: Platform): string {
  return printable(formatPlatform(platform));
}

function archiveRows(manifest: ArchiveManifest, look: Look): Row[] {
  const { source, compression, archive } = manifest;
  const content = compression.kind === 'none' ? null : compression.content;
  const told = new Set(manifest.findings.map((each) => inLanguage(each, look.language).message));
  const evidence = look.language === 'zh' ? manifest.zh.evidence : archive.evidence;
  const reasons = evidence.filter((why) => !told.has(why));
  const rows: Row[] = reasons.map((why, index) => [index === 0 ? 'because' : '', printable(why)]);
  if (source.size !== null) rows.push(['size', sizeText(source.size, look)]);
  rows.push(['compression', compression.kind === 'none' ? look.words.none : compression.kind]);
  if (content !== null) rows.push(['expanded', sizeText(content.size, look)]);
  if (archive.members > 0)
    rows.push(['members', look.words.filesOf(archive.members, sizeText(archive.fileBytes, look))]);
  if (source.digest !== null) rows.push(['digest', source.digest]);
  if (content !== null) rows.push(['diffID', content.digest]);
  return rows;
}

function rootfsRows(rootfs: RootfsFacts | null, look: Look): Row[] {
  const rows: Row[] = [];
  if (rootfs === null) return rows;
  if (rootfs.distribution !== null) rows.push(['distribution', printable(rootfs.distribution.name)]);
  if (rootfs.platform !== null) rows.push(['platform', `${platformText(rootfs.platform)}${elfText(rootfs, look)}`]);
  if (rootfs.shells.length > 0) rows.push(['shells', rootfs.shells.map(printable).join(', ')]);
  if (rootfs.capabilities > 0) rows.push(['capabilities', look.words.kept(rootfs.capabilities)]);
  return rows;
}

function elfText({ elf }: RootfsFacts, { words }: Look): string {
  const found = elf.map((each) => words.executables(each.files, elf.length > 1 ? printable(each.platform) : null));
  return found.length === 0 ? '' : ` (${found.join(', ')})`;
}

/** The printed part about one image. Its table has the layers of `image`; its sums are over all layers, in `whole`. */
function imageSection(image: FoundImage, whole: FoundImage, title: string, look: Look): string {
  const { words } = look;
  const sizes = whole.layers.flatMap((layer) => layer.size ?? []);
  const total = sizes.length === 0 ? '' : `, ${roughly(sizes.reduce((sum, each) => sum + each, 0))}`;
  const rows: Row[] = [
    ['names', [...image.names, ...image.tags.map((tag) => `:${tag}`)].map(printable).join(', ') || words.none],
    ['platform', image.platform === null ? words.unsaid : platformText(image.platform)],
  ];
  if (image.created !== null) rows.push(['created', printable(image.created)]);
  if (image.configDigest !== null) rows.push(['imageID', image.configDigest]);
  if (image.manifestDigest !== null) rows.push(['manifest', image.manifestDigest]);
  rows.push(['layers', `${count(whole.layers.length)}${total}`]);
  return `${title}\n${table(rows, look)}${layerTable(image.layers, look)}`;
}
