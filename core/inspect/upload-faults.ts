import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { byteString } from '../model/byte-string.ts';
import { isText } from '../model/text.ts';
import { validUtf8 } from '../model/utf8.ts';
import { asSingleBytes, cutOff, findReplacement, type UploadDamage, REPLACED } from '../tar/misread.ts';
import { archiveFormat } from './magic-bytes.ts';
import { textCode } from './text-codes.ts';

/**
 * Returns what is wrong with an upload that reached S3 in a wrong form: as a web form, with HTTP chunk framing in the
 * file, or as bytes that a program handled as text. Null for any other upload.
 */
export function frontDoorFault(head: Uint8Array): UploadDamage | null {
  return formUpload(head) ?? chunkFraming(head) ?? encoded(head) ?? readAsText(head);
}

/**
 * The fault that an upload is the body of a web form (RFC 7578), which begins with a boundary line and the headers of a
 * field; null for other uploads. Other multipart messages (RFC 2046), which mail programs and batch clients send, begin
 * with headers and are recognised too.
 */
function formUpload(head: Uint8Array): UploadDamage | null {
  const text = byteString(head, 0, 2048);
  const form =
    /^(?:(?:[\w-]+:|[ \t]+\S)[^\r\n]*\r?\n)*\s*--([^\r\n]{1,200})\r?\n(?:[\w-]+:[^\r\n]*\r?\n)*?Content-(?:Disposition|Type):[^\r\n]*/i.exec(
      text,
    );
  return form === null ? null : { code: 'form-upload', detail: {} };
}

/**
 * The fault that HTTP chunk framing was stored as part of the file: a line with the chunk's size in hex, perhaps with a
 * signature, and then binary data. Null for other uploads.
 */
function chunkFraming(head: Uint8Array): UploadDamage | null {
  const line = /^([0-9a-f]{1,16})(;[^\r\n]{0,200})?\r\n/i.exec(byteString(head, 0, 256));
  if (line === null) return null;
  const start = line[0].length;
  const end = start + Number.parseInt(line[1] ?? '', 16);
  const isSigned = /^;chunk-signature=/i.test(line[2] ?? '');
  const body = head.subarray(start, end);
  const closed = end + 2 > head.length || byteString(head, end, end + 2) === '\r\n';
  const isFramed = closed && body.length > 0 && (archiveFormat(body) !== null || !isText(body));
  if (!isSigned && !isFramed) return null;
  const signed = isSigned ? both(', with a signature each', '，每段带有签名') : both('', '');
  return { code: 'chunk-framing', detail: { signed } };
}

function encoded(head: Uint8Array): UploadDamage | null {
  const found = textCode(head);
  if (found === null) return null;
  const { how, decode, inside } = found;
  return { code: 'encoded-as-text', detail: { how, decode, inside: inside ?? SOMETHING } };
}

const SOMETHING: Bilingual = both('data', '数据');

/**
 * The fault that a program decoded an upload as text and encoded it as UTF-8 again: U+FFFD replaces some bytes, or each
 * byte became a character. Null for other uploads.
 */
function readAsText(head: Uint8Array): UploadDamage | null {
  const whole = head.subarray(0, head.length - cutOff(head));
  const text = isText(whole) ? null : validUtf8(whole);
  if (text === null) return null;
  if (findReplacement(whole) >= 0) return REPLACED;
  const bytes = asSingleBytes(text);
  const inside = bytes === null || bytes.length === whole.length ? null : archiveFormat(bytes);
  return inside === null ? null : { code: 'encoded-twice', detail: { inside } };
}
