import { byteString, bytesOf } from './byte-string.ts';

/** Writes bytes as a text of lower-case hex digits, two for each byte. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The bytes that a text of hex digits stands for, two digits for each byte. A last single digit is ignored. */
export function fromHex(digits: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Writes bytes as a text in standard base64 with padding (RFC 4648, 4). */
export function toBase64(bytes: Uint8Array): string {
  return btoa(byteString(bytes));
}

/**
 * Decodes a text in base64, in the standard or the URL-safe alphabet (RFC 4648, 4 and 5), into bytes. Other characters
 * are skipped; the first `=` ends the text. Never throws.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const [before = ''] = text.split('=', 1);
  const letters = before
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replaceAll(/[^A-Za-z0-9+/]/g, '');
  // One letter alone holds no whole byte, and `atob` refuses it.
  return bytesOf(atob(letters.length % 4 === 1 ? letters.slice(0, -1) : letters));
}
