import { CUT_SHORT, NO_IMAGE, NO_TAR } from './client-errors.ts';
import type { Entry } from './entry.ts';

/**
 * The findings (faults and remarks) that Lading can report about the tar archive itself, such as broken headers, by
 * code.
 */
export const TAR = {
  truncated: {
    severity: 'error',
    cause: 'The disk was full, the container was removed while it was exported, or the transfer broke off.',
    en: {
      message: 'The archive ends inside {where}: {missing} bytes are missing after byte {offset}.',
      remedy:
        'Make the archive again, or transfer it again and compare its size with the original. If only zeros at its end are missing, the option `mend` adds them.',
    },
    zh: {
      message: '归档在 {where} 处中断：字节 {offset} 之后还缺 {missing} 字节。',
      remedy: '请重新生成归档，或重新传输并与原文件核对大小。如果只缺少末尾的零，选项 `mend` 会补上它们。',
    },
    clientErrors: CUT_SHORT,
  },
  'bad-header': {
    severity: 'error',
    cause: 'Bytes of the archive were changed, lost or added.',
    en: {
      message: 'At byte {offset}, {where}, there should be a tar header but there is not: {reason}.',
      remedy:
        'The file is damaged or has foreign bytes in it (a progress line, a text-mode transfer). Make or transfer it again.',
    },
    zh: {
      message: '在字节 {offset} 处（{where}）应当是 tar 头，实际却不是：{reason}。',
      remedy: '文件已损坏，或混入了外来内容（进度信息、文本模式传输）。请重新生成或重新传输。',
    },
    clientErrors: NO_TAR,
  },
  'no-end-marker': {
    severity: 'warning',
    onRequest: true,
    cause: 'The writer was stopped between two members, or does not write the two blocks.',
    en: {
      message:
        'The archive stops without the two zero blocks that should end it; every member is complete, but others may be missing.',
      remedy:
        'If it was made by `docker export` or `tar`, it was cut off: make or transfer it again. If nothing is missing, the option `mend` adds the two blocks.',
    },
    zh: {
      message: '归档末尾缺少应有的两个全零块；已有的成员都是完整的，但可能缺少其他成员。',
      remedy:
        '如果它由 `docker export` 或 `tar` 生成，那么它是被截断的：请重新生成或重新传输。如果没有缺少内容，选项 `mend` 会补上这两个块。',
    },
    clientErrors: [],
  },
  'second-archive': {
    severity: 'warning',
    cause: 'Two archives were joined with `cat`.',
    en: {
      message: 'At byte {offset} a second tar archive follows the end of the first; no client sees its members.',
      remedy: 'If they should be in the image, join the archives with `tar --concatenate`.',
    },
    zh: {
      message: '在字节 {offset} 处，第一个归档结束之后还有第二个 tar 归档；任何客户端都看不到其中的成员。',
      remedy: '如果这些成员应当进入镜像，请用 `tar --concatenate` 合并两个归档。',
    },
    clientErrors: [],
  },
  'trailing-data': {
    severity: 'warning',
    cause: 'Something was appended to the file.',
    en: {
      message:
        'After the end of the archive, from byte {offset} on, stand bytes that are no archive; clients ignore them.',
      remedy: '',
    },
    zh: { message: '归档结束之后，从字节 {offset} 起还有不属于归档的内容；客户端会忽略它们。', remedy: '' },
    clientErrors: [],
  },
  hole: {
    severity: 'error',
    cause: 'A downloader made room for the whole file and did not fill all of it, or a copy lost blocks of the disk.',
    en: {
      message:
        'From byte {offset} on, {where}, stand {zeros} zero bytes, and the archive goes on at byte {next}: the members in between are lost, and clients do not even read those behind them.',
      remedy:
        'The file was not filled completely. Transfer it again from the beginning, and compare its size and checksum with the original.',
    },
    zh: {
      message:
        '从字节 {offset} 起（{where}）有 {zeros} 个零字节，而归档在字节 {next} 处又继续：中间的成员已经丢失，后面的成员客户端也不会读取。',
      remedy: '文件没有完整写入。请从头重新传输，并与原文件核对大小和校验和。',
    },
    clientErrors: [],
  },
  'zeros-at-end': {
    severity: 'warning',
    cause: 'A downloader made room for the whole file and stopped before its end; or something padded the archive.',
    en: {
      message:
        'The archive ends at byte {offset}, and {bytes} zero bytes follow: members may be missing where they stand.',
      remedy:
        'Compare the size and checksum with the original, or look with `lading files` whether all files are there.',
    },
    zh: {
      message: '归档在字节 {offset} 处结束，其后还有 {bytes} 个零字节：那里可能缺少成员。',
      remedy: '请与原文件核对大小和校验和，或用 `lading files` 查看文件是否齐全。',
    },
    clientErrors: [],
  },
  'cut-block': {
    severity: 'warning',
    cause: 'The end of the file was cut off, or bytes were lost or added on the way.',
    en: {
      message:
        'The archive has {size} bytes, which is no multiple of 512, the length of a tar block: its end is cut off. Every member that stands before the end marker is complete.',
      remedy: 'Compare its size with the original.',
    },
    zh: {
      message: '归档有 {size} 字节，不是 tar 块长 512 的整数倍：它的末尾被截断了。结束标记之前的成员都是完整的。',
      remedy: '请与原文件核对大小。',
    },
    clientErrors: [],
  },
  'sparse-member': {
    severity: 'warning',
    onRequest: true,
    cause: '`tar --sparse --format=posix`, or bsdtar, which writes files with holes so unless told otherwise.',
    en: {
      message:
        '{member} is a sparse file in PAX form. Engines load the image and run it, but they cannot write this member again: `docker save` and pushing end with an error.',
      remedy:
        'Make the archive again without `--sparse` (bsdtar: with `--no-read-sparse`). Or convert with the option `mend`, which writes the file in full.',
    },
    zh: {
      message:
        '{member} 是 PAX 形式的稀疏文件。引擎能够加载并运行该镜像，但无法再次写出这个成员：`docker save` 和推送都会报错。',
      remedy:
        '请不要使用 `--sparse`（bsdtar 请加 `--no-read-sparse`），重新打包。或者转换时使用选项 `mend`，它会完整写出该文件。',
    },
    clientErrors: ['could not verify layer data', 'archive/tar: write too long'],
  },
  'sparse-huge': {
    severity: 'warning',
    cause: 'A disk image, a database or `/var/log/lastlog` with far more holes than data.',
    en: {
      message:
        '{member} takes {stored} bytes in the archive and becomes {size} bytes in an engine, which writes its holes as zeros.',
      remedy: 'Leave the file out, or make sure that there is room for it wherever the image is loaded.',
    },
    zh: {
      message: '{member} 在归档中占 {stored} 字节，在引擎中会变成 {size} 字节，因为引擎会把空洞写成零。',
      remedy: '请去掉该文件，或确保加载镜像的每台机器都有足够的空间。',
    },
    clientErrors: ['no space left on device'],
  },
  'table-huge': {
    severity: 'warning',
    cause: 'A user with a very large ID was created: these files have a row for each ID below it.',
    en: {
      message: '{member} has {size} bytes, nearly all of them zeros: a row for every user ID up to the largest one.',
      remedy:
        'Empty it before the archive is made (`: > /{member}`), and create such users with `useradd --no-log-init`.',
    },
    zh: {
      message: '{member} 有 {size} 字节，几乎全是零：它为不大于最大用户 ID 的每个 ID 各留一行。',
      remedy: '请在打包之前清空该文件（`: > /{member}`），并用 `useradd --no-log-init` 创建这样的用户。',
    },
    clientErrors: ['no space left on device'],
  },
  'no-members': {
    severity: 'error',
    cause: '`tar` was given no files, or a command failed and left only the end of an archive.',
    en: {
      message: 'This is a tar archive without a single member.',
      remedy: 'Check the command that made it, and send it again.',
    },
    zh: {
      message: '这是一个没有任何成员的 tar 归档。',
      remedy: '请检查生成它的命令，然后重新上传。',
    },
    clientErrors: NO_IMAGE,
  },
} as const satisfies Record<string, Entry>;
