import { isUtf8 } from 'node:buffer';
import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { isText } from '../model/text.ts';
import { asSingleBytes, cutOff, type Misfit, REPLACED, REPLACEMENT } from '../tar/misread.ts';
import { archiveFormat } from './magic-bytes.ts';
import { textCode } from './text-codes.ts';

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

/** Bytes that were decoded as text and encoded again, as UTF-8: some were replaced, or each became a character. */
function readAsText(head: Buffer): Misfit | null {
  const whole = head.subarray(0, head.length - cutOff(head));
  if (!isUtf8(whole) || isText(whole)) return null;
  if (whole.includes(REPLACEMENT)) return REPLACED;
  const bytes = asSingleBytes(whole.toString('utf8'));
  const inside = bytes === null || bytes.length === whole.length ? null : archiveFormat(bytes);
  return inside === null ? null : { code: 'encoded-twice', detail: { inside } };
}
