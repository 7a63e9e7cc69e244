import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { firstZipFile } from '../compression/zip-header.ts';
import { viewOf } from '../model/byte-arrays.ts';
import { isText } from '../model/text.ts';
import { firstFormat, type Foreign, type Format, hasBytes } from './format.ts';

const PACK_AGAIN = both('Pack the files inside with `tar` and send that.', '请用 `tar` 打包其中的文件，再上传。');
const UNPACK = both(
  'Unpack it; if a tar archive was inside, send that.',
  '请先解压；如果里面是 tar 归档，请上传该归档。',
);
const UNPACK_DEB = both(
  'A package is no root file system. To look at its files as a tar archive: `dpkg-deb --fsys-tarfile FILE > FILE.tar`.',
  '软件包不是根文件系统。要以 tar 归档的形式查看其中的文件：`dpkg-deb --fsys-tarfile FILE > FILE.tar`。',
);
const UNPACK_RPM = both(
  'A package is no root file system. To pack its files with `tar`: `rpm2cpio FILE | cpio -id`, and then `tar`.',
  '软件包不是根文件系统。要用 `tar` 打包其中的文件：先 `rpm2cpio FILE | cpio -id`，再用 `tar` 打包。',
);
const UNPACK_CPIO = both(
  'Unpack it with `cpio -id` and pack the result with `tar`.',
  '请用 `cpio -id` 解开，再用 `tar` 打包。',
);
const UNPACK_PARTS = both(
  'Bring all of its parts together into one file (`zip -s 0 FIRST.zip --out WHOLE.zip`), unpack that, and send the tar archive inside.',
  '请先把所有分卷合并成一个文件（`zip -s 0 FIRST.zip --out WHOLE.zip`），解压后上传其中的 tar 归档。',
);

const expandWith = (name: string, command: string): Bilingual =>
  both(
    `No container engine reads ${name}: expand it with \`${command}\`, and send the tar archive that comes out.`,
    `没有容器引擎能读取 ${name}：请用 \`${command}\` 解压，再上传得到的 tar 归档。`,
  );
const compressed = (magic: string, name: string, command: string, offset = 0): Format => [
  offset,
  magic,
  both(`${name} data`, ` ${name} 数据`),
  expandWith(name, command),
];
const archive = (magic: string, en: string, zh: string, hint: Bilingual = UNPACK, offset = 0): Format => [
  offset,
  magic,
  both(en, zh),
  hint,
];

const ARCHIVES: readonly Format[] = [
  archive('PK\x05\x06', 'an empty zip file', '空的 zip 文件'),
  archive('PK\x07\x08', 'the first part of a zip file that was split', '分卷 zip 文件的第一卷', UNPACK_PARTS),
  archive('7z\xbc\xaf\x27\x1c', 'a 7-Zip file', ' 7-Zip 文件'),
  archive('Rar!', 'a RAR file', ' RAR 文件'),
  archive('MSCF\0\0\0\0', 'a Windows cabinet (CAB)', ' Windows cabinet 文件（CAB）'),
  archive('xar!', 'a xar archive (a macOS package?)', ' xar 归档（macOS 安装包？）'),
  archive('!<arch>\ndebian-binary', 'an ar archive (a .deb package)', ' ar 归档（.deb 软件包）', UNPACK_DEB),
  archive('!<arch>\n', 'an ar archive', ' ar 归档', PACK_AGAIN),
  archive('!<thin>\n', 'a thin ar archive', ' ar 归档（thin）', PACK_AGAIN),
  archive('\xed\xab\xee\xdb', 'an RPM package', ' RPM 软件包', UNPACK_RPM),
  archive('070701', 'a cpio archive', ' cpio 归档', UNPACK_CPIO),
  archive('070702', 'a cpio archive', ' cpio 归档', UNPACK_CPIO),
  archive('070707', 'a cpio archive', ' cpio 归档', UNPACK_CPIO),
  archive('\x60\xea', 'an ARJ archive', ' ARJ 归档'),
  archive('**ACE**', 'an ACE archive', ' ACE 归档', UNPACK, 7),
  archive('nix-archive-1', 'a Nix archive (NAR)', ' Nix 归档（NAR）', PACK_AGAIN, 8),
  archive('SIF_MAGIC', 'a Singularity image', ' Singularity 镜像', PACK_AGAIN, 32),
  archive('PACK\0\0\0\x02', 'a pack of Git objects', ' Git 对象包', PACK_AGAIN),
];

