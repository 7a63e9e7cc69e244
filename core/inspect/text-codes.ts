import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { secretFormat } from '../foreign/secrets.ts';
import { byteString, bytesOf } from '../model/byte-string.ts';
import { fromBase64, fromHex } from '../model/hex-and-base64.ts';
import { isText } from '../model/text.ts';
import { archiveFormat } from './magic-bytes.ts';

/** An upload whose bytes were encoded as text, such as base64: the encoding and how to decode it. */
export interface TextCode {
  /** The name of a text encoding as a phrase, such as "base64 text". */
  how: Bilingual;
  /** How a user can turn the encoded text back into bytes, for example with the command `base64 -d`. */
  decode: Bilingual;
  /** The format of the file that was encoded as text, such as gzip; null when it is unknown. */
  inside: Bilingual | null;
}

/**
 * The number of bytes at the beginning of an upload that are searched for a text encoding. A tar header fits into them
 * even as a hex dump.
 */
const EXAMINED_BYTES = 4096;

/**
 * Recognises by its beginning an upload whose bytes were encoded as text, such as base64 or hex. Returns the encoding
 * and how to decode it. Null for ordinary text, for keys and encrypted files, and for bytes that are not text.
 */
export function textCode(head: Uint8Array): TextCode | null {
  const look = head.subarray(0, EXAMINED_BYTES);
  // Keys and encrypted files are often base64, too.
  if (!isText(look) || secretFormat(look) !== null) return null;
  const text = byteString(look).replace(/^\xef\xbb\xbf/, '');
  return base64(text) ?? uuencode(text) ?? hex(text) ?? numbers(text) ?? escapes(text);
}

/**
 * A pattern for what may come before base64: a data URL, mail headers, a field of JSON or of a form, quotes, the first
 * line of uuencode.
 */
