import type { Finding } from '../../core/catalogue/findings.ts';
import { type ShownFinding, shownFindings } from '../../core/page/findings.ts';
import type { Look } from '../page-style.ts';
import { wrapped } from './page.ts';
import { columnsOf } from './text.ts';

/** The printed list of findings, the worst first. Advice is below each finding that the conversion has not mended. */
export function findingsList(findings: Finding[], look: Look): string {
  return findingsText(shownFindings(findings, look), look);
}

export function findingsText(findings: ShownFinding[], look: Look): string {
  return findings.map((each) => findingText(each, look)).join('');
}

function findingText({ rank, label, message, remedy, more }: ShownFinding, look: Look): string {
  const head = rank === 'info' ? label : rank === 'mended' ? look.paint.strong(label) : look.paint.alarm(label);
  const said = wrapped(message, look, 2, columnsOf(label) + 1);
  const advice = remedy === '' ? '' : `  ${wrapped(remedy, look, 2)}\n`;
  const others = more === '' ? '' : `  ${look.unicode ? '…' : '...'} ${more}\n`;
  return `${head} ${said}\n${advice}${others}`;
}
