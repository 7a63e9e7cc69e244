import { grouped } from '../catalogue/grouped.ts';
import type { Bilingual } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import type { ArchiveBlob } from '../images/blob.ts';
import { looksLikeJson } from '../images/documents.ts';
import { KeepBudget, KeptMembers } from '../layer/kept-members.ts';
import { NO_FACTS } from '../layer/layer-facts.ts';
import { LIMITS } from '../limits.ts';
import { concat, copied } from '../model/byte-arrays.ts';
import { badArchive, LadingError } from '../model/errors.ts';
import type { Compression } from '../model/compression.ts';
import type { Source, Tools } from '../model/ports.ts';
import { SumsTap } from '../model/sums.ts';
import { BLOCK, isZeroBlock } from '../tar/header.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import { sparseStretch } from '../tar/sparse.ts';
import { type TarEnd, TarScanner } from '../tar/tar.ts';
import type { BodyPiece } from '../tar/observer.ts';
import { sniffedCompression } from './read.ts';
import type { ArchiveScan } from './scan.ts';
import { sniff, SNIFF_BYTES } from './sniff.ts';

/**
 * The number of bytes that a quick look at a tar archive reads after each jump to the next header. This is enough for a
 * few small members, or for the beginning of a large one. A quick look reads only headers and image documents.
 */
const JUMP_BYTES = 16 * 1024;

/**
 * The largest number of bytes that a quick look at a tar archive reads at once. While there is nothing to skip, each
 * read is twice as long as the one before, up to this size.
 */
const LARGEST_READ_BYTES = 256 * 1024;

/**
 * The result of reading the headers of a tar archive and skipping most contents. The members are not in it: each was
 * reported to the `ArchiveScan`, which collects facts about the archive.
 */
export interface HeaderWalk {
  /**
   * Whether the tar archive has its end mark (two blocks of zeros), and what follows the mark. Null when the archive
   * could not be read to its end, for the reason in `fault`.
   */
  end: TarEnd | null;
  fault: Finding | null;
  /**
   * The members that may be documents, configs or layers of images, by their paths. The contents of layers were not
   * read.
   */
  blobs: Map<string, ArchiveBlob>;
  bytesRead: number;
  /** The number of ranged reads that it took to read the headers. */
  requests: number;
}

/**
 * Walks through an uncompressed tar archive of `size` bytes from header to header, and reports each member to `scan`.
 * It reads headers and image documents in small ranges, and jumps over everything else. The result has a fault if the
 * archive is bad, or if it must be read completely (`not-quick`). Only errors of `source` are thrown.
 */
export async function walkHeaders(source: Source, size: number, scan: ArchiveScan, tools: Tools): Promise<HeaderWalk> {
  const collector = new MemberCollector();
  const walk: HeaderWalk = { end: null, fault: null, blobs: collector.blobs, bytesRead: 0, requests: 0 };
  const scanner = new TarScanner(scan, tools.byteString);
  try {
    await follow(scanner, new Reads(source, size, walk), collector, scan);
    walk.end = scanner.finish();
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    walk.fault = error.finding;
  }
  await sumDocuments(walk.blobs, scan, tools);
  return walk;
}

async function follow(scanner: TarScanner, reads: Reads, collector: MemberCollector, scan: ArchiveScan): Promise<void> {
  const head = await beginning(reads);
  const compression = sniffedCompression(head);
  if (compression !== 'none') throw notQuick(compressed(compression));
  for (let bytes = head; bytes.length > 0; bytes = await reads.from(scanner.offset, scanner.wants.bytes)) {
    for (const piece of scanner.walk(bytes)) collector.feed(piece);
    if (scanner.ended) return;
    const { streamed, bytes: wanted } = scanner.wants;
    if (streamed === null ? wanted === 0 : collector.suffices(streamed)) scanner.skip(reads.size);
    if (scanner.offset < reads.size) reads.checkWorth(scan);
  }
}

/**
 * Reads and returns the first 16 KiB of an archive. If they begin neither a tar archive nor compressed data, or if they
 * begin with a block of zeros, returns the first 68 KiB, because an ISO 9660 image can only be recognised from 32 KiB
 * on.
 */
async function beginning(reads: Reads): Promise<Uint8Array> {
  const head = await reads.from(0, 0);
  const { kind } = sniff(head);
  if (kind === 'compressed' || (kind === 'tar' && !isZeroBlock(head))) return head;
  return concat([head, await reads.from(head.length, Math.max(0, SNIFF_BYTES - head.length))]);
}

/**
 * Reads ranges of an archive for a quick look, which reads only headers and documents. Chooses the length of each
 * range, and ends the quick look after too many reads or bytes.
 */
class Reads {
  readonly size: number;
  readonly #source: Source;
  readonly #walk: HeaderWalk;
  #length = JUMP_BYTES / 2;
  #end = 0;

