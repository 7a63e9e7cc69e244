import { both } from '../catalogue/bilingual.ts';
import { finding, type Finding } from '../catalogue/findings.ts';
import { littleEndian } from '../compression/compressed-reader.ts';
import { isSkippableFrame } from '../compression/frames.ts';
import { LZMA_HEADER_BYTES, lzmaHeader } from '../compression/lzma-header.ts';
import { firstZipFile } from '../compression/zip-header.ts';
import { diskFormat, partitionedDisk } from '../foreign/disks.ts';
import { foreignFormat } from '../foreign/foreign.ts';
import type { Foreign } from '../foreign/format.ts';
import { finder } from '../model/byte-arrays.ts';
import { isArchiveName } from '../model/archive-name.ts';
import type { SingleCompression } from '../model/compression.ts';
import { isText, shownText } from '../model/text.ts';
import { BLOCK, isHeader, isZeroBlock, nextHeader } from '../tar/header.ts';
import { compressionOf, COMPRESSIONS } from './magic-bytes.ts';
import { brokenOff } from './split-piece.ts';
import { frontDoorFault } from './upload-faults.ts';

/**
 * The number of bytes at the beginning of a stream from which its format is recognised. The magic number of btrfs comes
 * after 64 KiB.
 */
export const SNIFF_BYTES = 68 * 1024;

/** The format of a stream, recognised by its first bytes. */
export type Sniffed =
  | { kind: 'tar' }
  | { kind: 'compressed'; compression: SingleCompression }
  | { kind: 'fault'; fault: Finding } // not an archive; the finding explains why
  | ({ kind: 'foreign' } & Foreign)
  | { kind: 'unknown' };

/**
 * Recognises the format of a stream by its first `SNIFF_BYTES` bytes, or by all bytes of a shorter one. The kind of the
 * result is `unknown` when the bytes fit no known format.
 */
export function sniff(bytes: Uint8Array): Sniffed {
  const head = bytes.subarray(0, SNIFF_BYTES);
  if (head.length >= BLOCK && isHeader(head)) return { kind: 'tar' };
  if (head.length >= BLOCK && isZeroBlock(head)) {
    const disk = diskFormat(head) ?? partitionedDisk(head);
    return disk === null ? { kind: 'tar' } : { kind: 'foreign', ...disk };
  }
  const fault = frontDoorFault(head);
  if (fault !== null) return { kind: 'fault', fault: finding(fault.code, fault.detail) };
  const compression = compressionOf(head) ?? framed(head) ?? (isZippedTar(head) ? 'zip' : null);
  if (compression !== null) return { kind: 'compressed', compression };
  // No archive begins in what is only text, and to look for one takes time. An archive may hold thousands of documents.
  const before = isText(head) ? null : (utf16(head) ?? textBefore(head));
  if (before !== null) return { kind: 'fault', fault: before };
  const foreign = foreignFormat(head);
  if (foreign !== null) return { kind: 'foreign', ...foreign };
  return isLzma(head) ? { kind: 'compressed', compression: 'lzma' } : { kind: 'unknown' };
}

/**
 * True for a file in the format .lzma. The format has no magic number: the header must be plausible, and the first byte
 * after the header must be zero (LZMA specification, range coder).
 */
function isLzma(head: Uint8Array): boolean {
  return lzmaHeader(head) !== null && head[LZMA_HEADER_BYTES] === 0;
}

/**
 * True for a zip file whose first file has the name of an archive, is not encrypted, and is stored or deflated.
 * Folders, checksum files and texts before that file are skipped. Whether the zip file has more files is not checked,
 * because only its end shows that.
 */
function isZippedTar(head: Uint8Array): boolean {
  const file = firstZipFile(head);
  return file !== null && isArchiveName(file.name) && !file.encrypted && (file.method === 0 || file.method === 8);
}

/**
 * The compression of data that begins with skippable frames, which have no content. pzstd writes such frames, and lz4
 * data can have them. The first other frame shows the compression; when that frame lies beyond the bytes in `head`,
 * zstd is assumed. Null for data without skippable frames.
 */
function framed(head: Uint8Array): 'lz4' | 'zstd' | null {
  if (!isSkippableFrame(head)) return null;
  let rest = head;
  while (isSkippableFrame(rest) && rest.length >= 8) rest = rest.subarray(8 + littleEndian(rest.subarray(4, 8)));
  return compressionOf(rest) === 'lz4' ? 'lz4' : 'zstd';
}

/**
 * The finding that an archive was written as UTF-16 text: Windows PowerShell's `>` does that to the output of `docker
 * save`. Null for other bytes.
 */
function utf16(head: Uint8Array): Finding | null {
  const halved = head.subarray(0, 2 * BLOCK).filter((_, at) => at % 2 === 0);
  const isMarked = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const isTar = halved.length >= BLOCK && isHeader(halved);
  // An ordinary text in UTF-16 is a foreign format.
  if (!isTar && (!isMarked || foreignFormat(head) !== null)) return null;
  return finding('powershell-redirect', {
    encoding: 'UTF-16',
    who: both("PowerShell's `>`", 'PowerShell 的 `>`'),
    hint: both(
      'Write the archive with `-o FILE` (`docker export -o FILE`, `docker save -o FILE`) instead of `>`.',
      '请用 `-o FILE`（`docker export -o FILE`、`docker save -o FILE`）写文件，不要用 `>` 重定向。',
    ),
  });
}

/**
 * Functions that search bytes for the beginning of compressed data, which may come after text. There is one for each
 * magic number of a compression. bzip2 has none, because its magic number (`BZh`) also occurs in text.
 */
const BEGINNINGS = COMPRESSIONS.filter(([name]) => name !== 'bzip2').map(([, magic]) => finder(Uint8Array.from(magic)));

/**
 * The finding about text before an archive: a program's log, or the rest of a text file if the upload is a piece of a
 * split archive. Null when there is no such text.
 */
function textBefore(head: Uint8Array): Finding | null {
  const tar = nextHeader(head, 1);
  const starts = BEGINNINGS.map((find) => find(head));
  const found = Math.min(...[tar, ...starts].filter((at) => at > 0));
  if (found === Infinity) return null;
  const text = head.subarray(0, found);
  if (!isText(text)) return null;
  if (found === tar && tar % BLOCK === 0) return brokenOff(tar);
  const where = { en: 'before the first member', zh: '第一个成员之前' };
  return finding('foreign-text', { offset: 0, where, text: shownText(text) });
}
