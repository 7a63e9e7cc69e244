import { both } from '../catalogue/bilingual.ts';
import { finding, type Finding } from '../catalogue/findings.ts';
import { firstZipFile } from '../compression/zip-header.ts';
import { diskFormat, partitionedDisk } from '../foreign/disks.ts';
import { foreignFormat } from '../foreign/foreign.ts';
import type { Foreign } from '../foreign/format.ts';
import { asBuffer } from '../model/bytes.ts';
import type { Compression } from '../model/inspection.ts';
import { isText, shownText } from '../model/text.ts';
import { BLOCK, isHeader, isZeroBlock, nextHeader } from '../tar/header.ts';
import { compressionOf, COMPRESSIONS } from './magic-bytes.ts';
import { brokenOff } from './split-piece.ts';
import { frontDoorFault } from './upload-faults.ts';

/** Bytes that are enough to tell what a stream is: the magic number of btrfs stands behind the first 64 KiB. */
export const SNIFF_BYTES = 68 * 1024;

/** What the first bytes of a stream say it is. */
export type Sniffed =
  | { kind: 'tar' }
  | { kind: 'compressed'; compression: Exclude<Compression, 'none'> }
  /** No archive, for a reason that has a finding of its own. */
  | { kind: 'fault'; fault: Finding }
  | ({ kind: 'foreign' } & Foreign)
  | { kind: 'unknown' };

/** What a stream is, from its first SNIFF_BYTES (or all of it, when it is shorter). */
export function sniff(bytes: Uint8Array): Sniffed {
  const head = asBuffer(bytes.subarray(0, SNIFF_BYTES));
  if (head.length >= BLOCK && isHeader(head)) return { kind: 'tar' };
  if (head.length >= BLOCK && isZeroBlock(head)) {
    const disk = diskFormat(head) ?? partitionedDisk(head);
    return disk === null ? { kind: 'tar' } : { kind: 'foreign', ...disk };
  }
  const fault = frontDoorFault(head);
  if (fault !== null) return { kind: 'fault', fault: finding(fault.code, fault.detail) };
  const compression = compressionOf(head) ?? (isSkippableFrame(head) ? 'zstd' : isZippedTar(head) ? 'zip' : null);
  if (compression !== null) return { kind: 'compressed', compression };
  const before = utf16(head) ?? textBefore(head);
  if (before !== null) return { kind: 'fault', fault: before };
  const foreign = foreignFormat(head);
  return foreign === null ? { kind: 'unknown' } : { kind: 'foreign', ...foreign };
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

/** Windows PowerShell's `>` takes bytes for text, and writes each as a UTF-16 character behind a byte order mark. */
function utf16(head: Buffer): Finding | null {
  const halved = head.subarray(0, 2 * BLOCK).filter((_, at) => at % 2 === 0);
  const isMarked = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const isTar = halved.length >= BLOCK && isHeader(halved);
  // A text in UTF-16 is some other file.
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

/** Text that stands before an archive: of a log, or of a member whose beginning lies in another piece. */
function textBefore(head: Buffer): Finding | null {
  const tar = nextHeader(head, 1);
  const starts = COMPRESSIONS.filter(([name]) => name !== 'bzip2').map(([, magic]) => head.indexOf(Buffer.from(magic)));
  const found = Math.min(...[tar, ...starts].filter((at) => at > 0));
  if (found === Infinity) return null;
  const text = head.subarray(0, found);
  if (!isText(text)) return null;
  if (found === tar && tar % BLOCK === 0) return brokenOff(tar);
  const where = { en: 'before the first member', zh: '第一个成员之前' };
  return finding('foreign-text', { offset: 0, where, text: shownText(text) });
}
