import { excerpt } from '../catalogue/brief.ts';
import { byteString } from './byte-string.ts';
import { printable } from './bytes.ts';
import { isUtf8 } from './utf8.ts';

/**
 * True for bytes that are UTF-8 text without control characters, also for no bytes. The last character may be cut off,
 * because often only the beginning of a file is looked at.
 */
export function isText(bytes: Uint8Array): boolean {
  return !hasControl(bytes) && isUtf8(bytes.subarray(0, wholeCharacters(bytes)));
}

/** True when bytes contain a control character that text files do not contain, such as NUL. */
function hasControl(bytes: Uint8Array): boolean {
  // An archive may hold thousands of documents, and `some` and `for … of` take several times as long.
  for (let at = 0; at < bytes.length; at++) if (CONTROL[bytes[at]!] === 1) return true;
  return false;
}

/**
 * The first line of a text in UTF-8, to be quoted in a sentence. Unprintable characters are escaped, and double quotes
 * become apostrophes. The result has at most 80 characters; an ellipsis at the end stands for the rest. Empty when
 * there is only white space.
 */
export function shownText(bytes: Uint8Array): string {
  const text = byteString(bytes, 0, 400).trim();
  const line = text.split(/[\r\n]/, 1)[0] ?? '';
  return excerpt(printable(line).replaceAll('"', "'"), 80);
}

/**
 * A table, indexed by byte, with a 1 for each control character that text files do not contain: DEL (0x7f), and all
 * characters below 0x20 except tab, LF, FF, CR and ESC (for colours).
 */
const CONTROL = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte++) CONTROL[byte] = [0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte) ? 0 : 1;
CONTROL[0x7f] = 1;

/**
 * The length of a UTF-8 text in bytes, without its last character if that is cut off. Invalid bytes before the end are
 * not noticed.
 */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