  constructor(source: Source, size: number, walk: HeaderWalk) {
    this.#source = source;
    this.size = size;
    this.#walk = walk;
  }

  /**
   * Reads and returns at least `wanted` bytes of the archive from the offset `start` on. Returns fewer bytes only if
   * the archive has fewer, and none at its end.
   */
  async from(start: number, wanted: number): Promise<Uint8Array> {
    this.#length = start - this.#end > this.#length ? JUMP_BYTES : Math.min(this.#length * 2, LARGEST_READ_BYTES);
    // Reads end with a whole block, because half a block would look like the end of the archive.
    const end = Math.ceil((start + Math.max(this.#length, wanted + BLOCK)) / BLOCK) * BLOCK;
    this.#end = Math.min(this.size, end);
    if (start >= this.#end) return new Uint8Array();
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#source.open(start, this.#end)) chunks.push(copied(chunk));
    const bytes = concat(chunks);
    this.#walk.requests += 1;
    this.#walk.bytesRead += bytes.length;
    return bytes;
  }

  /**
   * Throws a LadingError (`bad-archive`, finding `not-quick`) if the archive should be read completely, not only its
   * headers: when it looks like a root file system, or after too many reads or bytes.
   */
  checkWorth({ members, rootfs: seen }: ArchiveScan): void {
    const { requests, bytesRead } = this.#walk;
    if (seen.hierarchy.size >= 3 || seen.initLayer.size >= 3) throw notQuick(rootfs(members));
    if (requests >= LIMITS.quickReads || bytesRead >= LIMITS.quickBytes) throw notQuick(endless(members));
  }
}

/**
 * Collects the members of an archive that may be documents or layers of an image. It keeps at most the first 512 bytes
 * of each, which show its format.
 */
class MemberCollector {
  readonly blobs = new Map<string, ArchiveBlob>();
  #member: Member | null = null;
  #head: Uint8Array = new Uint8Array();

  feed({ member, bytes, last }: BodyPiece): void {
    if (member !== this.#member) this.#head = new Uint8Array();
    this.#member = member;
    if (this.#head.length === BLOCK) return;
    this.#head = concat([this.#head, bytes.subarray(0, BLOCK - this.#head.length)]);
    if (last || this.#head.length === BLOCK) this.#keep(member);
  }

  /**
   * True when the rest of a member need not be read: its first 512 bytes were read, and the member is not JSON or is
   * too large for a document.
   */
  suffices(member: Member): boolean {
    const isSeen = member === this.#member && this.#head.length === BLOCK;
    return isSeen && (member.size > LIMITS.documentBytes || !looksLikeJson(this.#head));
  }

  #keep(member: Member): void {
    const path = cleanPath(member.name);
    const sniffed = sniff(this.#head);
    this.blobs.set(path, {
      path,
      start: member.start,
      sparse: sparseStretch(member),
      stored: { size: member.size, digest: null },
      compression: sniffed.kind === 'compressed' ? sniffed.compression : 'none',
      clean: true,
      packed: null,
      content: null,
      members: null,
      facts: NO_FACTS,
      findings: [],
      remarks: [],
      kept: new KeptMembers(new KeepBudget()), // stays empty: no layer is read
      suspicious: false,
      fault: null,
    });
  }
}

/** Computes the digests of the documents that were read whole, and adds them to the facts about members in `blobs`. */
async function sumDocuments(blobs: Map<string, ArchiveBlob>, { documents }: ArchiveScan, tools: Tools): Promise<void> {
  for (const [path, bytes] of documents.documents) {
    const blob = blobs.get(path);
    if (blob?.stored.size !== bytes.length) continue;
    const sums = new SumsTap(tools);
    await sums.update(bytes);
    blob.stored = await sums.sums();
  }
}

function notQuick(reason: Bilingual): LadingError {
  return badArchive(finding('not-quick', { reason }));
}

function compressed(compression: Compression): Bilingual {
  return {
    en: `it is compressed (${compression}), so nothing in it can be reached without reading all that stands before it`,
    zh: `它是压缩的（${compression}），不读完前面的内容就无法到达其中任何位置`,
  };
}

function rootfs(members: number): Bilingual {
  const [en, zh] = [grouped(members), String(members)];
  return {
    en: `its first ${en} members look like a root file system, and only the whole archive shows whether it is one`,
    zh: `它的前 ${zh} 个成员属于一个根文件系统，必须读完所有成员才能判断`,
  };
}

function endless(members: number): Bilingual {
  const [en, zh] = [grouped(members), String(members)];
  return {
    en: `its first ${en} members are small ones, with nothing between them to hop over`,
    zh: `它的前 ${zh} 个成员都很小，其间没有可以跳过的内容`,
  };
}
