import type { ParseArgsOptionsConfig } from 'node:util';
import { CATALOGUE } from '../../core/catalogue/catalogue.ts';
import { SHELLS } from '../args.ts';
import { COMMAND_FLAGS } from '../command-flags.ts';
import { TOPICS } from '../flags.ts';
import { help } from '../help.ts';

/**
 * What a shell can offer for one argument: `file` for file names, `none` when only the user knows what to type, or a
 * list of words.
 */
export type Completions = 'file' | 'none' | readonly string[];

/** A flag of a command, with all that a completion script needs to know about it. */
export interface Flag {
  name: string;
  short: string | null;
  /** True for a flag that a user may give several times in one command. */
  multiple: boolean;
  /** The values that a shell can offer for a flag. Null when the flag takes no value. */
  values: Completions | null;
  meaning: string;
}

/** A command with its flags, and the words that a shell can offer for its arguments. */
export interface CommandCompletions {
  name: string;
  meaning: string;
  flags: Flag[];
  operands: Completions;
}

const VALUES: Record<string, Completions> = {
  lang: ['en', 'zh'],
  format: ['github'],
  as: ['rootfs'],
  compress: ['gzip', 'zstd', 'none'],
  layout: ['docker', 'both'],
  'fail-on': ['error', 'warning', ...Object.keys(CATALOGUE)],
  inspect: 'file',
  output: 'file',
  config: 'file',
  manifest: 'file',
  html: 'file',
  'secret-file': 'file',
  'token-file': 'file',
};

/** All commands of `lading`, with what a completion script needs to know about them. */
export function commands(): CommandCompletions[] {
  const meanings = meaningsOn(help('lading'));
  const all = Object.entries<ParseArgsOptionsConfig>(COMMAND_FLAGS).map(([name, flags]) => ({
    name,
    meaning: meanings.get(name) ?? '',
    flags: flagsOf(name, flags),
    operands: OPERANDS[name] ?? 'file',
  }));
  return [...all, { name: 'help', meaning: 'show the page of a command', flags: [], operands: TOPICS.slice(1) }];
}

const OPERANDS: Record<string, Completions> = { status: 'none', doctor: 'none', completion: SHELLS };

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

/**
 * Reads `page`, the text of `--help`. Returns the meaning of each command or flag in it, by its name without dashes. In
 * a line of this text, two or more spaces separate the name from the meaning.
 */
function meaningsOn(page: string): Map<string, string> {
  const lines = page.split('\n').filter((line) => /^ {2,6}[-a-z]/.test(line));
  return new Map(
    lines.map((line) => {
      const [words = '', meaning = ''] = line.trim().split(/ {2,}/);
      return [/^(?:-\w, )?(?:--)?([\w-]+)/.exec(words)?.[1] ?? '', meaning];
    }),
  );
}
