import type { RawOptions } from '../lambda/core/image/options.ts';
import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import type { Language } from '../lambda/core/findings.ts';
import { UsageError } from './exit.ts';

/** How much is said on standard error. */
export interface Talk {
  quiet: boolean;
  progress: boolean;
  /** Of the pages; null for that of the surroundings. */
  language: Language | null;
}

/** The options of a conversion as typed: `inspect` names the file with the JSON of `docker inspect`. */
export type ConversionWords = RawOptions;

export interface InspectCommand extends Talk {
  kind: 'inspect';
  file: string;
  json: boolean;
  /** Headers and documents only. */
  quick: boolean;
}

export interface PlanCommand extends Talk, ConversionWords {
  kind: 'plan';
  file: string;
  json: boolean;
}

export interface ConvertCommand extends Talk, ConversionWords {
  kind: 'convert';
  file: string;
  json: boolean;
  /** `-` is standard output. */
  output: string;
  manifest: string | null;
}

export interface ServeCommand {
  kind: 'serve';
  uploads: string;
  results: string;
  once: boolean;
}

export interface FilesCommand extends Talk {
  kind: 'files';
  file: string;
  /** Empty for all of them. */
  path: string;
  image: string | null;
}

const TOPICS = ['lading', 'inspect', 'convert', 'plan', 'files', 'serve'] as const;
export type Topic = (typeof TOPICS)[number];

export type Command =
  | InspectCommand
  | PlanCommand
  | ConvertCommand
  | FilesCommand
  | ServeCommand
  | { kind: 'help'; topic: Topic }
  | { kind: 'version' };

const HELP = { help: { type: 'boolean', short: 'h' } } as const;
const PROGRESS = {
  ...HELP,
  quiet: { type: 'boolean', short: 'q' },
  'no-progress': { type: 'boolean' },
  lang: { type: 'string' },
} as const;
const TALK = { ...PROGRESS, json: { type: 'boolean' } } as const;
const CONVERSION = {
  ...TALK,
  name: { type: 'string', short: 't', multiple: true },
  change: { type: 'string', short: 'c', multiple: true },
  message: { type: 'string', short: 'm' },
  platform: { type: 'string' },
  inspect: { type: 'string' },
  image: { type: 'string' },
  rootfs: { type: 'boolean' },
  compress: { type: 'string' },
} as const;
const CONVERT = { ...CONVERSION, output: { type: 'string', short: 'o' }, manifest: { type: 'string' } } as const;
const INSPECT = { ...TALK, quick: { type: 'boolean' } } as const;
const FILES = { ...PROGRESS, image: { type: 'string' } } as const;
const SERVE = { ...HELP, once: { type: 'boolean' } } as const;

/** The command that the words after `lading` spell; throws a UsageError. */
export function parseCommand(argv: string[]): Command {
  const [word, ...rest] = argv;
  switch (word) {
    case 'inspect':
      return inspectCommand(rest);
    case 'convert':
      return convertCommand(rest);
    case 'plan':
      return planCommand(rest);
    case 'files':
      return filesCommand(rest);
    case 'serve':
      return serveCommand(rest);
    case 'help':
      return { kind: 'help', topic: topic(rest[0]) };
    case undefined:
    case '-h':
    case '--help':
      return { kind: 'help', topic: 'lading' };
    case '-V':
    case '--version':
      return { kind: 'version' };
    default:
      throw new UsageError(
        `There is no command '${word}'.`,
        'Commands: inspect, convert, plan, files, serve. See lading --help.',
      );
  }
}

function inspectCommand(argv: string[]): Command {
  const { values, positionals } = parse('inspect', argv, INSPECT);
  if (values.help === true) return { kind: 'help', topic: 'inspect' };
  const own = { json: values.json === true, quick: values.quick === true };
  return { kind: 'inspect', file: one('inspect', positionals), ...talk(values), ...own };
}

