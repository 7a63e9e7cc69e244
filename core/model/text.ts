import { isUtf8 } from 'node:buffer';
import { printable } from './bytes.ts';

/** True for bytes without control characters that are UTF-8, but for a character that may be cut off at the end. */
export function isText(bytes: Uint8Array): boolean {
  return !bytes.some((byte) => CONTROL[byte] === 1) && isUtf8(bytes.subarray(0, wholeCharacters(bytes)));
}

/** The first line of some text, cut short and fit to be quoted in a sentence. */
export function shownText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.subarray(0, 400)).toString('latin1').trim();
  const line = text.split(/[\r\n]/, 1)[0] ?? '';
  const shown = printable(line).replaceAll('"', "'");
  return shown.length > 80 ? `${shown.slice(0, 79)}…` : shown;
}

/** Everything below a space but tab, line feed, form feed, carriage return and escape (colours), and DEL. */
const CONTROL = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte++) CONTROL[byte] = [0x09, 0x0a, 0x0c, 0x0d, 0x1b].includes(byte) ? 0 : 1;
CONTROL[0x7f] = 1;

/** The length without a UTF-8 character at the end that has not all its bytes. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
