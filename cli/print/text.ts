import { escapedJson } from '../../core/catalogue/escaped.ts';
import { count, exactly, roughly } from '../../core/page/text.ts';
import type { Io } from '../io.ts';

/**
 * Writes a value as indented JSON with a line feed at its end. Characters that do not print, which could control a
 * terminal, are escaped.
 */
export function safeJson(value: unknown): string {
  return `${escapedJson(JSON.stringify(value, null, 2))}\n`;
}

/**
 * Formats a number of bytes, rounded and exact: `12.3 MB (12,345,678 bytes)`. Below 1,000 bytes, there is only the
 * exact number.
 */
export function size(bytes: number): string {
  return bytes < 1000 ? exactly(bytes) : `${roughly(bytes)} (${exactly(bytes)})`;
}

/**
 * The number of terminal columns that a text takes: Chinese, Japanese and Korean characters and emoji take two each,
 * all others one.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const char of text) columns += WIDE.test(char) ? 2 : 1;
  return columns;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Formats a number with its noun, singular or plural: `1 member`, `2 members`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export interface Paint {
  strong(text: string): string;
  faint(text: string): string;
  alarm(text: string): string;
}

/**
 * Makes the functions that colour texts for a stream. They return the texts unchanged when the stream is not a
 * terminal, or when the environment asks for no colours (https://no-color.org).
 */
export function paintFor(stream: { isTTY?: boolean }, env: Io['env']): Paint {
  const wanted = stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  const style = (code: number) => (text: string) => (wanted ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { strong: style(1), faint: style(2), alarm: style(31) };
}
