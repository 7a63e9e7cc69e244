import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { decodedText } from '../json/decoded-text.ts';
import { isText, shownText } from '../model/text.ts';
import { fromUtf8, utf8 } from '../model/utf8.ts';
import type { Foreign } from './format.ts';

const SEND_THE_ARCHIVE = both(
  'Send the archive itself; this is what a server answered instead of it. Check the address, and whether a login or a signature is missing or has expired.',
  '请上传归档本身；这是服务器代替文件返回的内容。请检查地址是否正确，登录或签名是否缺失或已过期。',
);

/**
 * The texts that people upload instead of an archive: a pattern for their beginning, what they are, and what the user
 * can do.
 */
const TEXTS: readonly [RegExp, Bilingual, Bilingual][] = [
  [
    /^version https:\/\/git-lfs/,
    both('a Git LFS pointer, not the file it stands for', ' Git LFS 指针文件，不是它所代表的文件本身'),
    both('Fetch the file with `git lfs pull` and send that.', '请用 `git lfs pull` 取得真正的文件，再上传。'),
  ],
  [
    /^(?:#[^\n]*\n|\s)*FROM\s+\S[^\n]*\n/i,
    both('a Dockerfile', ' Dockerfile'),
    both(
      'Build the image (`docker build -t NAME .`), write it into a file (`docker save -o FILE NAME`), and send that.',
      '请先构建镜像（`docker build -t NAME .`），再写入文件（`docker save -o FILE NAME`），然后上传该文件。',
    ),
  ],
  [
    /^(?:(?:#|version:|name:)[^\n]*\n|\s)*services:\s*\n/,
    both('a Compose file', ' Compose 文件'),
    both(
      'Write the images that it names into a file (`docker save -o FILE $(docker compose config --images)`), and send that.',
      '请把它用到的镜像写入文件（`docker save -o FILE $(docker compose config --images)`），再上传该文件。',
    ),
  ],
  [
    /^(?:[0-9a-f]{32,128} [ *]|SHA\d+ ?\(|MD5 ?\()/i,
    both('a list of checksums', '校验和列表'),
    both('Send the archive itself, not its checksum.', '请上传归档本身，而不是它的校验和。'),
  ],
  [
    /^d\d+:(?:announce|info|created)/,
    both('a torrent, not the file it leads to', '种子文件，不是它指向的文件'),
    both('Download the file, and send that.', '请先下载文件，再上传。'),
  ],
  [
    /^HTTP\/\d(?:\.\d)? \d{3}/,
    both('the answer of a server, its headers first', '服务器的响应，开头是响应头'),
    both('Download the file without its headers (`curl` without `-i`).', '下载时不要带响应头（`curl` 不要加 `-i`）。'),
  ],
  [
    /^#!/,
    both('a script', '脚本'),
    both(
      'Send the archive. If this is an installer that holds one, take it out: `sh FILE --noexec --target FOLDER`, where it was made with makeself.',
      '请上传归档。如果这是自带归档的安装程序，请先取出：若由 makeself 制作，可用 `sh FILE --noexec --target FOLDER`。',
    ),
  ],
  [
    /^(?:Error response from daemon|Cannot connect to the Docker daemon|Unable to find image|docker: |"docker )/i,
    both('an error message of Docker', ' Docker 的错误信息'),
    both(
      'Read the message, and write the archive with `-o FILE`, which makes no file when it fails.',
      '请查看该信息，并用 `-o FILE` 写归档：这样失败时不会生成文件。',
    ),
  ],
  [
    /^\[object \w+\]|^(?:undefined|null|None|NaN)\s*$/,
    both('the name of a value in a program, not what it holds', '程序中某个值的名称，而不是它的内容'),
    both(
      'The program that uploads turned the body into text: give the client the file itself (a `Buffer`, a stream, a `Blob`, a `File`).',
      '上传程序把内容转换成了文本：请把文件本身（`Buffer`、流、`Blob`、`File`）交给客户端。',
    ),
  ],
];

/**
 * Recognises the kind of a text file, such as a Dockerfile or an error page, by its first bytes (`head`). Returns what
 * the file is, and what the user can do with it; null for files that are not text.
 */
export function textFormat(head: Uint8Array): Foreign | null {
  const bytes = textOf(head);
  if (bytes === null) return null;
  const text = fromUtf8(bytes);
  const opening = text.trimStart().slice(0, 14).toLowerCase();
  if (opening.startsWith('<!doctype html') || opening.startsWith('<html')) return page(bytes, 'a web page', '网页');
  if (opening.startsWith('<?xml') || /^<\w*(?:error|result)\b/i.test(opening)) {
    return page(bytes, 'an XML document', ' XML 文档');
  }
  const known = TEXTS.find(([beginning]) => beginning.test(text));
  if (known !== undefined) return quoting(bytes, known[1], known[2]);
  const own = dockerJson(text);
  if (own !== null) return quoting(bytes, own.what, own.hint);
  if (/^(?:\{|\[\s*[[{"\]\d])/.test(opening)) return page(bytes, 'a JSON document', ' JSON 文档');
  return quoting(bytes, both('a text file', '文本文件'), both('Check what was uploaded.', '请检查上传的是什么。'));
}

/**
 * Returns the beginning of a file as UTF-8 bytes if the file is text, else null. Text in UTF-16, which Windows writes,
 * is converted; it must begin with a byte order mark.
 */
function textOf(head: Uint8Array): Uint8Array | null {
  if (isText(head)) return head;
  const isMarked = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (!isMarked) return null;
  const text = utf8(decodedText(head.subarray(0, head.length - (head.length % 2))));
  return isText(text) ? text : null;
}

/**
 * Recognises the JSON that Docker prints about an image or a container. Returns what the text is, and what the user can
 * do with it; null for other texts.
 */
function dockerJson(text: string): Foreign | null {
  if (!/^\s*[[{]/.test(text)) return null;
  if (/"schemaVersion"\s*:\s*\d/.test(text)) {
    return {
      what: both('the manifest of an image, without its layers', '镜像的清单，不含镜像层'),
      hint: both(
        'Write the whole image into a file: `docker save -o FILE NAME`.',
        '请把整个镜像写入文件：`docker save -o FILE NAME`。',
      ),
    };
  }
  if (!/"Id"\s*:\s*"/.test(text) || !/"(?:Config|RepoTags|State)"\s*:/.test(text)) return null;
  return {
    what: both('the output of `docker inspect`', ' `docker inspect` 的输出'),
    hint: both(
      'Send the archive, and this beside it with the option `inspect`.',
      '请上传归档，并通过选项 `inspect` 提供这个文件。',
    ),
  };
}

/**
 * Describes a web page, an XML or a JSON document that a server sent instead of an archive. Returns what the file is,
 * and what the user can do. Quotes the first line, and the title or message if there is one. `en` and `zh` are the
 * document's kind in English and Chinese.
 */
function page(head: Uint8Array, en: string, zh: string): Foreign {
  const said = /<(?:title|code|message)[^<>]*>([^<]{1,80})<\//i.exec(fromUtf8(head))?.[1];
  const words = said === undefined ? '' : shownText(utf8(said));
  const says = both(words === '' ? '' : `, and says "${words}"`, words === '' ? '' : `，内容是 "${words}"`);
  const line = shownText(head);
  return {
    what: both(`${en} (it begins "${line}"${says.en})`, `${zh}（开头是 "${line}"${says.zh}）`),
    hint: SEND_THE_ARCHIVE,
  };
}

function quoting(head: Uint8Array, what: Bilingual, hint: Bilingual): Foreign {
  const line = shownText(head);
  return { what: both(`${what.en} (it begins "${line}")`, `${what.zh}（开头是 "${line}"）`), hint };
}
