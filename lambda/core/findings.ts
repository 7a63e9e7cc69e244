import { CATALOGUE, type Entry } from './catalogue.ts';

export type Severity = 'error' | 'warning' | 'info';

/** Something a user should know about an archive. An `error` is a fault of it, or of what was asked, that forbids a conversion. */
export interface Finding {
  code: FindingCode;
  severity: Severity;
  /** What is so, as one sentence, with the member or the offset in it. */
  message: string;
  /** What to do about it; empty when there is nothing to do. */
  remedy: string;
  /** The first member concerned, printable. */
  member?: string;
  /** Where it is in the decompressed archive, in bytes (in the upload, for faults of the compression). */
  offset?: number;
  /** How many members are concerned, when more than one. */
  count?: number;
  /** True when the conversion has put it right. */
  mended?: true;
}

/** The stable codes of the catalogue. */
export type FindingCode = keyof typeof CATALOGUE;

/** Words that fill a finding's sentences; `member` and `offset` also become its fields. */
export type Detail = Record<string, string | number> & { member?: string; offset?: number };

/** A finding from the catalogue, its sentences filled in. */
export function finding(code: FindingCode, detail: Detail = {}): Finding {
  const entry: Entry = CATALOGUE[code];
  return {
    code,
    severity: entry.severity,
    message: fill(entry.message, detail),
    remedy: fill(entry.remedy, detail),
    ...(detail.member === undefined ? {} : { member: detail.member }),
    ...(detail.offset === undefined ? {} : { offset: detail.offset }),
  };
}

/** True when one of the findings forbids a conversion, or is a fault that none has put right. */
export function hasError(findings: Finding[]): boolean {
  return findings.some((each) => each.severity === 'error' && each.mended !== true);
}

/** True for findings that a conversion of an image archive puts right. */
export function isMendable({ code }: Finding): boolean {
  const entry: Entry = CATALOGUE[code];
  return entry.mended === true;
}

function fill(template: string, detail: Detail): string {
  return template.replace(/\{(\w+)\}/g, (_, word: string) => {
    const value = detail[word];
    return typeof value === 'number' ? value.toLocaleString('en-US') : (value ?? '');
  });
}
