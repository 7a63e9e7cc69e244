import { LIMITS } from '../limits.ts';
import type { Bilingual, Language } from './bilingual.ts';
import { brief } from './brief.ts';
import { CATALOGUE } from './catalogue.ts';
import type { Entry, Sentences, Severity } from './entry.ts';
import { escaped } from './escaped.ts';
import { grouped } from './grouped.ts';

/** A fact that a user should know. An `error` is a fault of the archive or the request that forbids a conversion. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /** One sentence that states the fact, with the member or the offset. */
  message: string;
  /** The remedy; empty when there is nothing to do. */
  remedy: string;
  /** The sentences in Simplified Chinese. */
  zh: Sentences;
  /** The first member concerned, printable. */
  member?: string;
  /** The offset in the decompressed archive, in bytes; for faults of the compression, in the upload. */
  offset?: number;
  /** The number of members concerned, when there are several. */
  count?: number;
  /** True when the conversion has corrected it. */
  mended?: true;
  /** The number of further findings of this code, which were left out. */
  more?: number;
}

/** The stable codes of the catalogue. */
export type FindingCode = keyof typeof CATALOGUE;

/** The details that fill a finding's sentences. `member` and `offset` also become its fields. */
export type Detail = Record<string, string | number | Bilingual> & { member?: string; offset?: number };

/** A finding of the catalogue, with its sentences filled in for both languages. */
export function finding(code: FindingCode, detail: Detail = {}): Finding {
  const entry: Entry = CATALOGUE[code];
  return {
    code,
    severity: entry.severity,
    ...worded(entry, 'en', detail),
    zh: worded(entry, 'zh', detail),
    ...(detail.member === undefined ? {} : { member: brief(detail.member) }),
    ...(detail.offset === undefined ? {} : { offset: detail.offset }),
  };
}

/** The findings without repeats: no two have one code and one message. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const said = new Set<string>();
  return findings.filter(({ code, message }) => {
    const before = said.size;
    return said.add(`${code} ${message}`).size > before;
  });
}

/** The first `most` findings of each code. The last of them has the number of the others. */
export function fewOfEach(findings: readonly Finding[], most: number = LIMITS.findingsOfACode): Finding[] {
  const places = new Map<FindingCode, { kept: number; last: number }>();
  const few: Finding[] = [];
  for (const each of findings) {
    const { kept, last } = places.get(each.code) ?? { kept: 0, last: 0 };
    const before = few[last];
    if (kept < most || before === undefined) {
      places.set(each.code, { kept: kept + 1, last: few.length });
      few.push(each);
    } else few[last] = { ...before, more: (before.more ?? 0) + 1 + (each.more ?? 0) };
  }
  return few;
}

/** The sentences of a finding in one language. */
export function inLanguage({ message, remedy, zh }: Finding, language: Language): Sentences {
  return language === 'zh' ? zh : { message, remedy };
}

/** The message of a finding in both languages, for use in another finding. */
export function quoted({ message, zh }: Finding): Bilingual {
  return { en: message, zh: zh.message };
}

/** True when a finding forbids a conversion: an error that a conversion has not corrected. */
export function hasError(findings: Finding[]): boolean {
  return findings.some((each) => each.severity === 'error' && each.mended !== true);
}

/** True for a finding that a conversion corrects. */
export function isMendable({ code }: Finding): boolean {
  const entry: Entry = CATALOGUE[code];
  return entry.mended === true;
}

/** The finding after a conversion, marked when the conversion has corrected it. */
export function mended(each: Finding): Finding {
  return isMendable(each) ? { ...each, mended: true } : each;
}

function worded(entry: Entry, language: Language, detail: Detail): Sentences {
  const { message, remedy } = entry[language];
  return { message: fill(message, language, detail), remedy: fill(remedy, language, detail) };
}

/** Fills in a sentence. Details may come from an uploader, so all are escaped and shortened here. */
function fill(template: string, language: Language, detail: Detail): string {
  return template.replace(/\{(\w+)\}/g, (_, word: string) => {
    const value = detail[word] ?? '';
    if (typeof value === 'number') return grouped(value);
    return escaped(brief(typeof value === 'string' ? value : value[language]));
  });
}
