import { both } from '../catalogue/bilingual.ts';
import type { Detail, FindingCode } from '../catalogue/findings.ts';
import { finder } from '../model/byte-arrays.ts';
import { validUtf8 } from '../model/utf8.ts';

/**
 * Damage that a program did to an upload before sending it, such as encoding binary data as text. `code` is the code of
 * the finding that reports the damage to the user. `detail` has the values that are inserted into the text of this
 * finding.
 */
export interface UploadDamage {
  code: FindingCode;
  detail: Detail;
}

/**
 * Finds the replacement character U+FFFD in UTF-8 bytes. Returns its offset in bytes; -1 when there is none. Text
 * decoders write this character in place of invalid bytes.
 */
export const findReplacement = finder(Uint8Array.of(0xef, 0xbf, 0xbd));

/**
 * The finding about an upload that a program decoded as UTF-8 text although it is binary: U+FFFD has replaced each
 * invalid sequence of bytes.
 */
export const REPLACED: UploadDamage = {
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
 * Finds out whether a program decoded a tar archive as text and encoded it again. `bytes` begin where a tar header was
 * expected and not found. Returns the damage; null when there is none. Such a program leaves tar headers intact,
 * because they are ASCII. It turns the contents of binary files into valid UTF-8. These contents still have control
 * characters from 0x01 to 0x08, which text files do not have. Null also when there are fewer than `TELLING_CONTROLS` of
 * them.
 */
export function readAsTextInside(bytes: Uint8Array): UploadDamage | null {
  let start = 0;
  while (start < bytes.length && (bytes[start]! & 0xc0) === 0x80) start++;
  const whole = bytes.subarray(start, bytes.length - cutOff(bytes));
  const text = hasControls(whole) ? validUtf8(whole) : null;
  if (text === null) return null;
  if (findReplacement(whole) >= 0) return REPLACED;
  const single = asSingleBytes(text);
  const isChanged = single !== null && single.length < whole.length;
  return isChanged ? { code: 'encoded-twice', detail: { inside: both('a tar archive', ' tar 归档') } } : null;
}

/** The least number of control characters from 0x01 to 0x08 that prove bytes to be binary data and not text. */
const TELLING_CONTROLS = 8;

/** True when bytes have so many control characters that they are binary data. */
function hasControls(bytes: Uint8Array): boolean {
  let controls = 0;
  // A callback for each byte would take several times as long, and an upload may have thousands of broken layers.
  for (let at = 0; at < bytes.length && controls < TELLING_CONTROLS; at++)
    if (bytes[at]! > 0 && bytes[at]! < 0x09) controls++;
  return controls >= TELLING_CONTROLS;
}

/**
 * Returns the number of bytes at the end of `head` that may be an incomplete UTF-8 character: the last character's
 * bytes, at most 3. Returns 0 after an ASCII byte.
 */
export function cutOff(head: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, head.length); back++) {
    const byte = head[head.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back;
  }
  return 0;
}

/**
 * The characters that Windows-1252 has for the bytes 0x80 to 0x9f, in order. Latin-1 has control characters for these.
 */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
/** The bytes that Windows-1252 has for these characters, by their character codes. */
const SINGLE_BYTES = new Map(Array.from(WINDOWS_1252, (character, i) => [character.charCodeAt(0), 0x80 + i]));

/**
 * Encodes a text as Windows-1252 or Latin-1, one byte for each character. Returns null when a character is in neither.
 */
export function asSingleBytes(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const byte = code < 0x80 ? code : (SINGLE_BYTES.get(code) ?? code);
    if (byte > 0xff) return null;
    bytes[at] = byte;
  }
  return bytes;
}
