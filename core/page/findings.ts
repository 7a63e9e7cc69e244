import { fewOfEach, type Finding, inLanguage } from '../catalogue/findings.ts';
import { printable } from './text.ts';
import type { Voice } from './rows.ts';

/**
 * The rank of a finding (a message about an archive), by which findings are sorted: its severity, or `mended` when its
 * fault was corrected.
 */
export type Rank = 'error' | 'warning' | 'mended' | 'info';

/** The texts of a finding (a message about an archive) as a page shows them. */
export interface ShownFinding {
  rank: Rank;
  label: string;
  message: string;
  remedy: string;
  /** The sentence on how many further findings have the same code; empty when there are none. */
  more: string;
}

const RANK: Record<Rank, number> = { error: 0, warning: 1, mended: 2, info: 3 };

/**
 * Matches the 64 hex digits of a digest in a sentence. Only the first 12 are shown; the archive manifest, the JSON
 * about the upload, has all of them.
 */
const DIGEST = /\b([0-9a-f]{12})[0-9a-f]{52}\b/g;

/** The most findings of one code that a page shows. Further ones are only counted. */
const SHOWN_OF_A_CODE = 20;

/**
 * Returns the texts of the findings (messages about an archive) as a page shows them, the worst first: errors,
 * warnings, corrected faults, remarks. A finding whose fault the conversion has corrected has no remedy.
 */
export function shownFindings(findings: Finding[], voice: Voice): ShownFinding[] {
  return fewOfEach(findings, SHOWN_OF_A_CODE)
    .map((finding) => shown(finding, voice))
    .toSorted((a, b) => RANK[a.rank] - RANK[b.rank]);
}

function shown(finding: Finding, { language, words }: Voice): ShownFinding {
  const rank = finding.mended === true ? 'mended' : finding.severity;
  const { message, remedy } = inLanguage(finding, language);
  const all = finding.count !== undefined && finding.count > 1 ? words.inAll(finding.count) : '';
  return {
    rank,
    label: `${words.severities[rank]}:`,
    message: printable(message).replaceAll(DIGEST, '$1…') + all,
    remedy: rank === 'mended' ? '' : printable(remedy),
    more: finding.more === undefined ? '' : words.more(finding.more),
  };
}
