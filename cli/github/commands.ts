import { randomUUID } from 'node:crypto';
import { type Finding, inLanguage } from '../../core/catalogue/findings.ts';
import type { PageStyle } from '../page-style.ts';
import { printable } from '../../core/page/text.ts';

/** The levels that an annotation in GitHub Actions can have. */
type Level = 'error' | 'warning' | 'notice';

const LEVELS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/** The most annotations of one level that GitHub Actions shows for a step. The job summary shows all findings. */
const SHOWN_OF_A_LEVEL = 10;

/**
 * Formats findings about an archive as annotations for GitHub Actions: one workflow command on each line, the worst
 * findings first.
 */
export function annotations(findings: readonly Finding[], style: PageStyle): string {
  return (['error', 'warning', 'notice'] as const)
    .flatMap((level) => findings.filter((each) => levelOf(each) === level).slice(0, SHOWN_OF_A_LEVEL))
    .map((each) => {
      const { message, remedy } = inLanguage(each, style.language);
      const advice = each.mended === true ? [] : [remedy];
      return annotation(levelOf(each), each.code, [message, ...advice].filter(Boolean).join(' '));
    })
    .join('');
}

/** The workflow command that shows one annotation in GitHub Actions. */
export function annotation(level: Level, title: string, text: string): string {
  return `::${level} title=${property(`lading: ${title}`)}::${data(printable(text))}\n`;
}

/**
 * Encloses a text in workflow commands that make GitHub Actions ignore all other workflow commands in it. The text may
 * contain names from an archive, such as `##[command]`. A random word marks the end of the enclosed text, so that the
 * author of an archive cannot write this word into a name.
 */
export function inert(text: string): string {
  if (text === '') return '';
  const word = randomUUID();
  return `::stop-commands::${word}\n${text.replace(/\n?$/, '\n')}::${word}::\n`;
}

function levelOf({ severity, mended }: Finding): Level {
  return mended === true ? 'notice' : LEVELS[severity];
}

/** Escapes a text in a workflow command as GitHub's runner expects it (actions/toolkit, `escapeData`). */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
