import { asBuffer } from '../bytes.ts';
import type { Compression } from '../inspection.ts';
import { type Foreign, foreignFormat } from './foreign.ts';
import { BLOCK, isZeroBlock, nextHeader, parseHeader } from './tar/header.ts';
import { isText, shownText } from './text.ts';
import { firstZipFile } from './compression/zip-header.ts';

/** Bytes that are enough to tell what a stream is, even behind some lines of a log. */
export const SNIFF_BYTES = 4096;

/** What the first bytes of a stream say it is. */
export type Sniffed =
  | { kind: 'tar' }
  | { kind: 'compressed'; compression: Exclude<Compression, 'none'> }
  /** Bytes that a shell took for text. */
  | { kind: 're-encoded'; encoding: 'UTF-16' | 'UTF-8' }
  /** An archive with text before it. */
  | { kind: 'text-before'; text: string }
  | ({ kind: 'foreign' } & Foreign);

/** The magic bytes of the compressions that image loaders know (moby, archive/compression). */
const COMPRESSIONS: [Exclude<Compression, 'none'>, number[]][] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** What a stream is, from its first SNIFF_BYTES (or all of it, when it is shorter). */
export function sniff(bytes: Uint8Array): Sniffed {
  const head = asBuffer(bytes.subarray(0, SNIFF_BYTES));
  const compression = COMPRESSIONS.find(([, magic]) => startsWith(head, magic));
  if (compression !== undefined) return { kind: 'compressed', compression: compression[0] };
  if (isSkippableFrame(head)) return { kind: 'compressed', compression: 'zstd' };
  if (head.length >= BLOCK && (parseHeader(head) !== null || isZeroBlock(head))) return { kind: 'tar' };
  if (isZippedTar(head)) return { kind: 'compressed', compression: 'zip' };
  const encoding = textEncoding(head);
  if (encoding !== null) return { kind: 're-encoded', encoding };
  const text = textBefore(head);
  return text === null ? { kind: 'foreign', ...foreignFormat(head) } : { kind: 'text-before', text };
}

/** A zip is read when its first file is a tar, stored or deflated; whether it is the only one shows at its end. */
function isZippedTar(head: Buffer): boolean {
  const file = firstZipFile(head);
  return file !== null && /\.tar$/i.test(file.name) && !file.encrypted && (file.method === 0 || file.method === 8);
}

/** A zstd stream may begin with frames to be skipped (RFC 8878, 3.1.2), as pzstd writes them. */
function isSkippableFrame(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
}

/**
 * PowerShell's `>` takes bytes for text: up to version 5 it writes a byte order mark and every byte as a UTF-16 character,
 * later UTF-8, in which the second byte of gzip's magic number has become U+FFFD.
 */
function textEncoding(head: Buffer): 'UTF-16' | 'UTF-8' | null {
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff])) return 'UTF-16';
  const replaced = startsWith(head, [0x1f, 0xef, 0xbf, 0xbd]) || startsWith(head, [0xef, 0xbb, 0xbf, 0x1f]);
  if (replaced) return 'UTF-8';
  const halved = head.filter((_, at) => at % 2 === 0);
  return halved.length >= BLOCK && parseHeader(halved) !== null ? 'UTF-16' : null;
}

/** The first line of the text that stands before an archive, null when it is not so. */
function textBefore(head: Buffer): string | null {
  const starts = [
    nextHeader(head, 1),
    ...COMPRESSIONS.filter(([name]) => name !== 'bzip2').map(([, magic]) => head.indexOf(Buffer.from(magic))),
  ];
  const found = Math.min(...starts.filter((at) => at > 0));
  if (found === Infinity) return null;
  const text = head.subarray(0, found);
  return isText(text) ? shownText(text) : null;
}

function startsWith(head: Uint8Array, magic: number[]): boolean {
  return magic.every((byte, i) => head[i] === byte);
}
