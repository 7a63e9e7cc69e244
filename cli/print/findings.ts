import type { Finding } from '../../core/catalogue/findings.ts';
import { type ShownFinding, shownFindings } from '../../core/page/findings.ts';
import type { PageStyle } from '../page-style.ts';
import { wrapped } from './page.ts';
import { columnsOf } from './text.ts';

/**
 * The printed list of findings about an archive, the worst first. Advice is below each finding, except for faults that
 * the conversion has repaired.
 */
export function findingsList(findings: Finding[], style: PageStyle): string {
  return findingsText(shownFindings(findings, style), style);
}

export function findingsText(findings: ShownFinding[], style: PageStyle): string {
  return findings.map((each) => findingText(each, style)).join('');
}

function findingText({ rank, label, message, remedy, more }: ShownFinding, style: PageStyle): string {
  const head = rank === 'info' ? label : rank === 'mended' ? style.paint.strong(label) : style.paint.alarm(label);
  const said = wrapped(message, style, 2, columnsOf(label) + 1);
  const advice = remedy === '' ? '' : `  ${wrapped(remedy, style, 2)}\n`;
  const others = more === '' ? '' : `  ${style.unicode ? '…' : '...'} ${more}\n`;
  return `${head} ${said}\n${advice}${others}`;
}
