import { fromUtf8 } from './utf8.ts';

// Names in archives are bytes. They are kept as byte strings (one character per byte, latin1),
// because decoding them as UTF-8 would merge different names that are not valid UTF-8.

/**
 * A function that returns the bytes from offset `start` up to and without `end` as a string with one character for each
 * byte. It is `byteString`, which is plain JavaScript, or a faster function of the runtime.
 */
export type ToByteString = (bytes: Uint8Array, start: number, end: number) => string;

/**
 * The number of bytes up to which `byteString` always uses `String.fromCharCode`. For more bytes, it uses a
 * `TextDecoder` if all of them are ASCII, because that is faster.
 */
const SHORT = 32;

/**
 * The largest number of character codes in one call of `String.fromCharCode`. JavaScript engines limit the number of
 * arguments of a call, so longer texts are made in several calls.
 */
const CODES = 4096;

/**
 * The bytes from offset `start` up to and without `end`, by default all, as a string with one character for each byte.
 * `TextDecoder('latin1')` is not used: it decodes Windows-1252, which has other characters for the bytes 0x80 to 0x9f
 * (Encoding Standard, 4.2).
 */
export function byteString(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const stop = Math.min(end, bytes.length);
  if (stop - start <= SHORT) return textOfCodes(bytes, start, stop);
  let all = 0;
  for (let at = start; at < stop; at++) all |= bytes[at]!;
  if (all < 0x80) return fromUtf8(bytes.subarray(start, stop));
  let text = '';
  for (let at = start; at < stop; at += CODES) text += textOfCodes(bytes, at, Math.min(at + CODES, stop));
  return text;
}

function textOfCodes(bytes: Uint8Array, start: number, end: number): string {
  if (end <= start) return '';
  const codes: number[] = [];
  for (let at = start; at < end; at++) codes.push(bytes[at]!);
  return String.fromCharCode(...codes);
}

const ENCODER = new TextEncoder();

/**
 * The bytes of a byte string, a string with one character for each byte. Of a character above 0xff, only the low eight
 * bits are taken.
 */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length);
  // All of a long text fits only if each of its characters is one byte in UTF-8, too.
  if (text.length > SHORT && ENCODER.encodeInto(text, bytes).read === text.length) return bytes;
  for (let at = 0; at < bytes.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
