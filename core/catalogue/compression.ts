import { CUT_SHORT, NO_TAR } from './client-errors.ts';
import type { Entry } from './entry.ts';

/** The findings (faults and remarks) that Lading can report about the compression of an archive, by code. */
export const COMPRESSION = {
  'compressed-twice': {
    severity: 'error',
    cause: 'A layer was compressed twice, or the upload three times.',
    en: {
      message: 'This is {inner} data inside {outer}. It is compressed more often than Lading or any client unpacks it.',
      remedy: 'Take one layer of compression off (for instance with `gzip -d`) and send it again.',
    },
    zh: {
      message: '这是 {outer} 里面又套了一层 {inner} 的数据。它的压缩次数超过了 Lading 以及任何客户端所能解开的次数。',
      remedy: '请先解掉一层压缩（例如用 `gzip -d`），再重新上传。',
    },
    clientErrors: NO_TAR,
  },
  'compression-not-expanded': {
    severity: 'error',
    cause: 'A kind of compressed data that is recognised but not expanded.',
    en: {
      message: 'This is compressed with {compression}, which this version recognises but does not expand.',
      remedy: 'Expand it with `{tool}`, or compress it with gzip instead, and send it again.',
    },
    zh: {
      message: '该文件使用 {compression} 压缩，当前版本能够识别，但不支持解压。',
      remedy: '请用 `{tool}` 解压，或改用 gzip 压缩，然后重新上传。',
    },
    clientErrors: NO_TAR,
  },
  'compressed-damaged': {
    severity: 'error',
    cause: 'A damaged download or disk, or a proxy that changed bytes.',
    en: {
      message: 'The {compression} data is damaged at byte {offset}: {reason}.',
      remedy: 'Transfer the file again and compare its size and checksum with the original.',
    },
    zh: {
      message: '{compression} 数据在字节 {offset} 处损坏：{reason}。',
      remedy: '请重新传输该文件，并与原文件核对大小和校验和。',
    },
    clientErrors: [
      'bzip2 data invalid: checksum mismatch',
      'xz: invalid checksum',
      'zstd: invalid checksum',
      'magic number mismatch',
      ...NO_TAR,
    ],
  },
  'compressed-truncated': {
    severity: 'error',
    cause: 'The transfer or the disk ended before the file did.',
    en: {
      message: 'The {compression} data ends too early, at byte {offset}: the file is incomplete.',
      remedy: 'Transfer the file again and compare its size with the original.',
    },
    zh: {
      message: '{compression} 数据在字节 {offset} 处提前结束：文件不完整。',
      remedy: '请重新传输该文件，并与原文件核对大小。',
    },
    clientErrors: CUT_SHORT,
  },
  'gzip-damaged': {
    severity: 'error',
    cause: 'A damaged download or disk, or a proxy that changed bytes.',
    en: {
      message: 'The gzip data is damaged at byte {offset}: {reason}.',
      remedy: 'Transfer the file again and compare its size and checksum with the original.',
    },
    zh: {
      message: 'gzip 数据在字节 {offset} 处损坏：{reason}。',
      remedy: '请重新传输该文件，并与原文件核对大小和校验和。',
    },
    clientErrors: ['gzip: invalid checksum', 'gzip: invalid header', 'flate: corrupt input before offset …', ...NO_TAR],
  },
  'gzip-truncated': {
    severity: 'error',
    cause: 'The transfer or the disk ended before the file did.',
    en: {
      message: 'The gzip data ends too early, at byte {offset}: the file is incomplete.',
      remedy: 'Transfer the file again and compare its size with the original.',
    },
    zh: {
      message: 'gzip 数据在字节 {offset} 处提前结束：文件不完整。',
      remedy: '请重新传输该文件，并与原文件核对大小。',
    },
    clientErrors: [...CUT_SHORT, 'gzip: unexpected end of file'],
  },
  'compressed-trailing-bytes': {
    severity: 'warning',
    cause: 'Something was appended to the file, for instance a log line or a signature.',
    en: {
      message:
        'After the {compression} data, from byte {offset} on, stand bytes that do not belong to it; Docker ignores them, as was done here, but podman and skopeo refuse such a docker archive.',
      remedy: '',
    },
    zh: {
      message:
        '在 {compression} 数据之后，从字节 {offset} 起有不属于它的内容；Docker 会忽略（这里也已忽略），但 podman 和 skopeo 会拒绝这样的 docker 归档。',
      remedy: '',
    },
    clientErrors: ['gzip: invalid header', 'trailing garbage ignored'],
  },
  'compressed-bytes-refused': {
    severity: 'warning',
    mended: true,
    cause: 'Something was appended to a file in bzip2, xz, zstd, lz4 or lzma, or it was padded to whole blocks.',
    en: {
      message:
        'After the {compression} data, from byte {offset} on, stand bytes that do not belong to it; podman, skopeo and earlier versions of Docker refuse such a file.',
      remedy: 'Convert the archive: they are left out.',
    },
    zh: {
      message:
        '在 {compression} 数据之后，从字节 {offset} 起有不属于它的内容；podman、skopeo 以及较早版本的 Docker 会拒绝这样的文件。',
      remedy: '请转换该归档：这些内容会被去掉。',
    },
    clientErrors: [
      'bzip2 data invalid: bad magic value in continuation file',
      'invalid input: magic number mismatch',
      'xz: (stdin): Compressed data is corrupt',
      'xz: (stdin): Unexpected end of input',
    ],
  },
  'compressed-padding': {
    severity: 'info',
    cause: 'The file was padded to whole blocks, as tape and block devices do.',
    en: {
      message: 'The {compression} data is padded with zero bytes from byte {offset} on; they were ignored.',
      remedy: '',
    },
    zh: { message: '{compression} 数据从字节 {offset} 起用零字节填充，已忽略。', remedy: '' },
    clientErrors: ['gzip: invalid header'],
  },
  'compressed-unchecked': {
    severity: 'info',
    cause:
      '`xz --check=none`, `zstd --no-check`, `lz4 --no-frame-crc`, or a program that writes no checksum. A `.lzma` file never has one.',
    en: {
      message:
        'The {compression} data carries no checksum of its content: it could be read to its end, but damage inside a file would go unnoticed.',
      remedy: 'Compare the checksum of the file with that of the original, for instance with `sha256sum`.',
    },
    zh: {
      message: '{compression} 数据不带内容校验和：虽然可以完整读取，但文件内容若有损坏也无法发现。',
      remedy: '请与原文件核对校验和，例如用 `sha256sum`。',
    },
    clientErrors: [],
  },
  'compressed-unread': {
    severity: 'warning',
    mended: true,
    cause:
      '`docker save NAME.tar.gz`, then gzip on top; a server that compresses files that are compressed already; or an archive in lz4, lzma or zip.',
    en: {
      message: 'The archive is packed as {compression}, which no client reads. Lading has unpacked it.',
      remedy: 'Convert the archive: the result is not packed in this way.',
    },
    zh: {
      message: '该归档以 {compression} 方式打包，任何客户端都不能读取。Lading 已将其解开。',
      remedy: '请转换该归档：转换结果不再这样打包。',
    },
    clientErrors: NO_TAR,
  },
  'compressed-outside': {
    severity: 'info',
    mended: true,
    cause: '`docker save NAME | gzip`, or an archive compressed as a whole to make it smaller.',
    en: {
      message:
        'The archive as a whole is compressed with {compression}; containerd 1.x and some versions of skopeo and Docker cannot read it.',
      remedy: 'Convert the archive: it comes out uncompressed, its layers as they are.',
    },
    zh: {
      message: '整个归档用 {compression} 压缩；containerd 1.x 以及某些版本的 skopeo 和 Docker 无法读取。',
      remedy: '请转换该归档：输出不带外层压缩，各镜像层保持原样。',
    },
    clientErrors: [
      'archive/tar: invalid tar header',
      'unrecognized image format',
      'loading tar component manifest.json: archive/tar: invalid tar header',
    ],
  },
} as const satisfies Record<string, Entry>;
