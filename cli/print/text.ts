import { escaped, escapedJson } from '../../core/catalogue/escaped.ts';
import type { Io } from '../io.ts';

/** Text from an archive, or from anybody else, made safe for a terminal: what does not print is escaped. */
export function printable(text: string): string {
  return escaped(text);
}

/** JSON, indented, in which what could harm a terminal is escaped by JSON's own means. */
export function safeJson(value: unknown): string {
  return `${escapedJson(JSON.stringify(value, null, 2))}\n`;
}

/** A number of bytes, exactly: `12,345 bytes`. */
export function exactly(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${count(bytes)} bytes`;
}

/** A number of bytes as Docker shows it, in powers of 1,000: `12.3 MB`. */
export function roughly(bytes: number): string {
  let value = bytes;
  for (const unit of ['bytes', 'kB', 'MB', 'GB']) {
    if (value < 999.5) return `${unit === 'bytes' || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${unit}`;
    value /= 1000;
  }
  return `${value.toFixed(1)} TB`;
}

/** Both, where they differ: `12.3 MB (12,345,678 bytes)`. */
export function size(bytes: number): string {
  return bytes < 1000 ? exactly(bytes) : `${roughly(bytes)} (${exactly(bytes)})`;
}

/** Columns that a text takes on a terminal: Chinese, Japanese and Korean characters take two. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += WIDE.test(char) ? 2 : 1;
  return columns;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 member`, `2 members`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A word as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return printable(word) === word ? `'${word.replaceAll("'", String.raw`'\''`)}'` : `'${printable(word)}'`;
}

/** An archive as a person names it: a file, `-`, or `s3://bucket/key`. */
export function called({ bucket, key }: { bucket: string | null; key: string }): string {
  return bucket === null ? key : `s3://${bucket}/${key}`;
}

export interface Paint {
  strong(text: string): string;
  faint(text: string): string;
  alarm(text: string): string;
}

/** Colours for a terminal that wants them (https://no-color.org), else none. */
export function paintFor(stream: { isTTY?: boolean }, env: Io['env']): Paint {
  const wanted = stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const style = (code: number) => (text: string) => (wanted ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { strong: style(1), faint: style(2), alarm: style(31) };
}
