import { classify, type Verdict } from './archive/classify.ts';
import { decompress, type Expandable } from './archive/decompress.ts';
import type { GzipFacts } from './archive/gzip.ts';
import { dockerImages, ociImages } from './archive/images.ts';
import { ArchiveScan } from './archive/scan.ts';
import { SNIFF_BYTES, sniff, type Sniffed } from './archive/sniff.ts';
import { type TarEnd, TarScanner } from './archive/tar.ts';
import { peek } from './bytes.ts';
import type { Digest } from './digest.ts';
import { badArchive, LadingError } from './errors.ts';
import { type Finding, finding, hasError } from './findings.ts';
import { choosePlatform } from './image/choose-platform.ts';
import type { Conversion } from './image/conversion.ts';
import { layout } from './image/layout.ts';
import type { ConversionRequest } from './image/options.ts';
import type { PlanPart } from './image/plan.ts';
import type { Compression, FoundImage, Inspection, Sums } from './inspection.ts';
import { LIMITS } from './limits.ts';
import type { Bytes, Tools } from './ports.ts';
import { SumsTap } from './sums.ts';

// The whole way of an archive, in order:
//   bytes ─► sniff ─► decompress ─► scan the members ─► classify ─► Inspection
//   Inspection + what was asked for ─► platform, config, layout ─► Conversion (a plan; nothing is written here)

/** What is known so far; an archive that cannot be read to its end leaves it at that. */
interface Progress {
  upload: SumsTap;
  /** The decompressed content's sums: the same tap as `upload` when there is no compression. */
  content: SumsTap;
  compression: Compression;
  gzip: GzipFacts;
  scan: ArchiveScan;
}

/**
 * Reads an upload once, as a stream, and says all that can be said about it. A bad archive is a result: only
 * faults of the source throw. Memory does not grow with the archive but for some 18 bytes a member.
 */
export async function inspect(
  bytes: Bytes,
  tools: Tools,
  options: { onProgress?: (bytesRead: number) => void } = {},
): Promise<Inspection> {
  const { head, all } = await peek(bytes, SNIFF_BYTES);
  const upload = new SumsTap(tools);
  const progress: Progress = {
    upload,
    content: upload,
    compression: 'none',
    gzip: { members: 0, trailing: null },
    scan: new ArchiveScan(),
  };
  try {
    progress.compression = recognise(head);
    if (progress.compression !== 'none') progress.content = new SumsTap(tools);
    const end = await read(all, progress, tools, options.onProgress);
    return await complete(progress, end, tools);
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    return unreadable(progress, error.finding);
  }
}

/** The compression around an archive. Throws `bad-archive` when the first bytes show that there is no archive. */
function recognise(head: Uint8Array): Expandable {
  if (head.length === 0) throw badArchive(finding('empty-upload'));
  const sniffed = sniff(head);
  if (sniffed.kind === 'tar') return 'none';
  if (sniffed.kind !== 'compressed') throw badArchive(notAnArchive(sniffed, ''));
  const { compression } = sniffed;
  if (compression === 'gzip') return compression;
  const tool = { bzip2: 'bzip2 -d', xz: 'xz -d', zstd: 'zstd -d' }[compression];
  throw badArchive(finding('compression-not-expanded', { compression, tool }));
}

function notAnArchive(sniffed: Exclude<Sniffed, { kind: 'tar' | 'compressed' }>, where: string): Finding {
  if (sniffed.kind === 'powershell') return finding('powershell-redirect');
  return finding('not-a-tar', { what: `${sniffed.what}${where}`, hint: sniffed.hint });
}

async function read(
  all: Bytes,
  progress: Progress,
  tools: Tools,
  onProgress?: (bytesRead: number) => void,
): Promise<TarEnd> {
  const { upload, content, scan } = progress;
  const scanner = new TarScanner(scan);
  for await (const chunk of await contentOf(upload.tap(all), progress, tools)) {
    scanner.push(chunk);
    checkExpansion(content.size, upload.size);
    onProgress?.(upload.size);
  }
  return scanner.finish();
}

/** The decompressed content, once its first bytes have shown that it is a tar archive. */
async function contentOf(stored: Bytes, { content, compression, gzip }: Progress, tools: Tools): Promise<Bytes> {
  if (compression === 'none') return stored;
  const { head, all } = await peek(content.tap(decompress(stored, 'gzip', tools, gzip)), SNIFF_BYTES);
  const sniffed = sniff(head);
  if (sniffed.kind === 'tar' || head.length === 0) return all;
  if (sniffed.kind !== 'compressed') throw badArchive(notAnArchive(sniffed, ` inside ${compression}`));
  throw badArchive(finding('compressed-twice', { inner: sniffed.compression, outer: compression }));
}

function checkExpansion(content: number, upload: number): void {
  if (content > LIMITS.contentBytes) {
    throw badArchive(finding('limit-exceeded', { what: 'decompressed bytes', limit: LIMITS.contentBytes }));
  }
  if (content > upload * LIMITS.expansionRatio) {
    throw badArchive(finding('limit-exceeded', { what: 'the expansion ratio', limit: LIMITS.expansionRatio }));
  }
}

