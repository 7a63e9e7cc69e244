const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
const STRICT_DECODER = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Encodes a text as UTF-8, and returns the bytes. A lone surrogate becomes U+FFFD. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(text);
}

/** Decodes bytes as UTF-8 text. Invalid bytes become U+FFFD; a byte order mark is kept as a character. */
export function fromUtf8(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/** Decodes bytes as UTF-8 text, and keeps a byte order mark. Null when the bytes are not valid UTF-8. */
export function validUtf8(bytes: Uint8Array): string | null {
  try {
    return STRICT_DECODER.decode(bytes);
  } catch {
    return null;
  }
}

/** True for bytes that are valid UTF-8, also for no bytes at all. */
export function isUtf8(bytes: Uint8Array): boolean {
  return validUtf8(bytes) !== null;
}

/**
 * The number of bytes that a text has in UTF-8. They are counted without encoding the text, which would take memory.
 */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    if (code < 0x800) length += 1;
    else {
      length += 2;
      // A surrogate pair has two characters and four bytes.
      if (isHigh(code) && isLow(text.charCodeAt(at + 1))) at++;
    }
  }
  return length;
}

function isHigh(code: number): boolean {
  return (code & 0xfc00) === 0xd800;
}

function isLow(code: number): boolean {
  return (code & 0xfc00) === 0xdc00;
}
