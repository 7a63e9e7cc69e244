import { both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import type { CompressedFacts } from '../compression/compressed-reader.ts';
import { decompress, expandedAgain } from '../compression/decompress.ts';
import type { Foreign } from '../foreign/format.ts';
import { LIMITS } from '../limits.ts';
import { byteString } from '../model/byte-string.ts';
import { peek } from '../model/bytes.ts';
import { badArchive, LadingError } from '../model/errors.ts';
import type { Compression, SingleCompression } from '../model/compression.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { SumsTap } from '../model/sums.ts';
import { looksTextMode } from '../tar/damage.ts';
import { type TarEnd, TarScanner } from '../tar/tar.ts';
import type { BodyPiece, MemberObserver } from '../tar/observer.ts';
import type { Expansion } from './expansion.ts';
import { sniff, SNIFF_BYTES, type Sniffed } from './sniff.ts';
import { pieceByName, pieceOfTar } from './split-piece.ts';

/**
 * The outcome of reading a tar archive once, compressed or not. The members are not in it: they were reported to an
 * observer.
 */
export interface Reading {
  compression: Compression;
  /**
   * The size and checksums of the decompressed archive. If the archive is not compressed, they are those of the stored
   * bytes.
   */
  content: SumsTap;
  compressed: CompressedFacts;
  /** The size and checksums of a compressed archive inside an uploaded zip file, as it is stored; else absent. */
  zipped?: SumsTap;
  /**
   * Whether the tar archive has an end mark, and what follows it; null when it could not be read to its end, for the
   * reason in `fault`.
   */
  end: TarEnd | null;
  fault: Finding | null;
}

/** Callbacks for the bytes of an archive while its members are scanned. */
export interface ScanHooks {
  /** Called with each decompressed chunk of the archive before the members in the chunk are scanned. */
  content?: (chunk: Uint8Array) => Promise<void>;
  /**
   * Called with the content of certain members, piece by piece: those for which `MemberObserver.streams` returns true.
   * The bytes are only valid until the returned promise is resolved.
   */
  piece?: (piece: BodyPiece) => Promise<void>;
}

/**
 * A callback that is called with a stream of the bytes that may become the layer of an image, and returns a stream of
 * the same bytes. It can write them to a file, for example. `kind` is `range` for bytes as they are in the upload, and
 * `recoded` for decompressed bytes.
 */
export type LayerCopy = (layer: Bytes, kind: 'range' | 'recoded') => Bytes;

/** A stream whose beginning was read: its first bytes (`head`), and the whole stream including them (`all`). */
export interface Opened {
  head: Uint8Array;
  all: Bytes;
}

/**
 * Opens the stream of an archive, calls `steps` to read it, and returns the outcome. `stored` computes the size and
 * checksums of the bytes as stored. When `steps` throws a LadingError with a finding, nothing is thrown: the `fault` of
 * the outcome is that finding or, if its cause can be told, a finding about the cause. Errors of the stream are thrown.
 * `upload.name` is the file name of the upload, if known. It is needed to recognise a piece of a split archive.
 * `upload` is absent when a layer is read.
 */
export async function readArchive(
  bytes: Bytes,
  stored: SumsTap,
  steps: (opened: Opened, found: Reading) => Promise<TarEnd>,
  upload?: { name: string | undefined },
): Promise<Reading> {
  const compressed = { members: 0, trailing: null };
  const found: Reading = { compression: 'none', content: stored, compressed, end: null, fault: null };
  const { head, all } = await peek(bytes, SNIFF_BYTES);
  try {
    found.end = await steps({ head, all }, found);
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    found.fault = await explained(error.finding, head, all, upload);
  } finally {
    await all.close();
  }
  return found;
}

/**
 * Reads a layer from a stream: recognises its compression, decompresses it, and reports its members to `observer`.
 * Returns the compression, the checksums and the fault; the fault is null for a sound layer. `stored` computes the
 * checksums of the layer as stored. `content` is a callback that is called with the compression of the layer. It
 * returns a second callback, which is called with each decompressed chunk, or undefined if the chunks are not needed.
 */
export function readLayer(
  bytes: Bytes,
  stored: SumsTap,
  tools: Tools,
  observer: MemberObserver,
  expansion: Expansion,
  content?: (compression: Compression) => ScanHooks['content'],
): Promise<Reading> {
  return readArchive(bytes, stored, async ({ head, all }, found) => {
    found.compression = layerCompression(head);
    const expanded = await decompressed(all, found, tools, expansion, { most: 1 });
    const { compression } = found;
    const hook = content?.(compression);
    return await scanned(expanded, observer, tools, expansion, { compression, ...(hook && { content: hook }) });
  });
}

/**
 * The compression of an archive, recognised by its first bytes; `none` for a plain tar archive. Throws a LadingError
 * (`bad-archive`) when the bytes do not begin an archive.
 */
export function sniffedCompression(head: Uint8Array): Compression {
  if (head.length === 0) throw badArchive(finding('empty-upload'));
  return compressionIn(sniff(head));
}

/**
 * The compression of a layer, recognised by its first bytes; `none` for a plain tar archive. Throws a LadingError
 * (`bad-archive`) when the bytes do not begin an archive. Bytes that do not begin like a tar archive are recognised by
 * the first `LAYER_BYTES` bytes alone. This saves time: an archive may have thousands of documents, and each is
 * examined here because it could be a layer.
 */
function layerCompression(head: Uint8Array): Compression {
  return head.length === 0 ? sniffedCompression(head) : compressionIn(sniffLayer(head));
}

/** Recognises the format of a layer, stored or decompressed, by its first bytes. */
function sniffLayer(head: Uint8Array): Sniffed {
  const sniffed = sniff(head.subarray(0, LAYER_BYTES));
  // The magic numbers of some disk images come late, behind zeros with which a tar archive can begin, too.
  return sniffed.kind === 'tar' && head.length > LAYER_BYTES ? sniff(head) : sniffed;
}

/** The number of bytes at the beginning of a layer from which its format is recognised. */
const LAYER_BYTES = 1024;

function compressionIn(sniffed: Sniffed): Compression {
  if (sniffed.kind === 'tar') return 'none';
  if (sniffed.kind !== 'compressed') throw badArchive(notAnArchive(sniffed, null));
  return sniffed.compression;
}

/**
 * Decompresses an archive, and returns the stream of its content. While the stream is read, `found.content` computes
 * the size and checksums of the content. An archive without compression is returned as it is. Throws a LadingError
 * (`bad-archive`) when the content does not begin like a tar archive. `most` is how many times, 1 or 2, the archive may
 * be compressed. `copy.take` is called with the stream of the bytes that may become the layer: the decompressed bytes
 * or, for a gzip archive if `keepsGzip` is true, the stored bytes.
 */
export async function decompressed(
  stored: Bytes,
  found: Reading,
  tools: Tools,
  expansion: Expansion,
  { copy, most }: { copy?: { take: LayerCopy; keepsGzip: boolean } | undefined; most: 1 | 2 },
): Promise<Bytes> {
  const { compression, compressed } = found;
  const copied: LayerCopy = copy?.take ?? ((layer) => layer);
  if (compression === 'none') return copied(stored, 'range');
  found.content = new SumsTap(tools);
  compressed.watch = (bytes = LIMITS.memberBytes) => {
    expansion.addWork(bytes, 'units');
    return tools.breathe?.();
  };
  expansion.addWork(LIMITS.decompressorBytes, 'decompressors');
  const keeps = compression === 'gzip' && copy?.keepsGzip !== false;
  const packed = most === 1 ? counted(stored, expansion) : keeps ? copied(stored, 'range') : stored;
  const outer = await peek(decompress(packed, compression, tools, compressed), SNIFF_BYTES);
  const first = most === 1 ? sniffLayer(outer.head) : sniff(outer.head);
  const isTwice = most === 2 && first.kind === 'compressed';
  const { head, all } = isTwice ? await again(outer.all, first.compression, found, tools, expansion) : outer;
  const sniffed = isTwice ? sniff(head) : first;
  if (found.compression === 'gzip') found.content.relyOn(() => compressed.crc32 ?? 0);
  // What gzip data becomes was copied from its first byte on. A second copy would be written over it.
  if (sniffed.kind === 'tar' || head.length === 0) return found.content.tap(keeps ? all : copied(all, 'recoded'));
  await all.close();
  if (sniffed.kind !== 'compressed') throw badArchive(notAnArchive(sniffed, found.compression));
  throw badArchive(finding('compressed-twice', { inner: sniffed.compression, outer: found.compression }));
}

/**
 * Decompresses content that is still compressed after one decompression; `compression` is this second compression.
 * Returns the stream of the decompressed bytes, and its first bytes, by which its format is recognised. Adds the
 * compression to `found.compression`.
 */
async function again(
  bytes: Bytes,
  compression: SingleCompression,
  found: Reading,
  tools: Tools,
  expansion: Expansion,
): Promise<Awaited<ReturnType<typeof peek>>> {
  found.compression = `${compression} in ${found.compression as SingleCompression}`;
  let stored = counted(bytes, expansion);
  if (found.compression.endsWith(' in zip')) {
    found.zipped = new SumsTap(tools);
    stored = found.zipped.tap(stored);
  }
  return await peek(expandedAgain(stored, compression, tools, found.compressed), SNIFF_BYTES);
}

/**
 * Yields compressed bytes that were decompressed once already, or that are a layer, unchanged, and counts them in
 * `expansion`. To decode bzip2 and xz takes up to 0.3 microseconds for each compressed byte. In the upload, such bytes
 * may take almost no room, because another compression shortens what repeats itself.
 */
async function* counted(bytes: Bytes, expansion: Expansion): Bytes {
  for await (const chunk of bytes) {
    expansion.addWork(chunk.length * LIMITS.packedByteBytes, 'recompressed');
    yield chunk;
  }
}

/**
 * Reads a decompressed tar archive, and reports its members to `observer`. Returns whether the archive has an end mark,
 * and what follows it. `expansion` counts the decompressed bytes. `hooks` has callbacks for these bytes, and the
 * compression of the archive.
 */
export async function scanned(
  content: Bytes,
  observer: MemberObserver,
  tools: Tools,
  expansion: Expansion,
  hooks: ScanHooks & { compression: Compression },
): Promise<TarEnd> {
  const scanner = new TarScanner(observer, tools.byteString);
  for await (const chunk of content) {
    await hooks.content?.(chunk);
    const { entries } = scanner;
    try {
      for (const piece of scanner.walk(chunk)) await hooks.piece?.(piece);
    } finally {
      // For a broken archive, too: to look for the cause takes time.
      expansion.addWork((scanner.entries - entries) * LIMITS.entryBytes, 'headers');
      expansion.add(hooks.compression === 'none' ? 0 : chunk.length);
    }
    const turn = tools.breathe?.();
    if (turn !== undefined) await turn;
  }
  return scanner.finish();
}

function notAnArchive(sniffed: Exclude<Sniffed, { kind: 'tar' | 'compressed' }>, inside: Compression | null): Finding {
  if (sniffed.kind === 'fault') return sniffed.fault;
  const { what, hint } = sniffed.kind === 'foreign' ? sniffed : UNKNOWN;
  if (inside === null) return finding('not-a-tar', { what, hint });
  return finding('not-a-tar', { what: { en: `${what.en} inside ${inside}`, zh: `${inside} 压缩的${what.zh}` }, hint });
}

const UNKNOWN: Foreign = {
  what: both('data of an unknown format', '格式未知的数据'),
  hint: both(
    'Check what was uploaded, and whether it arrived whole. If it is one of several pieces, join all of them first: `cat PIECES > FILE`.',
    '请检查上传的是什么，以及是否完整到达。如果这是若干分片之一，请先合并全部分片：`cat PIECES > FILE`。',
  ),
};

/**
 * Looks for the cause of a fault: the line ends were changed on transfer, or the upload is a piece of a split archive,
 * which a layer (`upload` is undefined) never is. Returns the finding about that cause; if there is none, returns
 * `fault` itself.
 */
async function explained(
  fault: Finding,
  head: Uint8Array,
  all: Bytes,
  upload: { name: string | undefined } | undefined,
): Promise<Finding> {
  const isDamage = fault.code === 'gzip-damaged' || fault.code === 'compressed-damaged';
  if (isDamage && looksTextMode(head.subarray(0, TEXT_MODE_BYTES)))
    return finding('text-mode-transfer', { offset: head.indexOf(0x0a) - 1 });
  if (upload === undefined) return fault;
  const isUnknown = fault.code === 'not-a-tar' && sniff(head).kind === 'unknown';
  // A damaged tar header still has its magic, so the bytes are not the middle of a member.
  const isCut = isUnknown && byteString(head, 257, 262) !== 'ustar';
  return (isCut ? await pieceOfTar(all) : null) ?? pieceByName(fault, isUnknown, upload.name);
}

/** The number of bytes at the beginning of an upload that are searched for changed line ends. */
const TEXT_MODE_BYTES = 4096;
