import type { Converted } from './converted.ts';
import { classify, type Verdict } from './archive/classify.ts';
import type { Blob } from './archive/images/blob.ts';
import { BlobReader } from './archive/images/blobs.ts';
import { Expansion } from './archive/expansion.ts';
import { endings, shapeBehind } from './archive/endings.ts';
import { hop } from './archive/hop.ts';
import { type ImageSet, readImages } from './archive/images/image-set.ts';
import { pieceRemarks } from './archive/piece.ts';
import { OnlyFile } from './archive/only-file.ts';
import { type LayerCopy, type Reading, readArchive } from './archive/read.ts';
import { ArchiveScan } from './archive/scan.ts';
import type { TarEnd } from './archive/tar/tar.ts';
import { printable } from './bytes.ts';
import { LadingError } from './errors.ts';
import { type Finding, distinct, finding, hasError, mended, quoted } from './findings.ts';
import { tooLargeToHandOn, withinBounds } from './hand-off-size.ts';
import { choosePlatform } from './image/choose-platform.ts';
import { rootfsImage } from './image/rootfs-image.ts';
import { GzipSums, type PackedCopy } from './image/gzip.ts';
import type { ConversionRequest, LayerCompression } from './conversion-request.ts';
import { rebuildImages } from './image/rebuild.ts';
import { rootfsRemarks } from './image/remarks.ts';
import type { PlanPart } from './image/plan.ts';
import type { ArchiveShape, Inspection, Sums } from './inspection.ts';
import type { Bytes, Hasher, Source, Tools } from './ports.ts';
import { SumsTap } from './sums.ts';

// The whole way of an archive, in order:
//   bytes ─► sniff ─► decompress ─► scan the members ─► classify ─► Inspection
//   Inspection + what was asked for ─► platform, config, layout ─► Conversion (a plan; nothing is written here)

/** What may be done along the way. */
export interface InspectOptions {
  onProgress?: (bytesRead: number) => void;
  /** What the upload is called, where that is known: pieces of an archive that was split are called like that. */
  name?: string | undefined;
  /** For the upload as stored, where somebody can hash it better than by its chunks. */
  hasher?: Hasher;
  /** Also sums what the layer would be when packed like this. */
  compress?: LayerCompression | null;
  /** Whether to look into the only file of an archive; by default true. */
  unwrap?: boolean;
  /** The count of the upload that these bytes are a part of; by default they are an upload of their own. */
  expansion?: Expansion;
  /** Passes on unchanged what would be the layer, if the archive were a root file system; `kind` is that of its part in the plan. */
  copy?: LayerCopy | undefined;
  /** Takes the layer that `compress` makes. */
  copyPacked?: PackedCopy | undefined;
}

/**
 * Reads an upload once, as a stream, and says all that can be said about it. A bad archive is a result: only
 * faults of the source throw. Memory does not grow with the archive but for some 16 bytes a member.
 */
export async function inspect(bytes: Bytes, tools: Tools, options: InspectOptions = {}): Promise<Inspection> {
  return withinBounds(await inspectWhole(bytes, tools, options));
}

async function inspectWhole(bytes: Bytes, tools: Tools, options: InspectOptions): Promise<Inspection> {
  const { compress = null, unwrap = true } = options;
  const packing = compress === 'gzip' ? new GzipSums(tools, options.copyPacked) : null;
  const upload = new SumsTap(tools, options.hasher);
  const expansion = options.expansion ?? new Expansion(() => upload.size);
  const scan = new ArchiveScan();
  const blobs = new BlobReader(tools, expansion);
  const only = new OnlyFile(scan, (inner) => inspect(inner, tools, { compress, unwrap: false, expansion }));
  const reading = await readArchive(upload.tap(bytes), upload, tools, scan, {
    progress: () => options.onProgress?.(upload.size),
    content: async (chunk, compression) => (compression === 'gzip' ? undefined : await packing?.update(chunk)),
    piece: async (piece) => {
      await Promise.all([blobs.feed(piece), unwrap ? only.feed(piece) : undefined]);
    },
    ...(options.copy && { copy: options.copy }),
    expansion,
    name: options.name,
  });
  if (reading.fault !== null || reading.end === null) return unreadable(reading, scan, blobs.blobs);
  const uploadSums = await upload.sums();
  const found: Inspection = {
    ...readable(reading, reading.end, scan, blobs.blobs),
    upload: uploadSums,
    cleanGzip: reading.compression === 'gzip' && reading.compressed.trailing === null,
    content: reading.content === upload ? uploadSums : await reading.content.sums(),
    packed: packing === null || reading.compression === 'gzip' ? null : await packing.sums(),
  };
  found.findings.push(...pieceRemarks(found.kind, options.name));
  const inner = found.kind === 'plain' ? await only.unwrapped(found) : null;
  return inner === null ? found : { ...inner, findings: [...inner.findings, ...endings(reading.end, reading)] };
}

