import type { Row } from '../../core/page/rows.ts';
import { printable } from '../../core/page/text.ts';
import type { PageStyle } from '../page-style.ts';
import { columnsOf } from './text.ts';

const LABEL_COLUMNS = 14;

/** Formats pairs of a label and a text as lines, with the labels on the left. Texts are made safe for a terminal. */
export function table(rows: Row[], style: PageStyle): string {
  return rows
    .map(([label, text]) => {
      const word = label === '' ? '' : style.words.labels[label];
      const gap = ' '.repeat(Math.max(1, LABEL_COLUMNS - columnsOf(word)));
      return `  ${style.paint.faint(word)}${gap}${wrapped(printable(text), style, LABEL_COLUMNS + 2)}\n`;
    })
    .join('');
}

/** Formats a title with commands below it that the user can type. Returns an empty text when there are no commands. */
export function block(title: string, lines: string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${printable(line)}\n`).join('')}`;
}

/** Joins those sections of a page that are not empty, with an empty line between them. */
export function page(sections: string[], style: PageStyle): string {
  const text = sections.filter((section) => section !== '').join('\n');
  return style.unicode ? text : text.replaceAll('…', '...');
}

/**
 * Wraps a text to the width of the terminal. The text begins in column `begin`, counted from 0, and its lines after the
 * first are indented by `indent` columns. A Chinese text may be broken at any character, because it has no spaces.
 * Returns the text as it is when there is no terminal, or when `indent` is half of the width or more.
 */
export function wrapped(text: string, { width }: PageStyle, indent: number, begin: number = indent): string {
  if (width === null || indent >= width / 2) return text;
  let column = begin;
  let line = '';
  const lines: string[] = [];
  for (const [piece] of text.matchAll(
    / +|[^ \u2e80-\uffef]+[\u3000-\u303f\uff00-\uff60]?|[\u2e80-\uffef][\u3001\u3002\uff00-\uff60]*/gu,
  )) {
    const columns = columnsOf(piece);
    if (column + columns > width && column > indent && piece.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(indent);
      column = indent;
    }
    line += piece;
    column += columns;
  }
  return [...lines, line].join('\n');
}

/**
 * Cuts a text to a number of terminal columns. A shorter text is returned as it is. An ellipsis shows that the text was
 * cut: `…`, or `...` when `unicode` is false.
 */
export function cut(text: string, columns: number, { unicode }: Pick<PageStyle, 'unicode'>): string {
  if (columnsOf(text) <= columns) return text;
  const mark = unicode ? '…' : '...';
  let kept = '';
  for (const char of text) {
    if (columnsOf(kept + char) > columns - mark.length) break;
    kept += char;
  }
  return kept + mark;
}