async function complete(progress: Progress, end: TarEnd, tools: Tools): Promise<Inspection> {
  const { upload, content, gzip, scan } = progress;
  const uploadSums = await upload.sums();
  const verdict = classify(scan);
  const isImage = verdict.kind.startsWith('image/');
  return {
    ...facts(progress, verdict),
    upload: uploadSums,
    cleanGzip: progress.compression === 'gzip' && gzip.trailing === null,
    content: content === upload ? uploadSums : await content.sums(),
    rootfs: verdict.kind.startsWith('rootfs/') || verdict.kind === 'plain' ? scan.rootfs.facts() : null,
    images: isImage ? await imagesIn(verdict, scan, tools) : [],
    // The rules are those of a layer; an image archive itself becomes none.
    findings: [...verdict.findings, ...(isImage ? [] : scan.rules.findings), ...endings(end, gzip)],
  };
}

function unreadable(progress: Progress, fault: Finding): Inspection {
  const { scan } = progress;
  const verdict = classify(scan);
  const started = scan.members > 0;
  const findings = started && verdict.kind.startsWith('rootfs/') ? [fault, ...scan.rules.findings] : [fault];
  const kind = started ? verdict.kind : fault.code === 'empty-upload' ? 'empty' : 'not-an-archive';
  return {
    ...facts(progress, { kind, evidence: started ? verdict.evidence : [fault.message], findings }),
    upload: null,
    cleanGzip: false,
    content: null,
    rootfs: null,
    images: [],
  };
}

function facts({ compression, scan }: Progress, { kind, evidence, findings }: Verdict) {
  const { members, fileBytes, newestMtime } = scan;
  return { compression, kind, evidence, members, fileBytes, newestMtime, findings };
}

function imagesIn(verdict: Verdict, scan: ArchiveScan, tools: Tools): Promise<FoundImage[]> {
  return verdict.kind === 'image/oci'
    ? Promise.resolve(ociImages(scan.documents))
    : dockerImages(scan.documents, (bytes) => digestOf(bytes, tools));
}

async function digestOf(bytes: Uint8Array, tools: Tools): Promise<Digest> {
  const hasher = tools.newHasher();
  await hasher.update(bytes);
  return hasher.digest();
}

function endings(end: TarEnd, gzip: GzipFacts): Finding[] {
  const findings: Finding[] = [];
  if (!end.marked && end.members > 0) findings.push(finding('no-end-marker'));
  if (end.after !== null) {
    findings.push(finding(end.after.anotherArchive ? 'second-archive' : 'trailing-data', { offset: end.after.offset }));
  }
  if (gzip.trailing !== null) {
    findings.push(
      finding(gzip.trailing.zeros ? 'gzip-padding' : 'gzip-trailing-bytes', { offset: gzip.trailing.offset }),
    );
  }
  return findings;
}

/** What came of asking for a conversion: `findings` are all there are, those of the inspection too. */
export type Converted =
  | { kind: 'converted'; conversion: Conversion; findings: Finding[] }
  | { kind: 'not-converted'; findings: Finding[] };

/** Findings that say "this is no root file system"; they fall away when the user says it is one. */
const OVERRULED = new Set<Finding['code']>(['plain-archive', 'minimal-rootfs', 'wrapped']);

/** Turns an inspection into an image archive of one layer, as a plan. Writes nothing. */
export async function convert(inspection: Inspection, request: ConversionRequest, tools: Tools): Promise<Converted> {
  const { kind, upload, content } = inspection;
  const isRootfs = kind === 'rootfs/docker-export' || kind === 'rootfs/generic';
  const overruled = request.rootfs && (kind === 'rootfs/minimal' || kind === 'plain');
  const findings = inspection.findings.filter((each) => !(overruled && OVERRULED.has(each.code)));
  if (upload === null || content === null || hasError(findings) || !(isRootfs || overruled)) {
    return { kind: 'not-converted', findings };
  }
  const { platform, remarks } = choosePlatform(request.platform, inspection.rootfs);
  findings.push(...remarks, ...request.notes.map((note) => finding('inspect-note', { note })));
  if (request.nameDerived) findings.push(finding('name-derived', { name: `\`${request.names[0]?.familiar ?? ''}\`` }));
  const conversion = await layout(
    {
      ...layerFrom(inspection, upload, content),
      diffID: content.digest,
      names: request.names,
      nameDerived: request.nameDerived,
      config: request.config,
      platform,
      created: inspection.newestMtime,
      message: request.message,
    },
    tools,
  );
  return { kind: 'converted', conversion, findings };
}

/** The layer is the upload byte for byte, unless its compression is none that every client unpacks. */
function layerFrom(
  inspection: Inspection,
  upload: Sums,
  content: Sums,
): { layer: Sums & { gzip: boolean }; part: PlanPart } {
  const kept = inspection.compression === 'none' || inspection.cleanGzip;
  if (kept)
    return { layer: { ...upload, gzip: inspection.cleanGzip }, part: { kind: 'range', start: 0, end: upload.size } };
  return { layer: { ...content, gzip: false }, part: { kind: 'expanded', compression: 'gzip', size: content.size } };
}
