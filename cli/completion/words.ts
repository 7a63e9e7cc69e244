import type { ParseArgsOptionsConfig } from 'node:util';
import { CATALOGUE } from '../../core/catalogue/catalogue.ts';
import { SHELLS } from '../args.ts';
import { COMMAND_FLAGS } from '../command-flags.ts';
import { TOPICS } from '../flags.ts';
import { help } from '../help.ts';

/** The words that may follow: a file, one of a list, or something that only the user knows. */
export type Words = 'file' | 'none' | readonly string[];

/** A flag with what a shell has to know about it. */
export interface Flag {
  name: string;
  short: string | null;
  /** True when it may be given several times. */
  multiple: boolean;
  /** The values that may follow. Null when the flag takes none. */
  values: Words | null;
  meaning: string;
}

/** A command with its flags, and the words that may stand behind them. */
export interface CommandWords {
  name: string;
  meaning: string;
  flags: Flag[];
  operands: Words;
}

const VALUES: Record<string, Words> = {
  lang: ['en', 'zh'],
  format: ['github'],
  compress: ['gzip'],
  'fail-on': ['error', 'warning', ...Object.keys(CATALOGUE)],
  inspect: 'file',
  output: 'file',
  manifest: 'file',
  'secret-file': 'file',
};

/** The commands that a shell can complete. */
export function commands(): CommandWords[] {
  const meanings = meaningsOn(help('lading'));
  const all = Object.entries<ParseArgsOptionsConfig>(COMMAND_FLAGS).map(([name, flags]) => ({
    name,
    meaning: meanings.get(name) ?? '',
    flags: flagsOf(name, flags),
    operands: OPERANDS[name] ?? 'file',
  }));
  return [...all, { name: 'help', meaning: 'show the page of a command', flags: [], operands: TOPICS.slice(1) }];
}

const OPERANDS: Record<string, Words> = { status: 'none', doctor: 'none', completion: SHELLS };

function flagsOf(command: string, flags: ParseArgsOptionsConfig): Flag[] {
  const page = TOPICS.find((each) => each === command) ?? 'lading';
  const meanings = meaningsOn(help(page));
  return Object.entries(flags).map(([name, { type, short, multiple }]) => ({
    name,
    short: short ?? null,
    multiple: multiple === true,
    values: type === 'boolean' ? null : (VALUES[name] ?? 'none'),
    // The first line of the page, without the mark at its end that leads to the next one.
    meaning: (meanings.get(name) ?? '').replace(/[;:,]$/, ''),
  }));
}

/** The meanings of the commands and flags on a page of help, by their names: in each line, two spaces come before it. */
function meaningsOn(page: string): Map<string, string> {
  const lines = page.split('\n').filter((line) => /^ {2,6}[-a-z]/.test(line));
  return new Map(
    lines.map((line) => {
      const [words = '', meaning = ''] = line.trim().split(/ {2,}/);
      return [/^(?:-\w, )?(?:--)?([\w-]+)/.exec(words)?.[1] ?? '', meaning];
    }),
  );
}

/** A text in single quotes, for bash, zsh and fish alike. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
