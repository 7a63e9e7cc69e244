import { LIMITS } from '../limits.ts';
import type { Bilingual, Language } from './bilingual.ts';
import { brief } from './brief.ts';
import { CATALOGUE } from './catalogue.ts';
import type { Entry, Sentences, Severity } from './entry.ts';
import { escaped } from './escaped.ts';

/** Something a user should know about an archive. An `error` is a fault of it, or of what was asked, that forbids a conversion. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /** What is so, as one sentence, with the member or the offset in it. */
  message: string;
  /** What to do about it; empty when there is nothing to do. */
  remedy: string;
  /** The same in Simplified Chinese. */
  zh: Sentences;
  /** The first member concerned, printable. */
  member?: string;
  /** Where it is in the decompressed archive, in bytes (in the upload, for faults of the compression). */
  offset?: number;
  /** How many members are concerned, when more than one. */
  count?: number;
  /** True when the conversion has put it right. */
  mended?: true;
  /** How many more findings of this code there are; they were left out behind this one. */
  more?: number;
}

/** The stable codes of the catalogue. */
export type FindingCode = keyof typeof CATALOGUE;

/** Words that fill a finding's sentences; `member` and `offset` also become its fields. */
export type Detail = Record<string, string | number | Bilingual> & { member?: string; offset?: number };

/** A finding from the catalogue, its sentences filled in, in both languages. */
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

/** The same findings, of which no two of one code say the same. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const said = new Set<string>();
  return findings.filter(({ code, message }) => {
    const before = said.size;
    return said.add(`${code} ${message}`).size > before;
  });
}

/** The first `most` findings of each code; the last of them says how many more there are. */
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

/** What a finding says, to be quoted by another one in each language. */
export function quoted({ message, zh }: Finding): Bilingual {
  return { en: message, zh: zh.message };
}

/** True when one of the findings forbids a conversion, or is a fault that none has put right. */
export function hasError(findings: Finding[]): boolean {
  return findings.some((each) => each.severity === 'error' && each.mended !== true);
}

/** True for findings that a conversion puts right. */
export function isMendable({ code }: Finding): boolean {
  const entry: Entry = CATALOGUE[code];
  return entry.mended === true;
}

/** The finding after a conversion: marked when that has put it right. */
export function mended(each: Finding): Finding {
  return isMendable(each) ? { ...each, mended: true } : each;
}

function worded(entry: Entry, language: Language, detail: Detail): Sentences {
  const { message, remedy } = entry[language];
  return { message: fill(message, language, detail), remedy: fill(remedy, language, detail) };
}

/** Whatever fills a template may come from an uploader, so it is escaped and shortened here, for all sentences. */
function fill(template: string, language: Language, detail: Detail): string {
  return template.replace(/\{(\w+)\}/g, (_, word: string) => {
    const value = detail[word] ?? '';
    if (typeof value === 'number') return value.toLocaleString('en-US');
    return escaped(brief(typeof value === 'string' ? value : value[language]));
  });
}
