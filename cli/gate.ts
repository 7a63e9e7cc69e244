import { CATALOGUE } from '../core/catalogue/catalogue.ts';
import { both } from '../core/catalogue/bilingual.ts';
import type { Finding } from '../core/catalogue/findings.ts';
import { UsageError } from './exit.ts';

/** The value of `--fail-on`. A command fails if a finding has this severity or a worse one, or one of these codes. */
export interface FailOn {
  severity: 'error' | 'warning' | null;
  codes: readonly string[];
}

/** Codes of findings that only say that nothing can be converted. They are errors for `convert`, not for `inspect`. */
export const VERDICTS: ReadonlySet<string> = new Set(['image-archive', 'plain-archive', 'minimal-rootfs']);

/** Parses the values of `--fail-on`: severities and finding codes, between commas. Throws a UsageError for others. */
export function failOn(words: readonly string[]): FailOn {
  const parts = words.flatMap((each) => each.split(',')).map((each) => each.trim());
  const codes = parts.filter((each) => each !== 'error' && each !== 'warning');
  const unknown = codes.find((each) => !Object.hasOwn(CATALOGUE, each));
  if (unknown !== undefined)
    throw new UsageError(
      both(`There is no finding '${unknown}'.`, `没有检查结果 '${unknown}'。`),
      both(
        'Give --fail-on error, warning, or a code from docs/findings.md.',
        '请用 --fail-on 给出 error、warning，或 docs/findings.md 中的代码。',
      ),
    );
  const severity = parts.includes('warning') ? 'warning' : parts.includes('error') ? 'error' : null;
  return { severity, codes };
}

/**
 * The findings that make a command fail because of `--fail-on`. A fault that the conversion has mended counts only if
 * `--fail-on` names its code.
 */
export function stopping(findings: readonly Finding[], { severity, codes }: FailOn): Finding[] {
  const grave = severity === null ? [] : severity === 'error' ? ['error'] : ['error', 'warning'];
  return findings.filter((each) => {
    const counts = each.mended !== true && !VERDICTS.has(each.code);
    return codes.includes(each.code) || (counts && grave.includes(each.severity));
  });
}