const COMPRESSIONS: readonly Format[] = [
  compressed('LZIP', 'lzip', 'lzip -d'),
  compressed('\x89LZO\0\r\n\x1a\n', 'lzop', 'lzop -d'),
  compressed('\xff\x06\0\0sNaPpY', 'snappy', 'snzip -d'),
  compressed('\x1f\x9d', 'compress (.Z)', 'gzip -d'),
  compressed('LRZI', 'lrzip', 'lrzip -d'),
  compressed('zPQ', 'ZPAQ', 'zpaq x'),
  compressed('7kSt', 'ZPAQ', 'zpaq x'),
];

/**
 * Recognises an archive or a compressed file of a format that no container engine reads, by its first bytes (`head`).
 * Returns what the file is, and what the user can do with it; null for other files.
 */
export function packedFormat(head: Uint8Array): Foreign | null {
  const known = firstFormat(ARCHIVES, head) ?? firstFormat(COMPRESSIONS, head);
  if (known !== null) return known;
  if (hasBytes(head, 0, 'PK\x03\x04')) return zipFile(head);
  if (isOldCpio(head)) return { what: both('a cpio archive', ' cpio 归档'), hint: UNPACK_CPIO };
  return isZlib(head) && !isText(head) ? ZLIB : null;
}

function zipFile(head: Uint8Array): Foreign {
  const first = firstZipFile(head);
  if (first === null) return { what: both('a zip file', ' zip 文件'), hint: UNPACK };
  const what = both(`a zip file (it begins with \`${first.name}\`)`, ` zip 文件（第一个条目是 \`${first.name}\`）`);
  const isArchive = /\.(?:tar|tgz|tar\.\w+)$/i.test(first.name);
  const hint = both(`Unzip it and send \`${first.name}\`.`, `请先解压，再上传 \`${first.name}\`。`);
  return { what, hint: isArchive ? hint : UNPACK };
}

/**
 * True for an archive in cpio's old binary format. Its magic number has only two bytes, in either byte order, so the
 * name of the first member and its length are checked too.
 */
function isOldCpio(head: Uint8Array): boolean {
  if (head.length < 28) return false;
  const little = viewOf(head).getUint16(0, true) === 0o70707;
  if (!little && viewOf(head).getUint16(0) !== 0o70707) return false;
  const nameSize = little ? viewOf(head).getUint16(20, true) : viewOf(head).getUint16(20);
  return nameSize > 1 && nameSize <= 1024 && head[26 + nameSize - 1] === 0 && head[26] !== 0;
}

/**
 * True for zlib data (RFC 1950) with a window of 32 KiB and no dictionary. Zlib data with another header is not
 * recognised, because texts can begin with the same bytes.
 */
function isZlib(head: Uint8Array): boolean {
  return head[0] === 0x78 && head.length > 2 && viewOf(head).getUint16(0) % 31 === 0 && (head[1]! & 0x20) === 0;
}

const ZLIB: Foreign = {
  what: both(
    'zlib data, as an Apple disk image (DMG) begins, or a body sent with `Content-Encoding: deflate`',
    ' zlib 数据：Apple 磁盘映像（DMG）以此开头，以 `Content-Encoding: deflate` 发送的内容也是如此',
  ),
  hint: both(
    'If it is a DMG, mount it and pack its content with `tar`. Otherwise send the file without that encoding, or as gzip.',
    '如果是 DMG，请挂载后用 `tar` 打包其中的内容；否则请不带该编码发送，或改用 gzip。',
  ),
};
