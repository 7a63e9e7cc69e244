// Numbers as Go's archive/tar reads them: in header fields, and in PAX records by `strconv`.

/**
 * The number in the field of a tar header that has `length` bytes and begins at offset `start`. It is written in octal
 * digits or in GNU's base-256, and rounded beyond 2^53; null when it is invalid.
 */
export function numericField(bytes: Uint8Array, start: number, length: number): number | null {
  return ((bytes[start] ?? 0) & 0x80) === 0 ? octalField(bytes, start, length) : base256(bytes, start, length);
}

/**
 * The number in a field of a tar header as a bigint, exact beyond 2^53. The field has `length` bytes and begins at
 * offset `start`. Null when it is neither octal nor base-256.
 */
export function exactField(bytes: Uint8Array, start: number, length: number): bigint | null {
  if (((bytes[start] ?? 0) & 0x80) !== 0) return exactBase256(bytes, start, length);
  const value = octalField(bytes, start, length);
  return value === null ? null : BigInt(value);
}

/**
 * The octal number in the field of a tar header that has `length` bytes and begins at offset `start`; null when it is
 * invalid. NUL bytes and spaces may surround it, and bytes after a NUL that ends the digits are ignored. An empty field
 * is 0.
 */
export function octalField(bytes: Uint8Array, start: number, length: number): number | null {
  const end = start + length;
  let at = start;
  while (at < end && isBlank(bytes[at])) at++;
  let value = 0;
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x30 || byte > 0x37) break;
    value = value * 8 + (byte - 0x30);
  }
  if (at === end || bytes[at] === 0) return value;
  for (; at < end; at++) if (!isBlank(bytes[at])) return null;
  return value;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0;
}

/**
 * The number in a field of a tar header in GNU's base-256 (two's complement, marked by the first bit). It is rounded
 * beyond 2^53. Null when it does not fit into 64 bits.
 */
function base256(bytes: Uint8Array, start: number, length: number): number | null {
  const first = bytes[start] ?? 0;
  const mask = (first & 0x40) === 0 ? 0 : 0xff;
  let value = (first ^ mask) & 0x7f;
  for (let i = start + 1; i < start + length; i++) value = value * 256 + ((bytes[i] ?? 0) ^ mask);
  if (value > Number.MAX_SAFE_INTEGER) {
    const exact = exactBase256(bytes, start, length);
    return exact === null ? null : Number(exact);
  }
  return mask === 0 ? value : -value - 1;
}

function exactBase256(bytes: Uint8Array, start: number, length: number): bigint | null {
  const mask = ((bytes[start] ?? 0) & 0x40) === 0 ? 0 : 0xff;
  let value = BigInt(((bytes[start] ?? 0) ^ mask) & 0x7f);
  for (let i = start + 1; i < start + length; i++) value = value * 256n + BigInt((bytes[i] ?? 0) ^ mask);
  if (value >= INT64_END) return null;
  return mask === 0 ? value : -value - 1n;
}

const INT64_END = 2n ** 63n;
const DECIMAL = /^[+-]?[0-9]+$/;

/**
 * Parses a decimal integer of 64 bits with an optional sign, as Go's `strconv.ParseInt(text, 10, 64)` does; null for
 * other texts.
 */
export function exactDecimal(text: string): bigint | null {
  if (!DECIMAL.test(text)) return null;
  if (text.length < 16) return BigInt(Number(text));
  const digits = text.replace(/^[+-]/, '').replace(/^0+/, '');
  if (digits.length > 19) return null;
  const value = text.startsWith('-') ? -BigInt(digits) : BigInt(digits);
  return value < INT64_END && value >= -INT64_END ? value : null;
}

/** True for a text of one or more digits. A loop checks this faster than a regular expression. */
function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (!isDigit(text.charCodeAt(at))) return false;
  return text !== '';
}

/**
 * Parses a decimal integer of 64 bits, with an optional sign, into a number, rounded beyond 2^53; null for other texts.
 */
export function decimal(text: string): number | null {
  if (text.length < 16 && isDigits(text)) return Number(text);
  const exact = exactDecimal(text);
  return exact === null ? null : Number(exact);
}

/**
 * Parses a PAX time: seconds with any number of decimals, as Go's `parsePAXTime` reads them; null when it is invalid.
 */
export function paxTime(text: string): number | null {
  const point = text.indexOf('.');
  if (point < 0) return decimal(text);
  for (let at = point + 1; at < text.length; at++) if (!isDigit(text.charCodeAt(at))) return null;
  return decimal(text.slice(0, point)) === null ? null : Number(text);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
