import { both } from '../core/catalogue/bilingual.ts';
import { toType, UsageError } from './exit.ts';
import { type FailOn, failOn } from './gate.ts';

/** The parsed values of the flags for CI pipelines: `--format`, `--fail-on`, `--manifest` and `--html`. */
export interface Reporting {
  /** True to report the findings about an archive to GitHub Actions, as annotations and in a job summary. */
  github: boolean;
  failOn: FailOn;
  /**
   * The file that the archive manifest, the JSON about an archive, is written to; null when it is not to be written.
   */
  manifest: string | null;
  /** The file that the report for people is written to, as HTML; null when it is not to be written. */
  html: string | null;
}

export const REPORTING = {
  format: { type: 'string' },
  'fail-on': { type: 'string', multiple: true },
  manifest: { type: 'string' },
} as const;

/**
 * The flags `--contents` and `--html`, in the form that Node's `parseArgs` takes. With one of them, a command also
 * describes the files inside an archive, and reads the archive twice.
 */
export const CONTENTS_FLAGS = { contents: { type: 'boolean' }, html: { type: 'string' } } as const;

/**
 * True when facts about the files inside an archive are needed, because of `--contents`, `--html` or a limit of
 * `--fail-on` such as `wasted=10%`.
 */
export function needsContents({ contents }: { contents?: boolean }, { failOn: { figures }, html }: Reporting): boolean {
  return contents === true || html !== null || figures.length > 0;
}

/**
 * Returns `gate`, the parsed flags for CI pipelines, unchanged. Throws a UsageError if `--fail-on` sets a limit such as
 * `wasted=10%`, which a command cannot check when it does not look at the files inside an archive.
 */
export function withoutFigures(gate: Reporting): Reporting {
  const [limit] = gate.failOn.figures;
  if (limit === undefined) return gate;
  throw new UsageError(
    both(`--fail-on ${limit.typed} is not possible here.`, `此处不能使用 --fail-on ${limit.typed}。`),
    both(
      'Bounds on figures are for lading inspect and lading convert.',
      '指标限值用于 lading inspect 和 lading convert。',
    ),
  );
}

/**
 * Parses the flags `--format`, `--fail-on`, `--manifest` and `--html`. Throws a UsageError for a wrong value, and when
 * `--json` was typed together with `--format`.
 */
export function reporting(values: {
  format?: string;
  'fail-on'?: string[];
  manifest?: string;
  html?: string;
  json?: boolean;
}): Reporting {
  const { format, manifest = null, html = null, json = false } = values;
  if (format !== undefined && format !== 'github')
    throw new UsageError(
      both(`There is no format '${format}'.`, `没有格式 '${format}'。`),
      both('The only format is github; --json prints JSON.', '唯一的格式是 github；--json 输出 JSON。'),
    );
  if (format !== undefined && json)
    throw new UsageError(
      both('Cannot print --json and --format github at once.', '--json 和 --format github 不能同时使用。'),
      both('Write the manifest with --manifest FILE.', '请用 --manifest FILE 写清单。'),
    );
  if (manifest === '-')
    throw new UsageError(
      both('--manifest needs the name of a file.', '--manifest 需要一个文件名。'),
      both('To print the manifest, type --json.', '要输出清单，请使用 --json。'),
    );
  if (html === '-')
    throw new UsageError(
      both('--html needs the name of a file.', '--html 需要一个文件名。'),
      toType('--html report.html'),
    );
  return { github: format === 'github', failOn: failOn(values['fail-on'] ?? []), manifest, html };
}

/**
 * True when `--format github` was typed, even if other arguments are wrong: then the error about them is reported to
 * GitHub Actions, too.
 */
export function typedGithub(argv: string[]): boolean {
  return /(?:^|\n)--format[=\n]github(?:\n|$)/.test(argv.join('\n'));
}
