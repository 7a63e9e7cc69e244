import { escaped } from '../catalogue/escaped.ts';
import { grouped } from '../catalogue/grouped.ts';

/**
 * Makes a text safe to show on a terminal and on a page: characters that do not print are replaced by escapes such as
 * `\x1b`.
 */
export function printable(text: string): string {
  return escaped(text);
}

/** Formats an exact number of bytes: `12,345 bytes`. */
export function exactly(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${count(bytes)} bytes`;
}

/** Formats a rounded number of bytes, in powers of 1,000 as Docker does: `12.3 MB`. */
export function roughly(bytes: number): string {
  let value = bytes;
  for (const unit of ['bytes', 'kB', 'MB', 'GB']) {
    if (value < 999.5) return `${unit === 'bytes' || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(1)} TB`;
}

/** Formats a whole number with commas between its thousands. */
export function count(value: number): string {
  return grouped(value);
}

/** Quotes a word for a POSIX shell, if that is necessary. Unprintable characters are escaped. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return printable(word) === word ? quoted(word) : `'${printable(word)}'`;
}

/** Puts a text into single quotes, for POSIX shells and fish alike. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The name of an archive as a user types it: a path, `-` for standard input, or `s3://bucket/key`. */
export function called({ bucket, key }: { bucket: string | null; key: string }): string {
  return bucket === null ? key : `s3://${bucket}/${key}`;
}
