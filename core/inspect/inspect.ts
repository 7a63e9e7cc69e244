import type { Finding } from '../catalogue/findings.ts';
import { PackedSums, type PackedCopy } from '../compression/layer-packer.ts';
import type { LayerCompression } from '../model/conversion-request.ts';
import { withinBounds } from '../model/hand-off-size.ts';
import type { Digest } from '../model/digest.ts';
import type { Compression } from '../model/compression.ts';
import type { Inspection } from '../model/inspection.ts';
import type { Bytes, Hasher, Tools } from '../model/ports.ts';
import { SumsTap } from '../model/sums.ts';
import type { TarEnd } from '../tar/tar.ts';
import { BlobReader } from './blobs.ts';
import { checksumFindings, statesChecksums } from './checksum-files.ts';
import { classify } from './classify.ts';
import { endings } from './end-of-archive.ts';
import { Expansion } from './expansion.ts';
import { OnlyFile } from './only-file.ts';
import {
  decompressed,
  type LayerCopy,
  type Opened,
  readArchive,
  type Reading,
  scanned,
  sniffedCompression,
} from './read.ts';
import { ArchiveScan } from './scan.ts';
import { pieceRemarks } from './split-piece.ts';
import { imagesOf, readable, unreadable } from './what-is-read.ts';

/** The options of an inspection, and callbacks that receive bytes during it. */
export interface InspectOptions {
  /** Called again and again during the inspection, with the number of bytes of the upload that were read so far. */
  onProgress?: (bytesRead: number) => void;
  /** The file name or the S3 key of the upload, if known. It can show that the upload is a piece of a split archive. */
  name?: string | undefined;
  /** The hasher for the upload's stored bytes; by default a new one. */
  hasher?: Hasher;
  /**
   * The form in which the layers are to be written: `gzip`, `zstd` or `none` (plain). Null leaves gzip as it is, and
   * makes anything else plain. If a layer is compressed anew, its size and checksums are computed during the
   * inspection.
   */
  compress?: LayerCompression | null;
  /**
   * True (the default) to inspect the only file of an archive too, in case it is an archive itself. Then the upload may
   * also be compressed twice.
   */
  unwrap?: boolean;
  /**
   * The counter of decompressed bytes; by default a new one. The inspection of a file inside an upload is given the
   * counter of the upload.
   */
  expansion?: Expansion;
  /**
   * The object with which the caller computes the size and the checksums of the bytes. The caller must give it each
   * chunk before the inspection reads that chunk. If it is null or absent, the inspection computes them itself.
   */
  sums?: SumsTap | null;
  /**
   * Called with the stream of the bytes that become the layer if the upload is a root file system. Must return a stream
   * of the same bytes, which is then inspected.
   */
  copy?: LayerCopy | undefined;
  /**
   * Called with each compressed piece of the layer that the upload becomes if it is a root file system. It is only
   * called if `compress` is `gzip` or `zstd`. Even then it is not called if the upload is in gzip and stays so, or if
   * it was compressed twice, the second time with gzip.
   */
  copyPacked?: PackedCopy | undefined;
}

/**
 * Reads an upload once, as a stream, and returns its inspection, the JSON value that says what the upload is. A bad
 * archive throws no error: the inspection says what is wrong. Only errors of the stream are thrown. Memory grows only
 * with the number of members in the archive, by some 16 bytes each.
 *
 *   bytes ─► sniff ─► decompress ─► scan the members ─► classify ─► read the images ─► Inspection
 */
export async function inspect(bytes: Bytes, tools: Tools, options: InspectOptions = {}): Promise<Inspection> {
  return withinBounds(await inspectWhole(bytes, tools, options));
}

async function inspectWhole(bytes: Bytes, tools: Tools, options: InspectOptions): Promise<Inspection> {
  const { compress = null, unwrap = true, name } = options;
  const upload = options.sums ?? new SumsTap(tools, options.hasher);
  // Of an archive inside another one, the bytes that are stored cannot be the layer.
  const canBeLayer = (compression: Compression): boolean => compression === 'gzip' && unwrap;
  const expansion = options.expansion ?? new Expansion(() => upload.size, options.onProgress);
  const scan = new ArchiveScan(expansion);
  const blobs = new BlobReader(tools, expansion, compress);
  const only = new OnlyFile(scan, (inner, sums) => inspect(inner, tools, { compress, unwrap: false, expansion, sums }));
  const packing: { sums: PackedSums | null } = { sums: null };
  const steps = async ({ head, all }: Opened, found: Reading): Promise<TarEnd> => {
    found.compression = sniffedCompression(head);
    const copy = options.copy && { take: options.copy, keepsGzip: compress !== 'none' };
    const content = await decompressed(all, found, tools, expansion, { copy, most: unwrap ? 2 : 1 });
    // Behind gzip, the bytes of the upload were copied already. A second copy would be written over it.
    const copyPacked = found.compression.endsWith(' in gzip') ? undefined : options.copyPacked;
    // Gzip that is to stay gzip is the layer as it is.
    const packs = compress !== null && compress !== 'none' && !(canBeLayer(found.compression) && compress === 'gzip');
    if (packs) packing.sums = new PackedSums(compress, tools, copyPacked);
    return await scanned(content, scan, tools, expansion, {
      compression: found.compression,
      content: async (chunk) => {
        expansion.addPacked(chunk, packing.sums === null ? null : compress);
        await packing.sums?.update(chunk);
      },
      piece: async (piece) => {
        // A list of images is not read as a blob: it may be there thousands of times, and only the last one counts.
        const sums = scan.isBlob ? await blobs.feed(piece) : null;
        if (!unwrap) return;
        // Such an archive is read twice: as a layer that an image may have, and as what was uploaded.
        if (scan.mayBeOnly) expansion.addWork(piece.bytes.length, 'inner');
        await only.feed(piece, sums);
      },
    });
  };
  const read = await readArchive(options.sums ? bytes : upload.tap(bytes), upload, steps, { name });
  if (read.fault !== null || read.end === null) {
    // The caller still needs the sums that it computes.
    for (const sums of [upload, read.content, read.zipped, packing.sums]) if (sums !== options.sums) sums?.discard();
    return unreadable(read, scan, blobs.blobs);
  }
  const verdict = classify(scan, blobs.blobs);
  const images = imagesOf(verdict, scan, blobs.blobs);
  const sums = await upload.sums();
  const content = read.content === upload ? sums : await read.content.sums();
  const found: Inspection = {
    ...readable(read, read.end, scan, verdict, images),
    upload: sums,
    cleanGzip: canBeLayer(read.compression) && read.compressed.trailing === null,
    content,
    packed: (await packing.sums?.sums()) ?? null,
  };
  found.findings.push(...pieceRemarks(found.kind, name), ...(await besideInZip(read, content.digest)));
  const inner = found.kind === 'plain' ? await only.unwrapped(found) : null;
  return inner === null ? found : { ...inner, findings: [...inner.findings, ...endings(read.end, read)] };
}

/**
 * The findings about files that lie beside an archive in a zip file and state its SHA-256; empty when there are none.
 * `content` is the digest of the decompressed archive.
 */
async function besideInZip({ compressed: { zip }, zipped }: Reading, content: Digest): Promise<Finding[]> {
  const texts = [...(zip?.beside ?? [])].filter(([name, bytes]) => statesChecksums(name, bytes.length));
  if (zip === undefined || texts.length === 0) {
    zipped?.discard();
    return [];
  }
  const stored = zipped === undefined ? [] : [(await zipped.sums()).digest];
  return checksumFindings(new Map(texts), zip.archive, [...stored, content]);
}
