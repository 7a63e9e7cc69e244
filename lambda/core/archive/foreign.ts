import { type Bilingual, both } from '../bilingual.ts';
import { isText, shownText } from './text.ts';
import { firstZipFile } from './compression/zip-header.ts';

/** Something that is no archive: `what` completes the sentence "this is …", `hint` is the remedy. */
export interface Foreign {
  what: Bilingual;
  hint: Bilingual;
}

const PACK_AGAIN = both('Pack the files inside with `tar` and send that.', '请用 `tar` 打包其中的文件，再上传。');
const UNPACK = both(
  'Unpack it; if a tar archive was inside, send that.',
  '请先解压；如果里面是 tar 归档，请上传该归档。',
);
const PACK_ROOT = both(
  'Mount the disk and pack its root file system with `tar`.',
  '请挂载该磁盘，用 `tar` 打包其中的根文件系统。',
);
const EXPORT_WSL = both(
  'Export the distribution as tar: `wsl --export NAME FILE.tar`.',
  '请将发行版导出为 tar：`wsl --export NAME FILE.tar`。',
);
const SEND_THE_ARCHIVE = both(
  'Send the archive itself; this is what a server answered instead of it. Check the address, and whether a login or a signature is missing or has expired.',
  '请上传归档本身；这是服务器代替文件返回的内容。请检查地址是否正确，登录或签名是否缺失或已过期。',
);

/** Formats that are taken for archives and are none that a container engine reads: offset, magic, what, remedy. */
const FORMATS: [number, string, Bilingual, Bilingual][] = [
  [0, 'PK\x05\x06', both('an empty zip file', '空的 zip 文件'), UNPACK],
  [0, '7z\xbc\xaf\x27\x1c', both('a 7-Zip file', ' 7-Zip 文件'), UNPACK],
  [0, 'Rar!', both('a RAR file', ' RAR 文件'), UNPACK],
  [
    0,
    'hsqs',
    both('a squashfs file system', ' squashfs 文件系统'),
    both('Unpack it with `unsquashfs` and pack the result with `tar`.', '请用 `unsquashfs` 解开，再用 `tar` 打包。'),
  ],
  [0, 'QFI\xfb', both('a qcow2 disk image', ' qcow2 磁盘镜像'), PACK_ROOT],
  [0, 'KDMV', both('a VMDK disk image', ' VMDK 磁盘镜像'), PACK_ROOT],
  [0, 'conectix', both('a VHD disk image', ' VHD 磁盘镜像'), EXPORT_WSL],
  [0, 'vhdxfile', both('a VHDX disk image', ' VHDX 磁盘镜像'), EXPORT_WSL],
  [0, '!<arch>\n', both('an ar archive (a .deb package?)', ' ar 归档（.deb 软件包？）'), PACK_AGAIN],
  [0, '\xed\xab\xee\xdb', both('an RPM package', ' RPM 软件包'), PACK_AGAIN],
  [
    0,
    '070701',
    both('a cpio archive', ' cpio 归档'),
    both('Unpack it with `cpio -id` and pack the result with `tar`.', '请用 `cpio -id` 解开，再用 `tar` 打包。'),
  ],
  [
    0,
    '\x04\x22\x4d\x18',
    both('lz4 data', ' lz4 数据'),
    both('No container engine reads lz4: expand it with `lz4 -d`.', '没有容器引擎能读取 lz4：请用 `lz4 -d` 解压。'),
  ],
  [
    0,
    '\x5d\x00\x00',
    both('lzma data', ' lzma 数据'),
    both('No container engine reads lzma: expand it with `lzma -d`.', '没有容器引擎能读取 lzma：请用 `lzma -d` 解压。'),
  ],
  [0, '\x7fELF', both('an executable', '可执行文件'), PACK_AGAIN],
  [
    0,
    'version https://git-lfs',
    both('a Git LFS pointer, not the file it stands for', ' Git LFS 指针文件，不是它所代表的文件本身'),
    both('Fetch the file with `git lfs pull` and send that.', '请用 `git lfs pull` 取得真正的文件，再上传。'),
  ],
  [32, 'SIF_MAGIC', both('a Singularity image', ' Singularity 镜像'), PACK_AGAIN],
];

/** What the beginning of a stream is that is neither a tar archive nor compressed. */
export function foreignFormat(head: Uint8Array): Foreign {
  const start = Buffer.from(head).toString('latin1');
  const known = FORMATS.find(([offset, magic]) => start.startsWith(magic, offset));
  if (known !== undefined) return { what: known[2], hint: known[3] };
  if (start.startsWith('PK\x03\x04')) return zipFile(head);
  const opening = start.trimStart().slice(0, 14).toLowerCase();
  if (opening.startsWith('<!doctype html') || opening.startsWith('<html')) return page(head, 'a web page', '网页');
  if (opening.startsWith('<?xml') || /^<error>/i.test(opening)) return page(head, 'an XML document', ' XML 文档');
  if (isText(head)) return opening.startsWith('{') ? page(head, 'a JSON document', ' JSON 文档') : textFile(head);
  return {
    what: both('data of an unknown format', '格式未知的数据'),
    hint: both('Check what was uploaded, and whether it arrived whole.', '请检查上传的是什么，以及是否完整到达。'),
  };
}

function zipFile(head: Uint8Array): Foreign {
  const first = firstZipFile(head);
  if (first === null) return { what: both('a zip file', ' zip 文件'), hint: UNPACK };
  const what = both(`a zip file (it begins with \`${first.name}\`)`, ` zip 文件（第一个条目是 \`${first.name}\`）`);
  const isArchive = /\.(?:tar|tgz|tar\.\w+)$/i.test(first.name);
  const hint = both(`Unzip it and send \`${first.name}\`.`, `请先解压，再上传 \`${first.name}\`。`);
  return { what, hint: isArchive ? hint : UNPACK };
}

/** A page that a server sent: its first line, and what it says, where that is marked. */
function page(head: Uint8Array, en: string, zh: string): Foreign {
  const said = /<(title|code|message)[^>]*>([^<]{1,80})<\/\1>/i.exec(Buffer.from(head).toString('utf8'))?.[2];
  const words = said === undefined ? '' : shownText(Buffer.from(said));
  const says = both(words === '' ? '' : `, and says "${words}"`, words === '' ? '' : `，内容是 "${words}"`);
  const line = shownText(head);
  return {
    what: both(`${en} (it begins "${line}"${says.en})`, `${zh}（开头是 "${line}"${says.zh}）`),
    hint: SEND_THE_ARCHIVE,
  };
}

function textFile(head: Uint8Array): Foreign {
  const line = shownText(head);
  return {
    what: both(`a text file (it begins "${line}")`, `文本文件（开头是 "${line}"）`),
    hint: both('Check what was uploaded.', '请检查上传的是什么。'),
  };
}
