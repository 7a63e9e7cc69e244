import { inLanguage } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { type ArchiveManifest, KIND_NAMES, readableManifest, withoutContents } from '../manifest/manifest.ts';
import type { FoundImage, RootfsFacts } from '../model/inspection.ts';
import { clientRows } from './clients.ts';
import { type ShownFinding, shownFindings } from './findings.ts';
import { type ShownLayer, shownLayers } from './layers.ts';
import { platformText, type Row, sizeText, type Voice } from './rows.ts';
import { called, count, printable, roughly } from './text.ts';

/** The description of one image in an archive: a title, lines about it, and its layers. */
export interface ShownImage {
  title: string;
  rows: Row[];
  layers: ShownLayer[];
}

/** The description of an archive. Its fields are in the order in which they are shown. */
export interface ShownInspection {
  /** The name of the archive, as the subject of a sentence. */
  name: string;
  /**
   * The kind of the archive in words, as the end of a sentence that begins with the archive's name: `a root file
   * system`.
   */
  kind: string;
  rows: Row[];
  images: ShownImage[];
  findings: ShownFinding[];
  /** The lines about which clients load the archive; none if it could not be read. */
  clients: Row[];
  /** The sentence on what the description leaves out; empty when it leaves out nothing. */
  shortened: string;
}

/**
 * Describes an archive for people: its kind and the evidence for it, its images and findings, and which clients load
 * it. `whole` is the JSON about the upload, and `voice` the language. Lists and texts are shortened when the JSON has
 * more than `LIMITS.pageBytes` bytes.
 */
export function shownInspection(whole: ArchiveManifest, voice: Voice): ShownInspection {
  // Parts that the page does not show do not count against its limit.
  const images = whole.images.map((each) => ({ ...each, config: null, history: [] }));
  const manifest = readableManifest({ ...withoutContents(whole), images }, LIMITS.pageBytes);
  const { words, language } = voice;
  const isReadable = manifest.compression.content !== null || manifest.quick === true;
  const readable = isReadable && manifest.archive.kind !== 'empty';
  return {
    name: manifest.source.key === '-' ? words.standardInput : printable(called(manifest.source)),
    kind: KIND_NAMES[manifest.archive.kind][language],
    rows: [...archiveRows(manifest, voice), ...rootfsRows(manifest.rootfs, voice)],
    images: manifest.images.map((image, index) =>
      shownImage(image, whole.images[index] ?? image, words.imageOf(index + 1, whole.images.length), voice),
    ),
    findings: shownFindings(manifest.findings, voice),
    clients: readable ? clientRows(manifest.clients, manifest.images.length, voice) : [],
    shortened: shortenedText(manifest, voice),
  };
}

/** The sentence on what the description of an archive leaves out to stay small; empty when it leaves out nothing. */
export function shortenedText({ shortened = [] }: ArchiveManifest, { words }: Voice): string {
  return shortened.length === 0 ? '' : words.shortened(shortened.map((each) => words.lost(each)));
}

function archiveRows(manifest: ArchiveManifest, voice: Voice): Row[] {
  const { source, compression, archive } = manifest;
  const content = compression.kind === 'none' ? null : compression.content;
  const told = new Set(manifest.findings.map((each) => inLanguage(each, voice.language).message));
  const evidence = voice.language === 'zh' ? manifest.zh.evidence : archive.evidence;
  const reasons = evidence.filter((why) => !told.has(why));
  const rows: Row[] = reasons.map((why, index) => [index === 0 ? 'because' : '', printable(why)]);
  if (source.size !== null) rows.push(['size', sizeText(source.size, voice)]);
  rows.push(['compression', compression.kind === 'none' ? voice.words.none : compression.kind]);
  if (content !== null) rows.push(['expanded', sizeText(content.size, voice)]);
  if (archive.members > 0)
    rows.push(['members', voice.words.filesOf(archive.members, sizeText(archive.fileBytes, voice))]);
  if (source.digest !== null) rows.push(['digest', source.digest]);
  if (content !== null) rows.push(['diffID', content.digest]);
  return rows;
}

function rootfsRows(rootfs: RootfsFacts | null, voice: Voice): Row[] {
  const rows: Row[] = [];
  if (rootfs === null) return rows;
  if (rootfs.distribution !== null) rows.push(['distribution', printable(rootfs.distribution.name)]);
  if (rootfs.platform !== null) rows.push(['platform', `${platformText(rootfs.platform)}${elfText(rootfs, voice)}`]);
  if (rootfs.shells.length > 0) rows.push(['shells', rootfs.shells.map(printable).join(', ')]);
  if (rootfs.capabilities > 0) rows.push(['capabilities', voice.words.kept(rootfs.capabilities)]);
  return rows;
}

function elfText({ elf }: RootfsFacts, { words }: Voice): string {
  const found = elf.map((each) => words.executables(each.files, elf.length > 1 ? printable(each.platform) : null));
  return found.length === 0 ? '' : ` (${found.join(', ')})`;
}

/**
 * Describes one image of an archive. `image` has only the layers that are to be listed. `whole` is the same image with
 * all its layers; it is used to show their number and their total size.
 */
function shownImage(image: FoundImage, whole: FoundImage, title: string, { words }: Voice): ShownImage {
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
  return { title, rows, layers: shownLayers(image.layers) };
}
