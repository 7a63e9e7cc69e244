import { finding, type Finding, quoted } from '../catalogue/findings.ts';
import type { ArchiveBlob } from '../images/blob.ts';
import { type ImageSet, readImages } from '../images/image-set.ts';
import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import { LadingError } from '../model/errors.ts';
import { isUnread } from '../model/compression.ts';
import type { ArchiveShape, FoundImage, Inspection } from '../model/inspection.ts';
import type { TarEnd } from '../tar/tar.ts';
import { classify } from './classify.ts';
import type { Classification } from './classify-others.ts';
import { endings, withTrailingBytes } from './end-of-archive.ts';
import type { Reading } from './read.ts';
import type { Expansion } from './expansion.ts';
import type { ArchiveScan } from './scan.ts';

/**
 * The facts from reading an archive, either all its bytes or only its headers. `content`, the decompressed size, is
 * only known after all bytes were read.
 */
export type Walk = Pick<Reading, 'compression' | 'compressed' | 'fault'> & { content?: { size: number } };

/** An inspection without the sizes and checksums of the upload and its content, which headers alone do not tell. */
export type WhatIsRead = Omit<Inspection, 'upload' | 'cleanGzip' | 'content' | 'packed'>;

/** Makes the inspection of an archive that was read to its end, either all its bytes or only its headers. */
export function readable(
  walk: Walk,
  end: TarEnd,
  scan: ArchiveScan,
  verdict: Classification,
  { set, exceeded }: ImagesFound,
): WhatIsRead {
  return {
    ...facts(walk, scan, verdict),
    rootfs: verdict.kind.startsWith('rootfs/') || verdict.kind === 'plain' ? scan.rootfs.facts() : null,
    ...rootFolder(verdict, scan),
    images: set?.images ?? [],
    sources: set?.sources ?? [],
    shape: set === null ? null : withAttributes(withTrailingBytes(set.shape, walk), scan),
    findings: [
      ...exceeded,
      ...verdict.findings,
      ...programRemarks(verdict, scan),
      ...moreFindings(verdict.kind, set, walk, scan),
      ...endings(end, walk),
    ],
  };
}

/**
 * The images of an archive: `set`, null if it has none or they exceed a limit. `exceeded` has the finding about that
 * limit, and is empty if no limit is exceeded.
 */
export interface ImagesFound {
  set: ImageSet | null;
  exceeded: Finding[];
}

/**
 * Reads and verifies the images of an archive. Returns no images, and the finding about the limit, when they exceed
 * one.
 */
export function imagesOf(
  { index }: Classification,
  { documents, expansion }: ArchiveScan,
  blobs: ReadonlyMap<string, ArchiveBlob>,
): ImagesFound {
  if (index === null) return { set: null, exceeded: [] };
  try {
    const set = readImages(index, documents, blobs);
    for (const image of set.images) countListed(image, expansion);
    return { set, exceeded: [] };
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    return { set: null, exceeded: [error.finding] };
  }
}

/** Counts the names and layers of an image as work. Throws a LadingError (`bad-archive`) beyond the limit. */
function countListed({ names, tags, layers }: FoundImage, expansion: Expansion): void {
  const characters = [...names, ...tags].reduce((sum, { length }) => sum + length, 0);
  expansion.addWork(characters * LIMITS.nameCharacterBytes, 'names');
  expansion.addWork(layers.length * LIMITS.listedLayerBytes, 'layers');
}

/**
 * An object with the field `rootFolder` of an inspection: the folder that contains the root file system of the archive.
 * An empty object when there is no such folder, or when another root file system lies outside it.
 */
function rootFolder({ findings }: Classification, { innerRoots }: ArchiveScan): Pick<Inspection, 'rootFolder'> {
  if (!findings.some(({ code }) => code === 'wrapped' || code === 'root-in-folder')) return {};
  const [folder, ...others] = innerRoots.roots.toSorted((a, b) => a.length - b.length);
  return folder === undefined || !others.every((each) => each.startsWith(`${folder}/`)) ? {} : { rootFolder: folder };
}

function programRemarks({ kind }: Classification, { rootfs }: ArchiveScan): Finding[] {
  const program = kind.startsWith('rootfs/') ? rootfs.programs.unusable : null;
  return program === null ? [] : [finding('nothing-executable', { member: printable(program) })];
}

/**
 * Makes the inspection of an archive that could not be read to its end. What it is, is decided from the members that
 * were read.
 */
export function unreadable(reading: Walk, scan: ArchiveScan, blobs: ReadonlyMap<string, ArchiveBlob>): Inspection {
  const verdict = scan.members > 0 ? classify(scan, blobs) : nothingSeen(reading.fault);
  const rules = verdict.kind.startsWith('rootfs/') ? scan.rules.findings : [];
  const findings = [...(reading.fault === null ? [] : [reading.fault]), ...rules];
  return {
    ...facts(reading, scan, { ...verdict, findings }),
    upload: null,
    cleanGzip: false,
    content: null,
    packed: null,
    rootfs: null,
    images: [],
    sources: [],
    shape: null,
  };
}

/**
 * Makes further findings about an archive. For an archive without images, they are about members that container engines
 * refuse in a layer, about sparse files, and about the compression. For an archive with images, they are about the
 * images, about some properties of the archive's members, and about its compression. There are none for an image
 * archive whose images could not be read. Only an archive without images gets a finding for compressed data without a
 * checksum, because digests protect the content of images.
 */
function moreFindings(
  kind: Classification['kind'],
  set: ImageSet | null,
  { compression, compressed }: Walk,
  scan: ArchiveScan,
): Finding[] {
  const unchecked = compressed.unchecked === true ? [finding('compressed-unchecked', { compression })] : [];
  if (set === null && kind.startsWith('image/')) return [];
  const isTwice = compression.includes(' in ');
  const unread =
    isTwice || (set !== null && isUnread(compression)) ? [finding('compressed-unread', { compression })] : [];
  if (set === null) return [...scan.rules.findings, ...scan.sparse.faults.findings, ...unchecked, ...unread];
  const huge = scan.sparse.faults.findings.filter(({ code }) => code === 'sparse-huge');
  const outside =
    compression === 'none' || unread.length > 0 ? unread : [finding('compressed-outside', { compression })];
  const { member = '', offset = 0 } = scan.rules.seen('macos-attributes') ?? {};
  const attributes = member === '' ? [] : [finding('archive-attributes', { member, offset })];
  return [...set.findings, ...attributes, ...huge, ...outside];
}

/**
 * Returns the facts about an image archive. The fault `members-attributes` is added if its members have extended
 * attributes of macOS, on which clients that unpack the archive can fail.
 */
function withAttributes(shape: ArchiveShape, { rules }: ArchiveScan): ArchiveShape {
  if (rules.seen('macos-attributes') === null) return shape;
  return { ...shape, faults: [...shape.faults, 'members-attributes'] };
}

function nothingSeen(fault: Finding | null): Classification {
  const kind = fault?.code === 'empty-upload' ? 'empty' : 'not-an-archive';
  return { kind, evidence: fault === null ? [] : [quoted(fault)], findings: [], index: null };
}

function facts({ compression }: Walk, scan: ArchiveScan, { kind, evidence, findings }: Omit<Classification, 'index'>) {
  const { members, fileBytes, newestMtime } = scan;
  return { compression, inside: null, kind, evidence, members, fileBytes, newestMtime, findings };
}