const BEFORE_BASE64 =
  /^\s*(?:data:[^,]{0,100},|begin-base64 [^\n]*\n|(?:[\w-]+:[^\n]*\n)+\r?\n|\{[^]{0,2000}?"(?:body|data|file|content|image)"\s*:\s*"(?:data:[^,]{0,100},)?|\w{1,40}=(?=H4sI|KLUv|\/Td6|QlpoO|UEsDB)|b?["'])?/i;

function base64(text: string): TextCode | null {
  const [before = ''] = BEFORE_BASE64.exec(text) ?? [];
  const [run = ''] = /^(?:(?:[\w+/-]|%2[BF])+=*(?:\\n|\\r|[\r\n ])*)+/i.exec(text.slice(before.length)) ?? [];
  const letters = run
    .replaceAll(/\\[nr]|\s/g, '')
    .replaceAll(/%2b/gi, '+')
    .replaceAll(/%2f/gi, '/');
  const inside = archiveFormat(fromBase64(letters));
  if (inside === null && !looksRandom(letters, before.length + run.length === text.length)) return null;
  return {
    how: both('base64 text', ' base64 文本'),
    decode: both('`base64 -d FILE > ARCHIVE`', '`base64 -d FILE > ARCHIVE`'),
    inside,
  };
}

/**
 * True when a run of base64 characters (`letters`) is probably encoded binary data and not words: the examined text
 * consists of nothing else (`isAll`), and the run has at least 400 characters, with small letters, capital letters and
 * digits among them.
 */
function looksRandom(letters: string, isAll: boolean): boolean {
  return isAll && letters.length >= 400 && /[a-z]/.test(letters) && /[A-Z]/.test(letters) && /\d/.test(letters);
}

function uuencode(text: string): TextCode | null {
  if (!/^begin [0-7]{3,4} \S.*\r?\nM[\x20-\x60]{60}/.test(text)) return null;
  return {
    how: both('uuencoded text', ' uuencode 文本'),
    decode: both('`uudecode -o ARCHIVE FILE`', '`uudecode -o ARCHIVE FILE`'),
    inside: null,
  };
}

/**
 * The encoding of an upload that is a hex dump with offsets at the beginnings of its lines, or the hex digits of an
 * archive; else null.
 */
function hex(text: string): TextCode | null {
  const isDump = /^0{6,8}:?\s+[0-9a-f]{2,}\s[^\n]*\n0{4,6}[12]0:?\s/i.test(text);
  const how = both('a hex dump', '十六进制转储');
  const decode = both('`xxd -r FILE > ARCHIVE`', '`xxd -r FILE > ARCHIVE`');
  if (isDump) return { how, decode, inside: null };
  const [run = ''] = /^(?:"?\\?\\x)?((?:[0-9a-f]{2}[\s,]*)+)/i.exec(text) ?? [];
  const inside = archiveFormat(fromHex(run.replaceAll(/[^0-9a-f]/gi, '')));
  return inside === null
    ? null
    : {
        how: both('hex digits', '十六进制数字'),
        decode: both('`xxd -r -p FILE > ARCHIVE`', '`xxd -r -p FILE > ARCHIVE`'),
        inside,
      };
}

/**
 * The encoding of an upload that is an archive written as a list of numbers (a JavaScript or C array, a `Buffer` as
 * JSON); else null.
 */
function numbers(text: string): TextCode | null {
  const start = text.search(/(?:^|[[{(,:\s])(?:-?\d{1,3}|0x[0-9a-f]{1,2})\s*,/i);
  if (start < 0 || start > 200) return null;
  const list = text.slice(start).match(/-?(?:0x[0-9a-f]{1,2}|\d{1,3})(?=\s*[,\]})])/gi) ?? [];
  const inside = archiveFormat(Uint8Array.from(list, (each) => Number(each) & 0xff));
  if (inside === null) return null;
  return {
    how: both('a list of numbers', '数字列表'),
    decode: both('by a program of yours', '用您自己的程序处理'),
    inside,
  };
}

/**
 * The ways in which programs (`\x1f`, `\u001f`), URLs (`%1F`) and mails (`=1F`) escape bytes: for each, a pattern, its
 * name in English and Chinese, and a command that decodes it.
 */
const ESCAPES: readonly [RegExp, string, string, string][] = [
  [
    /\\x([0-9a-f]{2})/gi,
    'a literal of a program (`\\x1f…`)',
    '程序中的字面量（`\\x1f…`）',
    '`printf %b "$(cat FILE)" > ARCHIVE`',
  ],
  [
    /\\u00([0-9a-f]{2})/gi,
    'a string of JSON (`\\u001f…`)',
    ' JSON 字符串（`\\u001f…`）',
    '`jq -rj . FILE | iconv -f UTF-8 -t LATIN1 > ARCHIVE`',
  ],
  [
    /%([0-9a-f]{2})/gi,
    'the text of a URL (`%1F…`)',
    ' URL 编码文本（`%1F…`）',
    "`python3 -c 'import sys, urllib.parse as u; sys.stdout.buffer.write(u.unquote_to_bytes(sys.stdin.read()))' < FILE > ARCHIVE`",
  ],
  [
    /=(?:\r?\n|([0-9A-F]{2}))/g,
    'quoted-printable text (`=1F…`)',
    ' quoted-printable 文本（`=1F…`）',
    '`qprint -d FILE ARCHIVE`',
  ],
];

function escapes(text: string): TextCode | null {
  const body = text.replace(/^\s*b?["']/, '');
  for (const [escape, en, zh, decode] of ESCAPES) {
    const bytes = body.replaceAll(escape, (_, digits?: string) =>
      digits === undefined ? '' : String.fromCharCode(Number.parseInt(digits, 16)),
    );
    if (bytes.length > body.length - 8) continue;
    const inside = archiveFormat(bytesOf(unescaped(bytes)));
    if (inside !== null) return { how: both(en, zh), decode: both(decode, decode), inside };
  }
  return null;
}

/** Replaces short escapes such as `\n` and `\0` in a text by their characters. */
function unescaped(text: string): string {
  const letters: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '0': '\0' };
  return text.replaceAll(/\\([nrtbf0\\"'])/g, (_, letter: string) => letters[letter] ?? letter);
}
