import { CUT_SHORT, NO_IMAGE, NO_TAR } from './client-errors.ts';
import type { Entry } from './entry.ts';

/**
 * The findings (faults and remarks) that Lading can report about uploads that are no archives or that were changed on
 * their way, by code.
 */
export const UPLOAD = {
  'empty-upload': {
    severity: 'error',
    cause: 'The command that should have written the archive failed, or the transfer never began.',
    en: {
      message: 'This upload is empty: it has 0 bytes.',
      remedy:
        'Check the command that wrote it, for instance that `docker export` named an existing container, and send it again.',
    },
    zh: {
      message: '上传的文件是空的：大小为 0 字节。',
      remedy: '请检查生成该文件的命令（例如 `docker export` 指定的容器是否存在），然后重新上传。',
    },
    clientErrors: NO_IMAGE,
  },
  'not-a-tar': {
    severity: 'error',
    cause: 'Another file was sent, or a server answered with a page instead of the file.',
    en: { message: 'This is no tar archive but {what}.', remedy: '{hint}' },
    zh: { message: '这不是 tar 归档，而是{what}。', remedy: '{hint}' },
    clientErrors: [...NO_TAR, ...CUT_SHORT, ...NO_IMAGE],
  },
  'powershell-redirect': {
    severity: 'error',
    cause:
      '`docker save … > FILE` in PowerShell, or a body that API Gateway, a Lambda function or a web page handled as text: bytes that are no text were replaced.',
    en: {
      message: 'These are archive bytes that {who} re-encoded as {encoding} text; the original cannot be recovered.',
      remedy: '{hint}',
    },
    zh: {
      message: '这些归档数据被{who}当作文本重新编码成了 {encoding}，原始内容已无法恢复。',
      remedy: '{hint}',
    },
    clientErrors: NO_TAR,
  },
  'encoded-twice': {
    severity: 'error',
    cause: 'A program took each byte for a character (Latin-1, Windows-1252), and wrote these as UTF-8.',
    en: {
      message:
        'This is {inside} that was taken for text in Latin-1 and written as UTF-8: each byte from 0x80 on became two or three.',
      remedy:
        'Nothing is lost: `iconv -f UTF-8 -t LATIN1 FILE > ARCHIVE` (or `-t CP1252`) brings it back. Better send the bytes as they are: `curl -T FILE` to a presigned URL, in Node a `Buffer` and no string.',
    },
    zh: {
      message: '这是{inside}，但被当作 Latin-1 文本并写成了 UTF-8：0x80 及以上的每个字节都变成了两三个字节。',
      remedy:
        '内容没有丢失：`iconv -f UTF-8 -t LATIN1 FILE > ARCHIVE`（或 `-t CP1252`）可以还原。更好的做法是原样发送：用 `curl -T FILE` 上传到预签名 URL；在 Node 中请传 `Buffer`，不要传字符串。',
    },
    clientErrors: NO_TAR,
  },
  'form-upload': {
    severity: 'error',
    cause:
      '`curl -F`, a `FormData` or a form of HTML sent to a presigned URL for PUT, which stores the body as it comes.',
    en: {
      message:
        'This is the body of a form upload (multipart/form-data) with the file somewhere inside, not the file itself.',
      remedy:
        "Send the file alone as the body: `curl -T FILE 'PRESIGNED-URL'`, in a browser `fetch(url, { method: 'PUT', body: file })`. A form needs a presigned POST and its fields instead.",
    },
    zh: {
      message: '这是表单上传（multipart/form-data）的请求体，文件包含在其中，而不是文件本身。',
      remedy:
        "请只把文件作为请求体发送：`curl -T FILE 'PRESIGNED-URL'`；在浏览器中用 `fetch(url, { method: 'PUT', body: file })`。表单上传需要预签名 POST 及其字段。",
    },
    clientErrors: NO_TAR,
  },
  'chunk-framing': {
    severity: 'error',
    cause:
      'An S3 client that sends `aws-chunked` bodies (checksums in trailers, signed chunks), and a store or proxy that keeps the framing.',
    en: {
      message:
        'The chunk framing of the transfer (`aws-chunked`{signed}) was stored together with the file: before each chunk stands a line with its size.',
      remedy:
        'Send it without chunks: `curl -T FILE` to a presigned URL; AWS CLI and SDKs: `AWS_REQUEST_CHECKSUM_CALCULATION=when_required`; Java: `chunkedEncodingEnabled(false)`; rclone: `--s3-use-unsigned-payload`. Or bring the store or proxy up to date.',
    },
    zh: {
      message: '传输时的分块格式（`aws-chunked`{signed}）连同文件一起被存了下来：每一段之前都有一行写着它的大小。',
      remedy:
        '请不分块发送：用 `curl -T FILE` 上传到预签名 URL；AWS CLI 和 SDK 可设置 `AWS_REQUEST_CHECKSUM_CALCULATION=when_required`；Java 用 `chunkedEncodingEnabled(false)`；rclone 用 `--s3-use-unsigned-payload`。也可以升级该存储服务或代理。',
    },
    clientErrors: NO_TAR,
  },
  'encoded-as-text': {
    severity: 'error',
    cause:
      'API Gateway hands binary bodies on as base64 (`isBase64Encoded`), and they were stored like that; or a program wrote the bytes as text.',
    en: {
      message: 'This is {inside} written as {how}, not the bytes themselves.',
      remedy:
        "Decode it ({decode}), or send the bytes as they are: `curl -T FILE` to a presigned URL. A Lambda function behind API Gateway decodes the body when `isBase64Encoded` is true: `Buffer.from(event.body, 'base64')`.",
    },
    zh: {
      message: '这是以{how}写成的{inside}，而不是原始字节。',
      remedy:
        "请先解码（{decode}），或原样发送这些字节：用 `curl -T FILE` 上传到预签名 URL。API Gateway 之后的 Lambda 函数应在 `isBase64Encoded` 为 true 时解码请求体：`Buffer.from(event.body, 'base64')`。",
    },
    clientErrors: NO_TAR,
  },
  'split-piece': {
    severity: 'error',
    cause: 'One of the pieces that `split`, 7-Zip or an upload tool made of an archive, sent alone.',
    en: {
      message: 'This is one piece of an archive that was split{where}.',
      remedy:
        'Join all pieces in their order (`cat PIECES > FILE`, on Windows `copy /b`), and send the file that comes out. The command line takes the pieces as they are: `lading convert web.tar.aa web.tar.ab …`.',
    },
    zh: {
      message: '这是被拆分的归档的一个分片{where}。',
      remedy:
        '请按顺序合并全部分片（`cat PIECES > FILE`，Windows 上用 `copy /b`），再上传得到的文件。命令行可以直接读取各分片：`lading convert web.tar.aa web.tar.ab …`。',
    },
    clientErrors: [...NO_TAR, ...CUT_SHORT],
  },
  'piece-waits': {
    severity: 'info',
    cause: 'One piece of an archive that was split, in S3 or in the folder of `lading serve`.',
    en: {
      message: 'This is a piece of an archive that was split. It waits for the last piece, and is read with it.',
      remedy:
        'Upload the last piece last, and before it its sidecar, which lists all pieces in order: `web.tar.ab.lading.json` with `{"pieces": ["web.tar.aa", "web.tar.ab"]}`. Or join the pieces: `cat PIECES > FILE`.',
    },
    zh: {
      message: '这是被拆分的归档的一个分片。它在等待最后一个分片，届时一并读取。',
      remedy:
        '请最后上传最后一个分片，并在此之前上传它的选项文件，按顺序列出全部分片：`web.tar.ab.lading.json`，内容为 `{"pieces": ["web.tar.aa", "web.tar.ab"]}`。也可以合并各分片：`cat PIECES > FILE`。',
    },
    clientErrors: [],
  },
  'piece-missing': {
    severity: 'error',
    cause: 'The last piece of a split archive came, and another one that its sidecar lists did not follow.',
    en: {
      message: 'The piece {piece} is missing: the sidecar lists it, and it did not come while the service waited.',
      remedy:
        'Upload this piece, and then the last one again. If there is no such piece, correct the list in the sidecar first.',
    },
    zh: {
      message: '缺少分片 {piece}：选项文件列出了它，但在服务等待期间它没有到达。',
      remedy: '请上传该分片，然后重新上传最后一个分片。如果没有这个分片，请先更正选项文件中的列表。',
    },
    clientErrors: [],
  },
  'named-like-a-piece': {
    severity: 'warning',
    cause:
      'A piece of a tar archive that happens to begin where a member does, or a name that only looks like that of a piece.',
    en: {
      message: 'The name says that this is a later piece of an archive that was split, yet an archive begins here.',
      remedy: 'If there are pieces before it, their members are missing here: join all of them (`cat PIECES > FILE`).',
    },
    zh: {
      message: '从名称看这是被拆分的归档中靠后的分片，但这里是一个归档的开头。',
      remedy: '如果前面还有分片，这里就缺少它们的成员：请合并全部分片（`cat PIECES > FILE`）。',
    },
    clientErrors: [],
  },
  'text-mode-transfer': {
    severity: 'error',
    cause: 'FTP in ASCII mode, `docker exec -t` or `docker run -t` piped to a file, or `core.autocrlf` of Git.',
    en: {
      message:
        'The file was transferred in text mode: from byte {offset} on, each line feed (0A) stands as 0D 0A, which shifts everything after it.',
      remedy:
        'Transfer it again in binary mode (FTP: `binary`; `docker exec` and `docker run` without `-t`; Git: mark it `binary` in .gitattributes).',
    },
    zh: {
      message: '该文件是以文本模式传输的：从字节 {offset} 起，每个换行符（0A）都变成了 0D 0A，其后的内容全部错位。',
      remedy:
        '请以二进制模式重新传输（FTP 用 `binary`；`docker exec`、`docker run` 不要加 `-t`；Git 请在 .gitattributes 中标记为 `binary`）。',
    },
    clientErrors: [...NO_TAR, 'gzip: invalid header', 'gzip: invalid checksum'],
  },
  'foreign-text': {
    severity: 'error',
    cause: 'Progress, a log line or an error message went to the same stream as the archive (`2>&1`, a shell profile).',
    en: {
      message: 'At byte {offset}, {where}, stands text that does not belong to the archive: "{text}".',
      remedy:
        'Keep messages out of the stream: write the archive with `-o FILE`, or send only standard output to the file (no `2>&1`, no `-t`).',
    },
    zh: {
      message: '在字节 {offset} 处（{where}）混入了不属于归档的文本："{text}"。',
      remedy: '不要让提示信息混进数据流：用 `-o FILE` 写归档，或者只重定向标准输出（不要用 `2>&1`，不要加 `-t`）。',
    },
    clientErrors: NO_TAR,
  },
  'bytes-inserted': {
    severity: 'error',
    cause: 'A message was written into the middle of a member, or the transfer added bytes.',
    en: {
      message:
        'The next tar header {where} stands {count} bytes later than it should, at byte {offset}: foreign bytes got into the archive.',
      remedy:
        'Keep messages out of the stream: write the archive with `-o FILE`, or send only standard output to the file, and transfer it in binary mode.',
    },
    zh: {
      message: '{where}的下一个 tar 头位于字节 {offset}，比应在的位置晚了 {count} 字节：归档中混入了外来数据。',
      remedy: '不要让提示信息混进数据流：用 `-o FILE` 写归档，或者只重定向标准输出，并以二进制模式传输。',
    },
    clientErrors: NO_TAR,
  },
  'zip-entries': {
    severity: 'error',
    cause: 'A zip file was made of several files, or of a folder.',
    en: {
      message:
        'This is a zip file that holds more than one file ({names}). Lading reads a zip file only if it holds one archive; texts and checksums may be beside it.',
      remedy: 'Unzip it and send the tar archive itself.',
    },
    zh: {
      message: '这是一个包含多个文件的 zip（{names}）。Lading 只读取仅含一个归档的 zip；旁边可以有说明文件和校验和。',
      remedy: '请先解压，再上传其中的 tar 归档。',
    },
    clientErrors: NO_TAR,
  },
  'not-quick': {
    severity: 'error',
    cause: 'A quick look was asked for, which hops from header to header of an uncompressed image archive.',
    en: {
      message: 'A quick look does not tell what this is: {reason}.',
      remedy: 'Look at all of it, without `--quick`.',
    },
    zh: { message: '快速查看无法判断这是什么：{reason}。', remedy: '请去掉 `--quick`，完整读取该归档。' },
    clientErrors: [],
  },
  'not-verified': {
    severity: 'warning',
    cause: 'A quick look was asked for.',
    en: {
      message:
        'This was a quick look: {read} of {size} bytes were read, headers and documents only. Digests are what the archive says of itself, and no layer was looked into.',
      remedy: 'To have every byte verified: `lading inspect FILE`, without `--quick`.',
    },
    zh: {
      message:
        '这只是快速查看：{size} 字节中只读取了 {read} 字节，即各个头部和文档。摘要是归档自己写明的，没有检查任何镜像层的内容。',
      remedy: '要校验每一个字节：`lading inspect FILE`，不带 `--quick`。',
    },
    clientErrors: [],
  },
  'limit-exceeded': {
    severity: 'error',
    cause: 'The archive or its options are larger than the service was made for, or were built to exhaust its readers.',
    en: {
      message: 'This upload exceeds a limit of the service: {what}, the most allowed is {limit}.',
      remedy: 'See docs/security.md, limits.',
    },
    zh: {
      message: '该上传超出了服务的限制：{what}，最多允许 {limit}。',
      remedy: '参见 docs/security.md 中的 Limits 一节。',
    },
    clientErrors: [],
  },
  'no-time': {
    severity: 'error',
    cause:
      'An upload of some 60 GB or more, or a large compressed one. A function of AWS Lambda ends after 15 minutes.',
    en: {
      message:
        'This upload cannot be {task} in time: at {rate} MB/s {size} bytes take {needed} minutes, and the service has {time}.',
      remedy:
        'Convert it with the command line, which may take its time: `lading convert s3://BUCKET/KEY -o image.tar`. If its compression is not gzip, compress it with gzip instead: a gzip upload is read faster, and is converted without being expanded. More memory makes the service faster, too; its operator sets it.',
    },
    zh: {
      message:
        '无法在限定时间内{task}该文件：以 {rate} MB/s 的速度处理 {size} 字节需要 {needed} 分钟，而服务只有 {time} 分钟。',
      remedy:
        '请改用没有时间限制的命令行转换：`lading convert s3://BUCKET/KEY -o image.tar`。如果不是 gzip 压缩，请改用 gzip：这样读取更快，转换时也无需解压。服务的运维者也可以增加函数的内存，使其更快。',
    },
    clientErrors: [],
  },
  'not-given': {
    severity: 'error',
    cause:
      'The upload, or its sidecar, is in an archive storage class (GLACIER, DEEP_ARCHIVE), or encrypted with a key that the service may not use.',
    en: {
      message: 'S3 does not give this upload to the service: {reason}.',
      remedy: 'Upload it again, in the storage class STANDARD and with the encryption of the bucket.',
    },
    zh: {
      message: 'S3 不向本服务提供该文件：{reason}。',
      remedy: '请以 STANDARD 存储类别和存储桶自己的加密方式重新上传。',
    },
    clientErrors: [],
  },
  'gave-up': {
    severity: 'error',
    cause:
      'S3 was busy or refused for hours, a right is missing, or a function has crashed at each of its five tries. The outcome is `failed`.',
    en: {
      message: 'The service has tried this upload in vain and has given up: {reason}.',
      remedy:
        'Upload it again, or ask the operator of the service to deliver its event again (docs/operations.md, Redriving).',
    },
    zh: {
      message: '服务多次尝试处理该文件均未成功，已放弃：{reason}。',
      remedy: '请重新上传，或请服务的运维人员重新投递它的事件（docs/operations.md 中的 Redriving 一节）。',
    },
    clientErrors: [],
  },
} as const satisfies Record<string, Entry>;
