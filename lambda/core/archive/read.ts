import { both } from '../bilingual.ts';
import { peek } from '../bytes.ts';
import { badArchive, LadingError } from '../errors.ts';
import { type Finding, finding } from '../findings.ts';
import type { Compression } from '../inspection.ts';
import type { Bytes, Tools } from '../ports.ts';
import { SumsTap } from '../sums.ts';
import { looksTextMode } from './autopsy.ts';
import type { CompressedFacts } from './compression/compressed-reader.ts';
import { decompress } from './compression/decompress.ts';
import { Expansion } from './expansion.ts';
import type { Foreign } from './foreign/format.ts';
import { pieceByName, pieceOfTar } from './piece.ts';
import { SNIFF_BYTES, sniff, type Sniffed } from './sniff.ts';
import { type BodyPiece, type MemberObserver, type TarEnd, TarScanner } from './tar/tar.ts';

/** What one pass over a tar archive, compressed or not, leaves behind besides what the observer saw. */
export interface Reading {
  compression: Compression;
  /** The decompressed content's sums: the same tap as that of the stored bytes when there is no compression. */
  content: SumsTap;
  compressed: CompressedFacts;
  /** How the archive ended; null when it could not be read to its end, and `fault` says why. */
  end: TarEnd | null;
  fault: Finding | null;
}

/** What may be done along the way. */
export interface ReadHooks {
  /** Called after each chunk. */
  progress?: () => void;
  /** Takes each chunk of the decompressed content before it is scanned. */
  content?: (chunk: Uint8Array, compression: Compression) => Promise<void>;
  /** Takes the bodies that the observer wants streamed. */
  piece?: (piece: BodyPiece) => Promise<void>;
  copy?: LayerCopy;
  /** The count of the upload that the archive is a part of; by default the archive is an upload of its own. */
  expansion?: Expansion;
  /** What the archive is called, where that is known: pieces of one that was split are called like that. */
  name?: string | undefined;
}

/** Passes on unchanged what could be a layer: a range of the stored bytes, or expanded ones where not every client expands them. */
export type LayerCopy = (layer: Bytes, kind: 'range' | 'recoded') => Bytes;

/**
 * Reads a tar archive once, as a stream: sniff, decompress, scan. `stored` counts and sums the bytes as they come.
 * A bad archive is a result; only faults of the source throw.
 */
export async function readArchive(
  bytes: Bytes,
  stored: SumsTap,
  tools: Tools,
  observer: MemberObserver,
  hooks: ReadHooks = {},
): Promise<Reading> {
  const reading: Reading = {
    compression: 'none',
    content: stored,
    compressed: { members: 0, trailing: null },
    end: null,
    fault: null,
  };
  const { head, all } = await peek(bytes, SNIFF_BYTES);
  try {
    reading.compression = recognise(head);
    if (reading.compression !== 'none') reading.content = new SumsTap(tools);
    const scanner = new TarScanner(observer);
    const expansion = hooks.expansion ?? new Expansion(() => stored.size);
    for await (const chunk of await contentOf(all, reading, tools, hooks.copy)) {
      await hooks.content?.(chunk, reading.compression);
      for (const piece of scanner.walk(chunk)) await hooks.piece?.(piece);
      if (reading.compression === 'none') expansion.check();
      else expansion.add(chunk.length);
      hooks.progress?.();
      const turn = tools.breathe?.();
      if (turn !== undefined) await turn;
    }
    reading.end = scanner.finish();
  } catch (error) {
    if (!(error instanceof LadingError) || error.finding === null) throw error;
    reading.fault = await explained(error.finding, head, all, hooks.name);
  } finally {
    await all.close();
  }
  return reading;
}

/** The compression around an archive. Throws `bad-archive` when the first bytes show that there is no archive. */
export function recognise(head: Uint8Array): Compression {
  if (head.length === 0) throw badArchive(finding('empty-upload'));
  const sniffed = sniff(head);
  if (sniffed.kind === 'tar') return 'none';
  if (sniffed.kind !== 'compressed') throw badArchive(notAnArchive(sniffed, null));
  return sniffed.compression;
}

/** The decompressed content, once its first bytes have shown that it is a tar archive. */
async function contentOf(
  stored: Bytes,
  { content, compression, compressed }: Reading,
  tools: Tools,
  copy: LayerCopy = (layer) => layer,
): Promise<Bytes> {
  if (compression === 'none') return copy(stored, 'range');
  const expanded =
    compression === 'gzip'
      ? decompress(copy(stored, 'range'), compression, tools, compressed)
      : copy(decompress(stored, compression, tools, compressed), 'recoded');
  const { head, all } = await peek(content.tap(expanded), SNIFF_BYTES);
  const sniffed = sniff(head);
  if (sniffed.kind === 'tar' || head.length === 0) return all;
  await all.close();
  if (sniffed.kind !== 'compressed') throw badArchive(notAnArchive(sniffed, compression));
  throw badArchive(finding('compressed-twice', { inner: sniffed.compression, outer: compression }));
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

/** Looks on for what the first bytes do not show: a transfer that changed line ends, or an archive that begins in another piece. */
async function explained(fault: Finding, head: Uint8Array, all: Bytes, name?: string): Promise<Finding> {
  const isDamage = fault.code === 'gzip-damaged' || fault.code === 'compressed-damaged';
  if (isDamage && looksTextMode(head.subarray(0, TEXT_MODE_BYTES)))
    return finding('text-mode-transfer', { offset: head.indexOf(0x0a) - 1 });
  const isUnknown = fault.code === 'not-a-tar' && sniff(head).kind === 'unknown';
  // A damaged header is still one: it is not the middle of a member.
  const isCut = isUnknown && Buffer.from(head.subarray(257, 262)).toString('latin1') !== 'ustar';
  return (isCut ? await pieceOfTar(all) : null) ?? pieceByName(fault, isUnknown, name);
}

/** Bytes in which line ends are looked at. */
const TEXT_MODE_BYTES = 4096;
