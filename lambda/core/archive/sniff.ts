import { isUtf8 } from 'node:buffer';
import type { Compression } from '../inspection.ts';
import { BLOCK, isZeroBlock, parseHeader } from './header.ts';

/** Bytes that are enough to tell what a stream is. */
export const SNIFF_BYTES = 1024;

/** What the first bytes of a stream say it is. */
export type Sniffed =
  | { kind: 'tar' }
  | { kind: 'compressed'; compression: Exclude<Compression, 'none'> }
  | { kind: 'powershell' }
  /** Something else: `what` completes the sentence "this is …", `hint` is the remedy. */
  | { kind: 'foreign'; what: string; hint: string };

/** The magic bytes of the compressions that image loaders know (moby, archive/compression). */
const COMPRESSIONS: [Exclude<Compression, 'none'>, number[]][] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

const PACK_AGAIN = 'Pack the files inside with `tar` and send that.';
const SEND_THE_ARCHIVE = 'Send the archive itself; this is what a server answered instead of it.';

/** Formats that are taken for archives and are none that a container engine reads: offset, magic, sentence, remedy. */
const FOREIGN: [number, string, string, string][] = [
  [0, 'PK\x03\x04', 'a zip file', 'Unzip it; if a tar archive was inside, send that.'],
  [0, '7z\xbc\xaf\x27\x1c', 'a 7-Zip file', 'Unpack it; if a tar archive was inside, send that.'],
  [0, 'Rar!', 'a RAR file', 'Unpack it; if a tar archive was inside, send that.'],
  [0, 'hsqs', 'a squashfs file system', 'Unpack it with `unsquashfs` and pack the result with `tar`.'],
  [0, 'QFI\xfb', 'a qcow2 disk image', 'Mount the disk and pack its root file system with `tar`.'],
  [0, 'vhdxfile', 'a VHDX disk image', 'Export the distribution as tar: `wsl --export NAME FILE.tar`.'],
  [0, '!<arch>\n', 'an ar archive (a .deb package?)', PACK_AGAIN],
  [0, '\xed\xab\xee\xdb', 'an RPM package', PACK_AGAIN],
  [0, '070701', 'a cpio archive', 'Unpack it with `cpio -id` and pack the result with `tar`.'],
  [0, '\x04\x22\x4d\x18', 'lz4 data', 'No container engine reads lz4: expand it with `lz4 -d`.'],
  [0, '\x5d\x00\x00', 'lzma data', 'No container engine reads lzma: expand it with `lzma -d`.'],
  [0, '\x7fELF', 'an executable', PACK_AGAIN],
  [
    0,
    'version https://git-lfs',
    'a Git LFS pointer, not the file it stands for',
    'Fetch the file with `git lfs pull` and send that.',
  ],
  [32, 'SIF_MAGIC', 'a Singularity image', PACK_AGAIN],
];

/** What a stream is, from its first SNIFF_BYTES (or all of it, when it is shorter). */
export function sniff(head: Uint8Array): Sniffed {
  const compression = COMPRESSIONS.find(([, magic]) => magic.every((byte, i) => head[i] === byte));
  if (compression !== undefined) return { kind: 'compressed', compression: compression[0] };
  if (isSkippableFrame(head)) return { kind: 'compressed', compression: 'zstd' };
  if (head.length >= BLOCK && (parseHeader(head) !== null || isZeroBlock(head))) return { kind: 'tar' };
  if (isUtf16Tar(head)) return { kind: 'powershell' };
  return foreign(head);
}

/** A zstd stream may begin with frames to be skipped (RFC 8878, 3.1.2), as pzstd writes them. */
function isSkippableFrame(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18;
}

/** PowerShell's `>` writes a byte order mark and then every byte as one UTF-16 character. */
function isUtf16Tar(head: Uint8Array): boolean {
  return head[0] === 0xff && head[1] === 0xfe;
}

function foreign(head: Uint8Array): Sniffed {
  const start = Buffer.from(head.subarray(0, SNIFF_BYTES)).toString('latin1');
  const known = FOREIGN.find(([offset, magic]) => start.startsWith(magic, offset));
  if (known !== undefined) return { kind: 'foreign', what: known[2], hint: known[3] };
  const opening = start.trimStart().slice(0, 14).toLowerCase();
  if (opening.startsWith('<!doctype html') || opening.startsWith('<html')) {
    return { kind: 'foreign', what: `a web page (${quote(start)})`, hint: SEND_THE_ARCHIVE };
  }
  if (opening.startsWith('<?xml'))
    return { kind: 'foreign', what: `an XML document (${quote(start)})`, hint: SEND_THE_ARCHIVE };
  if (opening.startsWith('{') && isText(start)) {
    return { kind: 'foreign', what: `a JSON document (${quote(start)})`, hint: SEND_THE_ARCHIVE };
  }
  if (isText(start))
    return { kind: 'foreign', what: `a text file (${quote(start)})`, hint: 'Check what was uploaded.' };
  return {
    kind: 'foreign',
    what: 'data of an unknown format',
    hint: 'Check what was uploaded, and whether it arrived whole.',
  };
}

/** No control characters, and UTF-8 but for a character that may be cut off at the end. */
function isText(start: string): boolean {
  return !CONTROL.test(start) && isUtf8(Buffer.from(start, 'latin1').subarray(0, Math.max(1, start.length - 3)));
}

const CONTROL = /[^\t\n\f\r\x20-\x7e\x80-\xff]/;

function quote(start: string): string {
  const line = start.trim().split(/[\r\n]/, 1)[0] ?? '';
  return `it begins "${line.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)}"`;
}
