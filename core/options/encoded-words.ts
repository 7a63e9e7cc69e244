import { concat } from '../model/byte-arrays.ts';
import { byteString, bytesOf } from '../model/byte-string.ts';
import { fromBase64, toBase64 } from '../model/hex-and-base64.ts';
import { fromUtf8, utf8 } from '../model/utf8.ts';

const WORD = String.raw`=\?(?:utf-8|us-ascii|iso-8859-1)\?[bq]\?[^?\s]*\?=`;
const RUN = new RegExp(`${WORD}(?:\\s+${WORD})*`, 'gi');
const PARTS = /=\?([\w-]+)\?([bq])\?([^?\s]*)\?=/gi;

/**
 * Encodes a text as S3 returns it in user metadata. Printable ASCII without `=?` stays as it is. Any other text becomes
 * an encoded word (RFC 2047, section 2).
 */
export function encodeWords(text: string): string {
  const plain = /^[\x20-\x7e]*$/.test(text) && !text.includes('=?');
  return plain ? text : `=?UTF-8?B?${toBase64(utf8(text))}?=`;
}

/**
 * Decodes the encoded words (RFC 2047, section 2) in a value of user metadata, and leaves the rest as it is. S3 returns
 * text that is not ASCII in this form.
 */
export function decodeWords(text: string): string {
  return text.replaceAll(RUN, (run) => decodeRun([...run.matchAll(PARTS)]));
}

/**
 * Decodes encoded words (RFC 2047), such as `=?UTF-8?Q?caf=C3=A9?=`, that follow each other in a text. The bytes of
 * neighbours with the same character set are joined before they are decoded, because a character may begin in one word
 * and end in the next.
 */
function decodeRun(words: RegExpExecArray[]): string {
  const isLatin1 = (at: number): boolean => words[at]?.[1]?.toLowerCase() === 'iso-8859-1';
  let decoded = '';
  for (let start = 0, end = 1; start < words.length; start = end++) {
    while (end < words.length && isLatin1(end) === isLatin1(start)) end++;
    const bytes = concat(words.slice(start, end).map(([, , encoding, text]) => wordBytes(encoding!, text!)));
    decoded += isLatin1(start) ? byteString(bytes) : fromUtf8(bytes);
  }
  return decoded;
}

function wordBytes(encoding: string, text: string): Uint8Array {
  if (encoding.toLowerCase() === 'b') return fromBase64(text);
  const characters = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return bytesOf(characters);
}
