import { randomUUID } from 'node:crypto';
import { type Finding, inLanguage } from '../../core/catalogue/findings.ts';
import type { PageStyle } from '../page-style.ts';
import { printable } from '../../core/page/text.ts';

/** The levels that an annotation in GitHub Actions can have. */
type Level = 'error' | 'warning' | 'notice';

const LEVELS = { error: 'error', warning: 'warning', info: 'notice' } as const;

/**
 * The most annotations of one level that GitHub Actions shows for a step. Lading writes no more. The job summary shows
 * all findings.
 */
const SHOWN_OF_A_LEVEL = 10;

/**
 * Formats findings about an archive as annotations for GitHub Actions: one workflow command on each line, the worst
 * findings first. Writes at most 10 annotations of each level. Returns an empty text when there are no findings.
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

/** Returns the workflow command that shows an annotation in GitHub Actions. `title` is written after `lading: `. */
export function annotation(level: Level, title: string, text: string): string {
  return `::${level} title=${property(`lading: ${title}`)}::${data(printable(text))}\n`;
}

/**
 * Puts a text between two workflow commands that make GitHub Actions ignore all other workflow commands in the text.
 * The text may contain names from an archive, such as `##[command]`. A random word marks the end of the text, so that
 * the author of an archive cannot write this word into a name. Returns an empty text as it is.
 */
export function inert(text: string): string {
  if (text === '') return '';
  const word = randomUUID();
  return `::stop-commands::${word}\n${text.replace(/\n?$/, '\n')}::${word}::\n`;
}

function levelOf({ severity, mended }: Finding): Level {
  return mended === true ? 'notice' : LEVELS[severity];
}

/**
 * Returns a text with `%` and line breaks escaped, as GitHub's runner expects it in a workflow command
 * (actions/toolkit, `escapeData`).
 */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
