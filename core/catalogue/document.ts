import type { Entry } from './entry.ts';

/** The remedy for a damaged archive, as a sentence for the user: transfer it again, or save the image again. */
export const SAVE_AGAIN = {
  en: 'Transfer the archive again and compare its checksum with the original, or save the image again.',
  zh: '请重新传输归档并与原文件核对校验和，或重新保存镜像。',
} as const;

/** The findings (faults and remarks) that Lading can report about the JSON documents of an image archive, by code. */
export const DOCUMENT = {
  'config-unreadable': {
    severity: 'error',
    cause: 'A damaged download, or a faulty builder.',
    en: { message: 'The image config {member} is no readable JSON object.', remedy: SAVE_AGAIN.en },
    zh: { message: '镜像配置 {member} 不是可读的 JSON 对象。', remedy: SAVE_AGAIN.zh },
    clientErrors: ['invalid character … looking for beginning of value', 'invalid image JSON, no RootFS key'],
  },
  'document-empty': {
    severity: 'error',
    cause: 'The disk was full when the image was saved, or an old Docker failed to write it.',
    en: {
      message: 'The member {member} is an empty file (0 bytes), where a JSON document should be.',
      remedy: 'Save the image again, with free disk space (`docker save -o FILE NAME`).',
    },
    zh: {
      message: '成员 {member} 是空文件（0 字节），而那里应当是 JSON 文档。',
      remedy: '请确认磁盘空间充足，重新保存镜像（`docker save -o FILE NAME`）。',
    },
    clientErrors: ['Error response from daemon: EOF', 'unexpected end of JSON input'],
  },
  'document-unreadable': {
    severity: 'error',
    cause: 'A damaged download or disk, or a document that was edited by hand.',
    en: { message: 'The document {member} is no readable JSON.', remedy: SAVE_AGAIN.en },
    zh: { message: '文档 {member} 不是可读的 JSON。', remedy: SAVE_AGAIN.zh },
    clientErrors: ['invalid character … looking for beginning of value', 'unexpected end of JSON input'],
  },
  'byte-order-mark': {
    severity: 'error',
    mended: true,
    cause: 'A program on Windows wrote the document, or it was edited and saved as "UTF-8 with BOM".',
    en: {
      message: 'The document {member} begins with a byte order mark (EF BB BF), which JSON must not have.',
      remedy: 'Convert the archive: the document is written without it.',
    },
    zh: {
      message: '文档 {member} 以字节顺序标记（BOM，EF BB BF）开头，而 JSON 不允许有它。',
      remedy: '请转换该归档：该文档会去掉 BOM 重新写出。',
    },
    clientErrors: ["invalid character 'ï' looking for beginning of value"],
  },
  'created-unreadable': {
    severity: 'error',
    mended: true,
    cause: 'A builder that writes an empty time, or one without a time zone.',
    en: {
      message:
        'In the image config {member}, `created` is {value}: clients read no time from that and refuse the image.',
      remedy: 'Convert the archive: such a time is left out.',
    },
    zh: {
      message: '镜像配置 {member} 中的 `created` 是 {value}：客户端无法将其解析为时间，会拒绝该镜像。',
      remedy: '请转换该归档：这样的时间会被省略。',
    },
    clientErrors: ['parsing time "…" as "2006-01-02T15:04:05Z07:00": cannot parse "…" as "2006"'],
  },
  'image-unlisted': {
    severity: 'error',
    cause: 'An archive that was cut between two members, or filtered, or whose list of images is damaged.',
    en: {
      message:
        'This holds pieces of an image (for instance {piece}), but neither `manifest.json` nor `index.json` puts them together.',
      remedy: SAVE_AGAIN.en,
    },
    zh: {
      message: '其中有镜像的部分内容（例如 {piece}），但没有 `manifest.json` 或 `index.json` 把它们组合成镜像。',
      remedy: SAVE_AGAIN.zh,
    },
    clientErrors: [
      'open …/json: no such file or directory',
      'loading tar component manifest.json: file does not exist',
      'unrecognized image format',
      'open …/index.json: no such file or directory',
    ],
  },
  'layout-refused': {
    severity: 'error',
    mended: true,
    cause: 'A faulty builder, or a damaged download: no digest protects these two documents.',
    en: {
      message: 'Clients refuse the document {document}: {problem}.',
      remedy: 'Convert the archive: the document is written anew.',
    },
    zh: { message: '客户端会拒绝文档 {document}：{problem}。', remedy: '请转换该归档：该文档会重新写出。' },
    clientErrors: [
      'unsupported OCI version',
      'unexpected media type … not found',
      'failed validation: invalid argument',
    ],
  },
  'index-short': {
    severity: 'warning',
    mended: true,
    cause: 'Docker 25.0.0 saved images without a name like this; or the index was damaged.',
    en: {
      message:
        '`manifest.json` lists an image that `index.json` does not: containerd and podman, which read `index.json`, do not see it.',
      remedy: 'Convert the archive: both then list the same images.',
    },
    zh: {
      message: '`manifest.json` 列出了 `index.json` 中没有的镜像：读取 `index.json` 的 containerd 和 podman 看不到它。',
      remedy: '请转换该归档：两份文档将列出相同的镜像。',
    },
    clientErrors: ['unrecognized image format', 'payload does not match any of the supported image formats'],
  },
} as const satisfies Record<string, Entry>;
