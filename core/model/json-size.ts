import { utf8Length } from './utf8.ts';

/**
 * The size in bytes of a value as JSON with an indentation of two spaces. Counting stops at more than `most` bytes: the
 * result is then greater than `most`, but not the exact size.
 */
export function jsonBytes(value: unknown, most: number): number {
  return sizeAt(value, 0, most);
}

/**
 * The size in bytes of a value as JSON with an indentation of two spaces. `depth` is the number of lists and objects
 * around the value, which decides its indentation. If the size is greater than `most`, so is the result, but it need
 * not be exact.
 */
function sizeAt(value: unknown, depth: number, most: number): number {
  if (typeof value === 'string') return textBytes(value, most);
  if (typeof value !== 'object' || value === null) return String(value).length;
  const line = 2 + 2 * (depth + 1); // a comma or the bracket before it, a new line, and the indentation
  let bytes = 0;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      bytes += line + sizeAt(item, depth + 1, most - bytes);
      if (bytes > most) return bytes;
    }
  } else {
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      bytes += line + textBytes(key, most) + 2 + sizeAt(item, depth + 1, most - bytes);
      if (bytes > most) return bytes;
    }
  }
  return bytes === 0 ? 2 : bytes + 2 + 2 * depth;
}

function textBytes(text: string, most: number): number {
  if (text.length > most) return text.length;
  return PLAIN_TEXT.test(text) ? text.length + 2 : utf8Length(JSON.stringify(text));
}

/**
 * Matches a text that JSON writes without escapes and with one byte for each character. Its size is then known at once.
 */
const PLAIN_TEXT = /^[ !#-[\]-~]*$/;
