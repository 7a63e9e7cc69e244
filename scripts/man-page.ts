// Writes the manual page docs/lading.1 from the help pages. With --check it writes nothing, and fails when the page is
// out of date.
import { TOPICS } from '../cli/flags.ts';
import { help } from '../cli/help.ts';
import { writeOrCheck } from './page.ts';

const FILE = new URL('../docs/lading.1', import.meta.url);

/** A pattern for a line of a help page with a flag and its meaning. Lines of examples do not match. */
const FLAG = /^ {2,6}((?:-\w, )?--[\w-]+(?: \S+)?) +(.*)$/;
const CONTINUED = /^ {20,}(.*)$/;

/** The largest number of bytes in a line of the manual page. Linters of manual pages complain about long lines. */
const WIDTH = 78;

const HEAD = String.raw`.\" Made from the help pages by node scripts/man-page.ts.
.TH LADING 1 2026-11-28 Lading
.SH NAME
lading \- turns container exports into image archives that docker load accepts
.SH SYNOPSIS
.nf
lading COMMAND [FLAG]... [FILE]
lading COMMAND \-\-help
.fi
.SH DESCRIPTION
`;

/** Returns the whole manual page, in the macros (man(7)) that every program for manual pages knows. */
function manual(): string {
  const [, ...commands] = TOPICS;
  const sections = commands.map((topic) => {
    const [title = '', ...lines] = help(topic).trimEnd().split('\n');
    return `.SS ${escaped(title.replace(/^lading ([^:]*): .*/, '$1'))}\n${wrapped(capital(title.replace(/^[^:]*: /, '')))}.\n${body(lines)}`;
  });
  const [, ...lines] = help('lading').trimEnd().split('\n');
  return `${HEAD}${body(lines)}.SH COMMANDS\n${sections.join('')}`;
}

/** Returns the paragraphs, flags and examples of a help page, given as lines, in the macros of manual pages. */
function body(lines: string[]): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  let literal = false;
  const flush = (): void => {
    if (literal) out.push('.fi');
    else if (paragraph.length > 0) out.push(wrapped(paragraph.join(' ')));
    paragraph = [];
    literal = false;
  };
  for (const [at, line] of lines.entries()) {
    const [, flag, meaning = ''] = FLAG.exec(line) ?? [];
    const [, more] = paragraph.length > 0 && !literal ? (CONTINUED.exec(line) ?? []) : [];
    if (flag !== undefined) {
      flush();
      out.push('.TP', `.B ${escaped(flag)}`);
      paragraph = [meaning];
    } else if (more !== undefined) paragraph.push(more);
    else if (line.startsWith('  ')) {
      if (!literal) {
        flush();
        out.push(...(out.length === 0 ? [] : ['.PP']), '.nf');
        literal = true;
      }
      out.push(escaped(line));
    } else if (line === '') {
      flush();
      if (lines[at + 1] !== undefined && !lines[at + 1]?.startsWith('  ')) out.push('.PP');
    } else {
      if (literal) flush();
      paragraph.push(line);
    }
  }
  flush();
  return `${out.join('\n')}\n`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Escapes a line so that roff, the formatter of manual pages, prints it as it is. */
function escaped(line: string): string {
  return spelled(line).replace(/^(?=[.'])/, String.raw`\&`);
}

/**
 * Escapes the characters of a text that have a meaning in roff, the formatter of manual pages. An ellipsis becomes
 * three dots.
 */
function spelled(text: string): string {
  return text
    .replaceAll('\\', String.raw`\e`)
    .replaceAll('-', String.raw`\-`)
    .replaceAll('…', '...');
}

/**
 * A paragraph of the source of the manual page, in lines of at most 78 bytes. The reader does not see these line
 * breaks, because roff, the formatter of manual pages, fills the lines of a paragraph again.
 */
function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of spelled(text).split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => line.replace(/^(?=[.'])/, String.raw`\&`)).join('\n');
}

writeOrCheck(FILE, manual());
