import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { viewOf } from '../model/byte-arrays.ts';
import { firstFormat, type Foreign, type Format, hasBytes } from './format.ts';

const PACK_AGAIN = both(
  'Pack it with `tar` and send that: `tar -cf FILE.tar PROGRAM`, with the option `rootfs` for an image of this program alone.',
  '请用 `tar` 打包后上传：`tar -cf FILE.tar PROGRAM`；如果镜像只需要这一个程序，请加选项 `rootfs`。',
);
const SEND_THE_ARCHIVE = both(
  'Send the archive that `docker save` or `docker export` writes; this is another file.',
  '请上传 `docker save` 或 `docker export` 生成的归档；这是另一个文件。',
);

const file = (offset: number, magic: string, en: string, zh: string, hint: Bilingual = SEND_THE_ARCHIVE): Format => [
  offset,
  magic,
  both(en, zh),
  hint,
];

const APPIMAGE = both(
  'Unpack it with `./FILE --appimage-extract` and pack the folder `squashfs-root` with `tar`.',
  '请用 `./FILE --appimage-extract` 解开，再用 `tar` 打包 `squashfs-root` 文件夹。',
);

const FORMATS: readonly Format[] = [
  file(8, 'AI\x02', 'an AppImage', ' AppImage', APPIMAGE),
  file(0, '\x7fELF', 'an executable', '可执行文件', PACK_AGAIN),
  file(0, '\xfe\xed\xfa\xce', 'a program for macOS (Mach-O)', ' macOS 程序（Mach-O）'),
  file(0, '\xfe\xed\xfa\xcf', 'a program for macOS (Mach-O)', ' macOS 程序（Mach-O）'),
  file(0, '\xce\xfa\xed\xfe', 'a program for macOS (Mach-O)', ' macOS 程序（Mach-O）'),
  file(0, '\xcf\xfa\xed\xfe', 'a program for macOS (Mach-O)', ' macOS 程序（Mach-O）'),
  file(0, '\0asm', 'a WebAssembly module', ' WebAssembly 模块'),
  file(0, 'dex\n', 'a program for Android (DEX)', ' Android 程序（DEX）'),
  file(0, '%PDF-', 'a PDF document', ' PDF 文档'),
  file(0, '\x89PNG\r\n\x1a\n', 'a picture (PNG)', '图片（PNG）'),
  file(0, '\xff\xd8\xff', 'a picture (JPEG)', '图片（JPEG）'),
  file(0, 'GIF8', 'a picture (GIF)', '图片（GIF）'),
  file(8, 'WEBP', 'a picture (WebP)', '图片（WebP）'),
  file(4, 'ftyp', 'a video (MP4)', '视频（MP4）'),
  file(0, 'ID3', 'a sound recording (MP3)', '录音（MP3）'),
  file(0, 'OggS', 'a sound recording (Ogg)', '录音（Ogg）'),
  file(0, '\x1a\x45\xdf\xa3', 'a video (Matroska)', '视频（Matroska）'),
  file(0, 'SQLite format 3\0', 'a database (SQLite)', '数据库（SQLite）'),
  file(0, '\x93NUMPY', 'an array of NumPy', ' NumPy 数组'),
  file(0, '\x89HDF\r\n', 'an HDF5 file', ' HDF5 文件'),
  file(0, 'GGUF', 'a model for llama.cpp (GGUF)', ' llama.cpp 模型（GGUF）'),
  file(0, 'PAR1', 'a table (Parquet)', '数据表（Parquet）'),
  file(0, 'Obj\x01', 'a table (Avro)', '数据表（Avro）'),
  file(0, 'REDIS0', 'a dump of Redis', ' Redis 转储'),
  file(0, 'PGDMP', 'a dump of PostgreSQL', ' PostgreSQL 转储'),
  file(0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'a document of Microsoft Office', ' Microsoft Office 文档'),
  file(
    0,
    'L\0\0\0\x01\x14\x02\0',
    'a shortcut of Windows, not the file it leads to',
    ' Windows 快捷方式，不是它指向的文件',
  ),
  file(0, 'Bud1', 'a `.DS_Store` of macOS', ' macOS 的 `.DS_Store` 文件'),
  file(4, 'Bud1', 'a `.DS_Store` of macOS', ' macOS 的 `.DS_Store` 文件'),
  file(0, '\0\x05\x16\x07', 'a file with extended attributes of macOS (`._NAME`)', ' macOS 的扩展属性文件（`._NAME`）'),
  file(0, 'bplist00', 'a property list of macOS', ' macOS 属性列表'),
];

/**
 * Recognises a program, an office document, or the data of an application, by its first bytes (`head`). Returns what
 * the file is, and what the user can do with it; null for other files.
 */
export function programFormat(head: Uint8Array): Foreign | null {
  const known = firstFormat(FORMATS, head);
  if (known !== null) return known;
  const own = cafeBabe(head) ?? windowsProgram(head) ?? pickle(head);
  return own === null ? null : { what: own, hint: SEND_THE_ARCHIVE };
}

/**
 * Returns the name, in two languages, of the format of a Java class, or of a Mach-O program for several processors;
 * null for other files. Both begin with the magic number CA FE BA BE; the number after it tells one from the other.
 */
function cafeBabe(head: Uint8Array): Bilingual | null {
  if (!hasBytes(head, 0, '\xca\xfe\xba\xbe') || head.length < 8) return null;
  return viewOf(head).getUint32(4) < 0x2a
    ? both('a program for macOS (Mach-O)', ' macOS 程序（Mach-O）')
    : both('a class of Java', ' Java 类文件');
}

/**
 * Returns the name, in two languages, of the format of a Windows program; null for other files. Such a program begins
 * with `MZ` like a DOS program, but has a second header, whose offset is stored at offset 60. A file counts as a
 * Windows program if the second header has the right signature, or if its offset is below 4,096.
 */
function windowsProgram(head: Uint8Array): Bilingual | null {
  if (!hasBytes(head, 0, 'MZ') || head.length < 64) return null;
  const at = viewOf(head).getUint32(60, true);
  const isPe = hasBytes(head, at, 'PE\0\0');
  return isPe || at < 4096 ? both('a program for Windows (EXE or DLL)', ' Windows 程序（EXE 或 DLL）') : null;
}

/**
 * Returns the name, in two languages, of the format of a Python pickle of protocol 2 to 5; null for other files. A
 * pickle begins with an opcode, the number of the protocol and, since protocol 4, the beginning of a frame.
 */
function pickle(head: Uint8Array): Bilingual | null {
  const [first, version = 0, third = 0] = head;
  if (first !== 0x80 || version < 2 || version > 5) return null;
  if (version >= 4 && third !== 0x95) return null;
  return both('a pickle of Python', ' Python 的 pickle 数据');
}
