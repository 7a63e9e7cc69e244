import type { Language } from '../catalogue/bilingual.ts';
import { formatPlatform, type Platform } from '../model/platform.ts';
import type { Labels } from './labels.ts';
import type { Words } from './words.ts';
import { printable, roughly } from './text.ts';

/** The language of a page, and all texts of the page in that language. */
export interface Voice {
  language: Language;
  words: Words;
}

/** A line of a page with a label and a text. The label is empty when the line continues the one above. */
export type Row = [label: keyof Labels | '', text: string];

/** Formats a number of bytes, rounded and exact: `12.3 MB (12,345,678 bytes)`. Below 1,000, only the exact number. */
export function sizeText(bytes: number, { words }: Pick<Voice, 'words'>): string {
  const exact = words.bytes(bytes);
  return bytes < 1000 ? exact : `${roughly(bytes)} (${exact})`;
}

/** A platform as it is shown, with unprintable characters escaped: `linux/arm/v7`. */
export function platformText(platform: Platform): string {
  return printable(formatPlatform(platform));
}