/**
 * Says what the headers and documents of an uncompressed image archive of `size` bytes tell, from some small ranged reads.
 * Nothing is verified. Of what is no such archive it says (`not-quick`) that only a whole look tells more.
 */
export async function inspectQuickly(source: Source, size: number, tools: Tools): Promise<Inspection> {
  const scan = new ArchiveScan();
  const { end, fault, blobs, bytesRead, requests } = await hop(source, size, scan, tools);
  const reading: Walk = { compression: 'none', compressed: { members: 0, trailing: null }, fault };
  const seen = end === null ? unreadable(reading, scan, blobs) : readable(reading, end, scan, blobs);
  const caution = fault?.code === 'not-quick' ? [] : [finding('not-verified', { read: bytesRead, size })];
  return withinBounds({
    ...seen,
    upload: null,
    cleanGzip: false,
    content: null,
    packed: null,
    quick: { toEnd: end !== null, bytesRead, requests },
    findings: [...caution, ...seen.findings],
  });
}

/** How an archive was walked, whether every byte of it was read or not. */
type Walk = Pick<Reading, 'compression' | 'compressed' | 'fault'> & { content?: { size: number } };

/** What is to be said about an archive that was followed to its end. */
function readable(
  walk: Walk,
  end: TarEnd,
  scan: ArchiveScan,
  blobs: ReadonlyMap<string, Blob>,
): Omit<Inspection, 'upload' | 'cleanGzip' | 'content' | 'packed'> {
  const verdict = classify(scan, blobs);
  const { set, exceeded } = imagesOf(verdict, scan, blobs);
  return {
    ...facts(walk, scan, verdict),
    rootfs: verdict.kind.startsWith('rootfs/') || verdict.kind === 'plain' ? scan.rootfs.facts() : null,
    images: set?.images ?? [],
    sources: set?.sources ?? [],
    shape: set === null ? null : withAttributes(shapeBehind(set.shape, walk), scan),
    findings: [
      ...exceeded,
      ...verdict.findings,
      ...programRemarks(verdict, scan),
      ...moreFindings(verdict.kind, set, walk, scan),
      ...endings(end, walk),
    ],
  };
}

/** The images of an archive, verified; or which limit they exceed. */
function imagesOf(
  { index }: Verdict,
  { documents }: ArchiveScan,
  blobs: ReadonlyMap<string, Blob>,
): { set: ImageSet | null; exceeded: Finding[] } {
  try {
    return { set: index === null ? null : readImages(index, documents, blobs), exceeded: [] };
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    return { set: null, exceeded: [error.finding] };
  }
}

function programRemarks({ kind }: Verdict, { rootfs }: ArchiveScan): Finding[] {
  const program = kind.startsWith('rootfs/') ? rootfs.programs.unusable : null;
  return program === null ? [] : [finding('nothing-executable', { member: printable(program) })];
}

