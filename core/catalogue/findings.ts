import { LIMITS } from '../limits.ts';
import type { Bilingual, Language } from './bilingual.ts';
import { brief } from './brief.ts';
import { CATALOGUE } from './catalogue.ts';
import type { Entry, Sentences, Severity } from './entry.ts';
import { escaped } from './escaped.ts';
import { grouped } from './grouped.ts';

/**
 * A fact about an upload that the user should know. A finding with the severity `error` reports a fault of the archive
 * or of the options. The upload is then not converted to an image archive, unless the conversion corrects the fault.
 */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /**
   * The English sentence that says what is wrong, or what the user should know. It names the archive member or the
   * offset that the finding is about, if there is one.
   */
  message: string;
  /** The sentence on what the user can do about a fault or remark; empty when there is nothing to do. */
  remedy: string;
  /** The finding in Simplified Chinese: what is wrong, and what the user can do about it. */
  zh: Sentences;
  /**
   * The name of the first archive member that a finding is about, with unprintable characters escaped. Absent when the
   * finding is about no member.
   */
  member?: string;
  /**
   * The offset in bytes at which the fault was found; absent when none is known. For a fault of the compression, it is
   * an offset in the upload as stored. For any other fault, it is an offset in the decompressed archive.
   */
  offset?: number;
  /** The number of archive members with the fault or remark, when a finding is about several; absent otherwise. */
  count?: number;
  /** True when the fault was corrected in the image archive that the conversion makes; absent otherwise. */
  mended?: true;
  /**
   * Set when a list of findings leaves out some: the number of findings with the same code that are left out. Absent
   * when none is.
   */
  more?: number;
}

/** The codes of all findings (faults and remarks about an upload). Codes are stable: programs may rely on them. */
export type FindingCode = keyof typeof CATALOGUE;

/**
 * The values that replace the placeholders in the sentences of a finding (a fault or remark about an upload), such as
 * `{member}`. `member`, the name of an archive member, and `offset`, in bytes, also become fields of the finding.
 */
export type Detail = Record<string, string | number | Bilingual> & { member?: string; offset?: number };

/**
 * Makes a finding (a fault or remark about an upload) from its code. The values in `detail` replace the placeholders in
 * the sentences of this code, such as `{member}`. A placeholder without a value is left out.
 */
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

/** Returns a list of findings without repeated ones: those with the same code and message as an earlier one. */
export function distinct(findings: readonly Finding[]): Finding[] {
  const said = new Set<string>();
  return findings.filter(({ code, message }) => {
    const before = said.size;
    return said.add(`${code} ${message}`).size > before;
  });
}

/**
 * Returns a list of findings with only the first `most` of each code (`LIMITS.findingsOfACode` by default). If further
 * findings of a code were left out, the field `more` of the last kept finding of that code has their number.
 */
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

/** Returns the message of a finding (what is wrong) and its remedy (what the user can do) in the given language. */
export function inLanguage({ message, remedy, zh }: Finding, language: Language): Sentences {
  return language === 'zh' ? zh : { message, remedy };
}

/**
 * Returns the message of a finding (what is wrong) in both languages, to be quoted in the sentence of another finding.
 */
export function quoted({ message, zh }: Finding): Bilingual {
  return { en: message, zh: zh.message };
}

/**
 * True when a list of findings has one with the severity `error` that was not corrected. An upload with such a finding
 * is not converted to an image archive.
 */
export function hasError(findings: Finding[]): boolean {
  return findings.some((each) => each.severity === 'error' && each.mended !== true);
}

/** True for a finding whose fault every conversion to an image archive corrects, even without the option `mend`. */
export function isMendable({ code }: Finding): boolean {
  const entry: Entry = CATALOGUE[code];
  return entry.mended === true;
}

/** True for a finding whose fault a conversion to an image archive corrects if the user gives the option `mend`. */
export function isMendedOnRequest({ code }: Finding): boolean {
  const entry: Entry = CATALOGUE[code];
  return entry.onRequest === true;
}

/**
 * Returns a finding marked as corrected (`mended: true`) if its fault is of a kind that every conversion corrects, even
 * without the option `mend`. Returns any other finding unchanged. To be called after a conversion.
 */
export function mended(each: Finding): Finding {
  return isMendable(each) ? { ...each, mended: true } : each;
}

function worded(entry: Entry, language: Language, detail: Detail): Sentences {
  const { message, remedy } = entry[language];
  return { message: fill(message, language, detail), remedy: fill(remedy, language, detail) };
}

/**
 * Returns a finding's sentence with each placeholder, such as `{member}`, replaced by its value in `detail`, or by
 * nothing when it has none. Texts are escaped and shortened, because they may come from the uploader. Numbers get
 * commas.
 */
function fill(template: string, language: Language, detail: Detail): string {
  return template.replace(/\{(\w+)\}/g, (_, word: string) => {
    const value = detail[word] ?? '';
    if (typeof value === 'number') return grouped(value);
    return escaped(brief(typeof value === 'string' ? value : value[language]));
  });
}
