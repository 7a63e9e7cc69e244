import { CATALOGUE } from '../core/catalogue/catalogue.ts';
import { both } from '../core/catalogue/bilingual.ts';
import type { Finding } from '../core/catalogue/findings.ts';
import type { Contents } from '../core/contents/facts.ts';
import { UsageError } from './exit.ts';
import { exceeded, type FigureLimit, figureLimit } from './figures.ts';

/**
 * The parsed value of `--fail-on`. A command fails if a finding about the archive is at least as severe as `severity`,
 * or if its code is in `codes`. It also fails if a number about the files in an image is above its limit in `figures`,
 * or is not known. `severity` is null when none was typed.
 */
export interface FailOn {
  severity: 'error' | 'warning' | null;
  codes: readonly string[];
  figures: readonly FigureLimit[];
}

/**
 * Parses the values of `--fail-on`: severities, codes of findings, and limits such as `wasted=10%`, separated by
 * commas. Of two severities, the lower one counts. Throws a UsageError for anything else.
 */
export function failOn(words: readonly string[]): FailOn {
  const all = words.flatMap((each) => each.split(',')).map((each) => each.trim());
  const figures = all.flatMap((each) => figureLimit(each) ?? []);
  const parts = all.filter((each) => !each.includes('='));
  const codes = parts.filter((each) => each !== 'error' && each !== 'warning');
  const unknown = codes.find((each) => !Object.hasOwn(CATALOGUE, each));
  if (unknown !== undefined)
    throw new UsageError(
      both(`There is no finding '${unknown}'.`, `没有检查结果 '${unknown}'。`),
      both(
        'Give --fail-on error, warning, the code of a finding (lading inspect --json shows it), or a bound such as wasted=10%.',
        '请用 --fail-on 给出 error、warning、检查结果的代码（见 lading inspect --json），或 wasted=10% 这样的限值。',
      ),
    );
  const severity = parts.includes('warning') ? 'warning' : parts.includes('error') ? 'error' : null;
  return { severity, codes, figures };
}

/**
 * Returns the findings about an archive that make a command fail because of `--fail-on`: those at least as severe as
 * `severity`, and those whose code is in `codes`. For a fault that the conversion repairs, only `codes` matters, not
 * the severity.
 */
export function stopping(
  findings: readonly Finding[],
  { severity, codes }: Pick<FailOn, 'severity' | 'codes'>,
): Finding[] {
  const grave = severity === null ? [] : severity === 'error' ? ['error'] : ['error', 'warning'];
  return findings.filter((each) => {
    const counts = each.mended !== true;
    return codes.includes(each.code) || (counts && grave.includes(each.severity));
  });
}

/**
 * True when `--fail-on` (`gate`) makes a command fail, because of a finding about the archive, or because a number
 * about its files is above its limit or not known. `contents` is null when no such number is known.
 */
export function stops(findings: readonly Finding[], contents: Contents | null, gate: FailOn): boolean {
  return stopping(findings, gate).length > 0 || exceeded(contents, gate.figures).length > 0;
}
