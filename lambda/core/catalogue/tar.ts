import { CUT_SHORT, NO_IMAGE, NO_TAR } from './client-errors.ts';
import type { Entry } from './entry.ts';

/** The tar archive as such. */
export const TAR = {
  truncated: {
    severity: 'error',
    cause: 'The disk was full, the container was removed while it was exported, or the transfer broke off.',
    en: {
      message: 'The archive ends inside {where}: {missing} bytes are missing after byte {offset}.',
      remedy: 'Make the archive again, or transfer it again and compare its size with the original.',
    },
    zh: {
      message: '归档在 {where} 处中断：字节 {offset} 之后还缺 {missing} 字节。',
      remedy: '请重新生成归档，或重新传输并与原文件核对大小。',
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
    cause: 'The writer was stopped between two members, or does not write the two blocks.',
    en: {
      message:
        'The archive stops without the two zero blocks that should end it; every member is complete, but others may be missing.',
      remedy: 'If it was made by `docker export` or `tar`, it was cut off: make or transfer it again.',
    },
    zh: {
      message: '归档末尾缺少应有的两个全零块；已有的成员都是完整的，但可能缺少其他成员。',
      remedy: '如果它由 `docker export` 或 `tar` 生成，那么它是被截断的：请重新生成或重新传输。',
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
