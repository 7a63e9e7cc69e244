import type { ShownLayer } from '../../core/page/layers.ts';
import type { PageStyle } from '../page-style.ts';
import { cut } from './page.ts';
import { columnsOf } from './text.ts';

/** The width in columns of a table of layers that is not printed to a terminal. */
const PAPER_COLUMNS = 100;
const BAR_COLUMNS = 16;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * Returns the printed table of layers, the lowest first: number, size, a bar for the size, digest and Dockerfile
 * command. Returns an empty text when there are no layers.
 */
export function layerTable(layers: readonly ShownLayer[], style: PageStyle): string {
  if (layers.length === 0) return '';
  const numbers = Math.max(2, String(layers.length).length);
  const wide = layers.reduce((most, { size }) => Math.max(most, size.length), columnsOf(style.words.labels.size));
  const left = 2 + numbers + 2 + wide + 2 + BAR_COLUMNS + 2 + 12 + 2;
  const room = Math.max(12, (style.width ?? PAPER_COLUMNS) - left - 1);
  const line = (number: string, size: string, bar: string, digest: string, made: string) =>
    `  ${start(number, numbers)}  ${start(size, wide)}  ${end(bar, BAR_COLUMNS)}  ${end(digest, 12)}  ${made}`.trimEnd();
  const { labels, made } = style.words;
  const head = style.paint.faint(line('#', labels.size, '', labels.digest, made));
  const rows = layers.map(({ size, part, digest, step }, i) =>
    line(String(i + 1), size, barOf(part, style.unicode), digest, cut(step, room, style)),
  );
  return `${[head, ...rows].join('\n')}\n`;
}

/**
 * A bar of at most 16 columns for a share from 0 to 1: of block characters, exact to an eighth of a column, or of `#`
 * if the terminal cannot show these.
 */
function barOf(part: number, unicode: boolean): string {
  const eighths = Math.round(part * BAR_COLUMNS * 8);
  if (!unicode) return '#'.repeat(Math.round(eighths / 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
}

function start(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - columnsOf(text))) + text;
}

function end(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}
