import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { both, type Language } from '../core/catalogue/bilingual.ts';
import {
  type Form,
  NO_OPTIONS,
  OPTION_LIST,
  type OptionName,
  type OPTIONS,
  type RawOptions,
} from '../core/options/table.ts';
import { UsageError } from './exit.ts';
import { type Archive, archiveIn } from './input/archive.ts';

/** The flags that say how much a command prints, and in which language. */
export interface PrintFlags {
  quiet: boolean;
  progress: boolean;
  /**
   * The language in which to print. Null when `--lang` was not typed: then environment variables such as LANG decide.
   */
  language: Language | null;
}

/** The topics of `--help`: one for Lading as a whole, and one for each command. */
export const TOPICS = [
  'lading',
  'inspect',
  'convert',
  'plan',
  'files',
  'rootfs',
  'serve',
  'upload',
  'status',
  'doctor',
  'completion',
] as const;
export type Topic = (typeof TOPICS)[number];

export const HELP = { help: { type: 'boolean', short: 'h' } } as const;
export const PROGRESS = {
  ...HELP,
  quiet: { type: 'boolean', short: 'q' },
  'no-progress': { type: 'boolean' },
  lang: { type: 'string' },
} as const;
export const PRINT_FLAGS = { ...PROGRESS, json: { type: 'boolean' } } as const;

type FlagOf<F extends Form> = F extends 'flag'
  ? { type: 'boolean' }
  : F extends 'texts'
    ? { type: 'string'; multiple: true }
    : { type: 'string' };

const OPTION_FLAGS = Object.fromEntries(
  OPTION_LIST.map(([name, { form, short }]) => [
    name,
    {
      type: form === 'flag' ? 'boolean' : 'string',
      ...(form === 'texts' && { multiple: true }),
      ...(short !== undefined && { short }),
    },
  ]),
) as { [Name in OptionName]: FlagOf<(typeof OPTIONS)[Name]['form']> };

export const CONVERSION = { ...PRINT_FLAGS, ...OPTION_FLAGS };

/**
 * Splits the arguments of a command into flags (`values`) and other arguments (`positionals`). `options` are the flags
 * that the command takes, in the form that Node's `parseArgs` takes. For wrong flags, throws a UsageError with Node's
 * own sentence about the problem.
 */
export function parse<T extends ParseArgsOptionsConfig>(command: Topic, args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    // Only Node's first sentence is used: those after it give advice about `--` that would mislead here.
    const [problem] = (error instanceof Error ? error.message : String(error)).split(/(?<=\.)\s|\n/);
    const said = (problem ?? '').replace(/([^.])$/, '$1.');
    throw new UsageError(
      both(said, `命令行有误：${said}`),
      both(`See lading ${command} --help.`, `参见 lading ${command} --help。`),
    );
  }
}

/**
 * Returns the only file name among the arguments of a command. Throws a UsageError when there is none, or more than
 * one.
 */
export function one(command: Topic, positionals: string[]): string {
  const [file] = positionals;
  if (file === undefined)
    throw new UsageError(
      both(`lading ${command} needs a file.`, `lading ${command} 需要一个文件。`),
      both(
        `Type: lading ${command} FILE, or - for standard input.`,
        `请输入：lading ${command} FILE；- 表示标准输入。`,
      ),
    );
  if (positionals.length > 1)
    throw new UsageError(
      both(
        `lading ${command} takes one file, not ${positionals.length}.`,
        `lading ${command} 只接受一个文件，而不是 ${positionals.length} 个。`,
      ),
      both('Name them one at a time.', '请一次给出一个。'),
    );
  return file;
}

/**
 * The archive that the arguments of a command name: one file, or all pieces of a split file. Throws a UsageError when
 * they name no archive, or more than one.
 */
export function archive(command: Topic, positionals: string[]): Archive {
  const [first, ...others] = positionals;
  return first === undefined || others.length === 0
    ? archiveIn([one(command, positionals)])
    : archiveIn([first, ...others]);
}

export function printFlags(values: { quiet?: boolean; 'no-progress'?: boolean; lang?: string }): PrintFlags {
  const quiet = values.quiet === true;
  return { quiet, progress: !quiet && values['no-progress'] !== true, language: language(values.lang) };
}

/**
 * The value of the flag `--lang`, even if other arguments are wrong: the error about them must be printed in this
 * language. Null when the flag was not typed, and for an unknown language.
 */
export function typedLanguage(argv: string[]): Language | null {
  const [, word] = /(?:^|\n)--lang[=\n](en|zh)(?:\n|$)/.exec(argv.join('\n')) ?? [];
  return word === 'en' || word === 'zh' ? word : null;
}

function language(word: string | undefined): Language | null {
  if (word === undefined || word === 'en' || word === 'zh') return word ?? null;
  throw new UsageError(
    both(`There is no language '${word}'.`, `没有语言 '${word}'。`),
    both('Languages: en, zh.', '语言有：en、zh。'),
  );
}

/**
 * Returns the conversion options, such as `--name`, that are among the flags of a command. An option that was not typed
 * is null, false or an empty list.
 */
export function conversion(values: Partial<Record<OptionName, unknown>>): RawOptions {
  return Object.fromEntries(OPTION_LIST.map(([name]) => [name, values[name] ?? NO_OPTIONS[name]])) as RawOptions;
}
