// Writes docs/findings.md from the catalogue. With --check it writes nothing, and fails when the page is out of date.
import { CATALOGUE, TOPICS } from '../core/catalogue/catalogue.ts';
import type { Entry } from '../core/catalogue/entry.ts';
import { writeOrCheck } from './page.ts';

const INTRODUCTION = `# Findings

Everything that Lading can say about an archive, or about what was asked for. This page is made from
\`core/catalogue\` by \`node scripts/findings-doc.ts\`.

A **code** is stable: it stands in the manifest (\`findings[].code\`), in \`--json\` and in the log. An **error** forbids a
conversion, unless it is **mended**: then a conversion puts it right, and says so in the manifest. \`{word}\` is filled with
the member, the offset and so on. The manifest carries each sentence and remedy in English and in Simplified Chinese
(\`findings[].zh\`).

Did a client print an error? [Look it up](#what-the-client-printed).
`;

const INDEX = `## What the client printed

\`…\` stands for what varies. One error can have several causes: \`lading inspect FILE\` says which one it is.
`;

const HEADINGS = [
  'code',
  'severity',
  'mended',
  'what is said',
  'how it comes about',
  'what to do',
  'what clients print',
];

/** The page docs/findings.md, in Markdown, which lists everything that Lading can report about an archive. */
export function findingsPage(): string {
  const topics = TOPICS.map(({ title, entries }) => {
    return `## ${title}\n\n${table([HEADINGS, ...Object.entries(entries).map(([code, entry]) => row(code, entry))])}`;
  });
  return [INTRODUCTION, ...topics, INDEX, table([['printed', 'findings'], ...index()])].join('\n');
}

function row(code: string, { severity, mended, en, cause, clientErrors }: Entry): string[] {
  const printed = clientErrors.map((error) => `\`${error}\``).join('<br>');
  return [`\`${code}\``, severity, mended === true ? 'yes' : '', en.message, cause, en.remedy, printed];
}

/**
 * The rows of a table of error messages. Each row has an error message of a client such as Docker, and the codes of
 * Lading's findings that explain it. The rows are in alphabetical order. In a row, the codes of faults that a
 * conversion repairs come first.
 */
function index(): string[][] {
  const codes = new Map<string, string[]>();
  const entries = Object.entries<Entry>(CATALOGUE);
  const mendedFirst = entries.toSorted(([, a], [, b]) => Number(b.mended === true) - Number(a.mended === true));
  for (const [code, entry] of mendedFirst) {
    for (const error of entry.clientErrors) codes.set(error, [...(codes.get(error) ?? []), `\`${code}\``]);
  }
  const sorted = [...codes].toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  return sorted.map(([error, explained]) => [`\`${error}\``, explained.join(', ')]);
}

/**
 * A table in Markdown; the first of `rows` is its heading. Each column is as wide as its widest cell, as the formatter
 * wants it.
 */
export function table(rows: string[][]): string {
  const cells = rows.map((each) => each.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(3, ...cells.map((each) => (each[column] ?? '').length)));
  const line = (each: string[]) => `| ${each.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('');
}

const FILE = new URL('../docs/findings.md', import.meta.url);

if (import.meta.main) writeOrCheck(FILE, findingsPage());
