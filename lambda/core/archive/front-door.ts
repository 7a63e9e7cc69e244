import { isUtf8 } from 'node:buffer';
import { type Bilingual, both } from '../bilingual.ts';
import type { FindingCode, Detail } from '../findings.ts';
import { archiveFormat } from './magic.ts';
import { isText } from './text.ts';
import { textCode } from './text-codes.ts';

/** A fault that a client of S3 made while it uploaded: the code of its finding, and the words that fill it. */
export interface Misfit {
  code: FindingCode;
  detail: Detail;
}

/**
 * The fault of an upload that went through S3's front door in the wrong way: a form in place of the file, chunk framing that was
 * stored with it, bytes that were written as text or read as text. Null when it shows none of these.
 */
export function frontDoorFault(head: Buffer): Misfit | null {
  return formUpload(head) ?? chunkFraming(head) ?? encoded(head) ?? readAsText(head);
}

/**
 * The body of a form upload (RFC 7578): a line with the boundary, headers of the first field, an empty line. Or another message
 * of several parts, as mail programs and batch clients send it (RFC 2046, `multipart/mixed`): its own headers may come first.
 */
function formUpload(head: Buffer): Misfit | null {
  const text = head.toString('latin1', 0, 2048);
  const form =
    /^(?:(?:[\w-]+:|[ \t]+\S)[^\r\n]*\r?\n)*\s*--([^\r\n]{1,200})\r?\n(?:[\w-]+:[^\r\n]*\r?\n)*?Content-(?:Disposition|Type):[^\r\n]*/i.exec(
      text,
    );
  return form === null ? null : { code: 'form-upload', detail: {} };
}

/** The size of a chunk in hex on a line of its own, with a signature or without one, then bytes that are no text. */
function chunkFraming(head: Buffer): Misfit | null {
  const line = /^([0-9a-f]{1,16})(;[^\r\n]{0,200})?\r\n/i.exec(head.toString('latin1', 0, 256));
  if (line === null) return null;
  const start = line[0].length;
  const end = start + Number.parseInt(line[1] ?? '', 16);
  const isSigned = /^;chunk-signature=/i.test(line[2] ?? '');
  const body = head.subarray(start, end);
  const closed = end + 2 > head.length || head.toString('latin1', end, end + 2) === '\r\n';
  const isFramed = closed && body.length > 0 && (archiveFormat(body) !== null || !isText(body));
  if (!isSigned && !isFramed) return null;
  const signed = isSigned ? both(', with a signature each', '，每段带有签名') : both('', '');
  return { code: 'chunk-framing', detail: { signed } };
}

function encoded(head: Buffer): Misfit | null {
  const found = textCode(head);
  if (found === null) return null;
  const { how, decode, inside } = found;
  return { code: 'encoded-as-text', detail: { how, decode, inside: inside ?? SOMETHING } };
}

const SOMETHING: Bilingual = both('data', '数据');

const REPLACEMENT = Buffer.from([0xef, 0xbf, 0xbd]);

/** Bytes that were decoded as text and encoded again, as UTF-8: some were replaced, or each became a character. */
function readAsText(head: Buffer): Misfit | null {
  const whole = head.subarray(0, head.length - cutOff(head));
  if (!isUtf8(whole) || isText(whole)) return null;
  if (whole.includes(REPLACEMENT)) return REPLACED;
  const bytes = asSingleBytes(whole.toString('utf8'));
  const inside = bytes === null || bytes.length === whole.length ? null : archiveFormat(bytes);
  return inside === null ? null : { code: 'encoded-twice', detail: { inside } };
}

const REPLACED: Misfit = {
  code: 'powershell-redirect',
  detail: {
    encoding: 'UTF-8',
    who: both(
      'a program that took them for text (API Gateway, a Lambda function, a web page, or PowerShell)',
      '某个把它们当作文本的程序（API Gateway、Lambda 函数、网页或 PowerShell）',
    ),
    hint: both(
      'Send the bytes as they are: `curl -T FILE` to a presigned URL. Behind API Gateway set `binaryMediaTypes`, and decode the body when `isBase64Encoded` is true; in JavaScript never call `toString()` or `readAsText()` on them. In PowerShell write the archive with `-o FILE` instead of `>`.',
      '请原样发送这些字节：用 `curl -T FILE` 上传到预签名 URL。经过 API Gateway 时请设置 `binaryMediaTypes`，并在 `isBase64Encoded` 为 true 时解码请求体；在 JavaScript 中不要对它们调用 `toString()` 或 `readAsText()`。在 PowerShell 中请用 `-o FILE` 写归档，不要用 `>`。',
    ),
  },
};

/**
 * The same for bytes from inside a tar archive, whose headers come through unharmed: they are UTF-8 although there is more in
 * them than text. Null when they are not.
 */
export function readAsTextInside(bytes: Buffer): Misfit | null {
  const start = Math.max(
    0,
    bytes.findIndex((byte) => (byte & 0xc0) !== 0x80),
  );
  const whole = bytes.subarray(start, bytes.length - cutOff(bytes));
  const controls = whole.reduce((count, byte) => count + Number(byte > 0 && byte < 0x09), 0);
  if (controls < TELLING_CONTROLS || !isUtf8(whole)) return null;
  if (whole.includes(REPLACEMENT)) return REPLACED;
  const single = asSingleBytes(whole.toString('utf8'));
  const isChanged = single !== null && single.length < whole.length;
  return isChanged ? { code: 'encoded-twice', detail: { inside: both('a tar archive', ' tar 归档') } } : null;
}

/** Control characters that no text has: so many, and bytes are those of a program. */
const TELLING_CONTROLS = 8;

/** How many bytes at the end begin a character that is not all there. */
function cutOff(head: Buffer): number {
  for (let back = 1; back <= Math.min(3, head.length); back++) {
    const byte = head[head.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back;
  }
  return 0;
}

/** The characters that Windows-1252 has in the place of Latin-1's control characters. */
const WINDOWS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** The bytes that a text stands for when each of its characters was one byte; null when some was not. */
function asSingleBytes(text: string): Buffer | null {
  const codes = Array.from(text, (character) => {
    const at = WINDOWS.indexOf(character);
    return at < 0 ? character.codePointAt(0)! : 0x80 + at;
  });
  return codes.some((code) => code > 0xff) ? null : Buffer.from(codes);
}