function planCommand(argv: string[]): Command {
  const { values, positionals } = parse('plan', argv, CONVERSION);
  if (values.help === true) return { kind: 'help', topic: 'plan' };
  const file = one('plan', positionals);
  return { kind: 'plan', file, ...talk(values), ...conversion(values), json: values.json === true };
}

function convertCommand(argv: string[]): Command {
  const { values, positionals } = parse('convert', argv, CONVERT);
  if (values.help === true) return { kind: 'help', topic: 'convert' };
  const file = one('convert', positionals);
  const output = values.output ?? '-';
  if (values.json === true && output === '-') {
    throw new UsageError(
      'Cannot print --json: the image itself goes to standard output.',
      'Write the image with -o FILE, or the manifest with --manifest FILE.',
    );
  }
  if (values.manifest === '-') {
    throw new UsageError('--manifest needs the name of a file.', 'To print the manifest, type --json and -o FILE.');
  }
  const own = { json: values.json === true, output, manifest: values.manifest ?? null };
  return { kind: 'convert', file, ...talk(values), ...conversion(values), ...own };
}

function filesCommand(argv: string[]): Command {
  const { values, positionals } = parse('files', argv, FILES);
  if (values.help === true) return { kind: 'help', topic: 'files' };
  const [file, path = ''] = positionals;
  if (file === undefined || positionals.length > 2) {
    throw new UsageError('lading files takes an archive and at most one path in it.', 'Type: lading files FILE [PATH]');
  }
  return { kind: 'files', file, path, image: values.image ?? null, ...talk(values) };
}

function serveCommand(argv: string[]): Command {
  const { values, positionals } = parse('serve', argv, SERVE);
  if (values.help === true) return { kind: 'help', topic: 'serve' };
  const [uploads, results] = positionals;
  if (uploads === undefined || results === undefined || positionals.length > 2) {
    throw new UsageError('lading serve takes two folders.', 'Type: lading serve UPLOADS RESULTS');
  }
  return { kind: 'serve', uploads, results, once: values.once === true };
}

function parse<T extends ParseArgsOptionsConfig>(command: Topic, args: string[], options: T) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's sentence goes on with advice about `--` that only fits its own first part.
    const [problem] = (error instanceof Error ? error.message : String(error)).split(/(?<=\.)\s|\n/);
    throw new UsageError((problem ?? '').replace(/([^.])$/, '$1.'), `See lading ${command} --help.`);
  }
}

function one(command: Topic, positionals: string[]): string {
  const [file] = positionals;
  if (file === undefined)
    throw new UsageError(`lading ${command} needs a file.`, `Type: lading ${command} FILE, or - for standard input.`);
  if (positionals.length > 1)
    throw new UsageError(`lading ${command} takes one file, not ${positionals.length}.`, 'Name them one at a time.');
  return file;
}

function talk(values: { quiet?: boolean; 'no-progress'?: boolean; lang?: string }): Talk {
  const quiet = values.quiet === true;
  return { quiet, progress: !quiet && values['no-progress'] !== true, language: language(values.lang) };
}

function language(word: string | undefined): Language | null {
  if (word === undefined || word === 'en' || word === 'zh') return word ?? null;
  throw new UsageError(`There is no language '${word}'.`, 'Languages: en, zh.');
}

function conversion(
  values: Partial<Record<'name' | 'change', string[]>> &
    Partial<Record<'message' | 'platform' | 'inspect' | 'image' | 'compress', string>> & { rootfs?: boolean },
): ConversionWords {
  return {
    name: values.name ?? [],
    change: values.change ?? [],
    message: values.message ?? null,
    platform: values.platform ?? null,
    inspect: values.inspect ?? null,
    rootfs: values.rootfs === true,
    image: values.image ?? null,
    compress: values.compress ?? null,
  };
}

function topic(word: string | undefined): Topic {
  return TOPICS.find((each) => each === word) ?? 'lading';
}
