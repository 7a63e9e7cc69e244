import { fewOfEach, type Finding, inLanguage } from '../../core/catalogue/findings.ts';
import type { Look } from '../page-style.ts';
import { wrapped } from './page.ts';
import { columnsOf, printable } from './text.ts';

const RANK = { error: 0, warning: 1, mended: 2, info: 3 };

/** Matches a digest in a sentence. Only 12 of its digits are printed; the archive manifest has all 64. */
const DIGEST = /\b([0-9a-f]{12})[0-9a-f]{52}\b/g;

/** The printed list of findings, the worst first. Advice is below each finding that the conversion has not mended. */
export function findingsList(findings: Finding[], look: Look): string {
  const shown = fewOfEach(findings, SHOWN_OF_A_CODE).map(
    (finding) => ({ finding, rank: finding.mended === true ? 'mended' : finding.severity }) as const,
  );
  return shown
    .toSorted((a, b) => RANK[a.rank] - RANK[b.rank])
    .map(({ finding, rank }) => findingText(finding, rank, look))
    .join('');
}

/** The most findings with the same code that are printed. Further ones are only counted. */
const SHOWN_OF_A_CODE = 20;

function findingText(finding: Finding, rank: keyof typeof RANK, look: Look): string {
  const { message, remedy } = inLanguage(finding, look.language);
  const brief = printable(message).replaceAll(DIGEST, '$1…');
  const label = `${look.words.severities[rank]}:`;
  const more = finding.count !== undefined && finding.count > 1 ? look.words.inAll(finding.count) : '';
  const head = rank === 'info' ? label : rank === 'mended' ? look.paint.strong(label) : look.paint.alarm(label);
  const said = wrapped(brief + more, look, 2, columnsOf(label) + 1);
  const advice = remedy === '' || rank === 'mended' ? '' : `  ${wrapped(printable(remedy), look, 2)}\n`;
  const others = finding.more === undefined ? '' : `  ${look.unicode ? '…' : '...'} ${look.words.more(finding.more)}\n`;
  return `${head} ${said}\n${advice}${others}`;
}