/** What can be said about an archive that could not be read to its end. */
function unreadable(reading: Walk, scan: ArchiveScan, blobs: ReadonlyMap<string, Blob>): Inspection {
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
 * The rules are those of a layer; an image archive itself becomes none, but has rules of its own, and digests of its own
 * where the compression has no checksum.
 */
function moreFindings(
  kind: Verdict['kind'],
  set: ImageSet | null,
  { compression, compressed }: Walk,
  scan: ArchiveScan,
): Finding[] {
  const unchecked = compressed.unchecked === true ? [finding('compressed-unchecked', { compression })] : [];
  if (set === null && kind.startsWith('image/')) return [];
  if (set === null) return [...scan.rules.findings, ...scan.sparse.findings, ...unchecked];
  const huge = scan.sparse.findings.filter(({ code }) => code === 'sparse-huge');
  const outside = compression === 'none' ? [] : [finding('compressed-outside', { compression })];
  const { member = '', offset = 0 } = scan.rules.seen('macos-attributes') ?? {};
  const attributes = member === '' ? [] : [finding('archive-attributes', { member, offset })];
  return [...set.findings, ...attributes, ...huge, ...outside];
}

/** What clients see of an image archive: they unpack its members, too, and some fail on attributes of macOS. */
function withAttributes(shape: ArchiveShape, { rules }: ArchiveScan): ArchiveShape {
  if (rules.seen('macos-attributes') === null) return shape;
  return { ...shape, faults: [...shape.faults, 'members-attributes'] };
}

function nothingSeen(fault: Finding | null): Verdict {
  const kind = fault?.code === 'empty-upload' ? 'empty' : 'not-an-archive';
  return { kind, evidence: fault === null ? [] : [quoted(fault)], findings: [], index: null };
}

function facts({ compression }: Walk, scan: ArchiveScan, { kind, evidence, findings }: Omit<Verdict, 'index'>) {
  const { members, fileBytes, newestMtime } = scan;
  return { compression, inside: null, kind, evidence, members, fileBytes, newestMtime, findings };
}

/** Findings that say "this is no root file system"; they fall away when the user says it is one. */
const OVERRULED = new Set<Finding['code']>(['plain-archive', 'minimal-rootfs', 'wrapped', 'archive-bundle']);

/**
 * Turns an inspection into an image archive, as a plan. Writes nothing. An image archive that already loads everywhere
 * is left alone when nothing was asked for, unless `always`.
 */
export async function convert(
  inspection: Inspection,
  request: ConversionRequest,
  tools: Tools,
  options: { always?: boolean } = {},
): Promise<Converted> {
  const { upload, content } = inspection;
  if (upload === null || content === null) return { kind: 'not-converted', findings: inspection.findings };
  const tooLarge = tooLargeToHandOn(inspection, request);
  if (tooLarge !== null) return { kind: 'not-converted', findings: distinct([tooLarge, ...inspection.findings]) };
  if (inspection.sources.length > 0) return convertImages(inspection, request, tools, options.always ?? false);
  return convertRootfs({ ...inspection, upload, content }, request, tools);
}

async function convertImages(
  inspection: Inspection,
  request: ConversionRequest,
  tools: Tools,
  always: boolean,
): Promise<Converted> {
  const { conversion, findings } = await rebuildImages(inspection, request, tools, always);
  return conversion === null ? { kind: 'not-converted', findings } : { kind: 'converted', conversion, findings };
}

async function convertRootfs(
  inspection: WholeInspection,
  request: ConversionRequest,
  tools: Tools,
): Promise<Converted> {
  const { kind } = inspection;
  const isRootfs = kind === 'rootfs/docker-export' || kind === 'rootfs/generic';
  const overruled = request.rootfs && (kind === 'rootfs/minimal' || kind === 'plain');
  const findings = inspection.findings.filter((each) => !(overruled && OVERRULED.has(each.code)));
  if (hasError(findings) || !(isRootfs || overruled)) return { kind: 'not-converted', findings };
  const { platform, remarks } = choosePlatform(request.platform, inspection.rootfs);
  findings.push(...remarks, ...rootfsRemarks(inspection, request));
  const { names, nameDerived, config, message } = request;
  const created = inspection.newestMtime;
  const diffID = inspection.content.digest;
  const input = { ...layerFrom(inspection), diffID, names, nameDerived, config, platform, created, message };
  return { kind: 'converted', conversion: await rootfsImage(input, tools), findings: findings.map(mended) };
}

/** An inspection of an upload that was read to its end. */
type WholeInspection = Inspection & { upload: Sums; content: Sums };

/** The layer is the upload byte for byte, unless its compression is none that every client unpacks, or gzip was asked for. */
function layerFrom(inspection: WholeInspection): { layer: Sums & { gzip: boolean }; part: PlanPart } {
  const { upload, content, packed, compression: outer, cleanGzip } = inspection;
  const start = inspection.inside?.start ?? 0;
  const end = start + content.size;
  const recoded = { kind: 'recoded', outer, start, end, inner: 'none' } as const;
  if (packed !== null) return { layer: { ...packed, gzip: true }, part: { ...recoded, gzip: true, size: packed.size } };
  if (cleanGzip) return { layer: { ...upload, gzip: true }, part: { kind: 'range', start, end: upload.size } };
  if (outer === 'none') return { layer: { ...content, gzip: false }, part: { kind: 'range', start, end } };
  return { layer: { ...content, gzip: false }, part: { ...recoded, size: content.size } };
}
