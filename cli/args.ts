import { both } from '../core/catalogue/bilingual.ts';
import { parsed } from '../core/catalogue/parsed.ts';
import { parsePlatform, type Platform } from '../core/model/platform.ts';
import type { RawOptions } from '../core/options/table.ts';
import { type StatusCommand, statusCommand, type UploadCommand, uploadCommand } from './args-service.ts';
import { type, UsageError } from './exit.ts';
import {
  CONVERSION,
  conversion,
  HELP,
  one,
  parse,
  PROGRESS,
  TALK,
  talk,
  type Talk,
  type Topic,
  TOPICS,
} from './flags.ts';
import { REPORTING, type Reporting, reporting } from './reporting.ts';

export interface InspectCommand extends Talk, Reporting {
  kind: 'inspect';
  file: string;
  json: boolean;
  /** True for a quick look: only headers and documents are read, not the contents of layers. */
  quick: boolean;
}

export interface PlanCommand extends Talk, RawOptions {
  kind: 'plan';
  file: string;
  json: boolean;
}

export interface ConvertCommand extends Talk, RawOptions, Reporting {
  kind: 'convert';
  file: string;
  json: boolean;
  /** The file that the image archive is written to; `-` for standard output. */
  output: string;
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
  /** The path in the archive to list or print. Empty means the whole file system. */
  path: string;
  image: string | null;
  platform: Platform | null;
}

export type Command =
  | InspectCommand
  | PlanCommand
  | ConvertCommand
  | FilesCommand
  | UploadCommand
  | StatusCommand
  | ServeCommand
  | { kind: 'help'; topic: Topic }
  | { kind: 'version' };

const CONVERT = { ...CONVERSION, ...REPORTING, output: { type: 'string', short: 'o' } } as const;
const INSPECT = { ...TALK, ...REPORTING, quick: { type: 'boolean' } } as const;
const FILES = { ...PROGRESS, image: { type: 'string' }, platform: { type: 'string' } } as const;
const SERVE = { ...HELP, once: { type: 'boolean' } } as const;

/** Parses the arguments of the command line after `lading`. Throws a UsageError when they are not valid. */
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
    case 'upload':
      return uploadCommand(rest) ?? { kind: 'help', topic: 'upload' };
    case 'status':
      return statusCommand(rest) ?? { kind: 'help', topic: 'status' };
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
        both(`There is no command '${word}'.`, `没有命令 '${word}'。`),
        both(
          `Commands: ${TOPICS.slice(1).join(', ')}. See lading --help.`,
          `命令有：${TOPICS.slice(1).join('、')}。参见 lading --help。`,
        ),
      );
  }
}

function inspectCommand(argv: string[]): Command {
  const { values, positionals } = parse('inspect', argv, INSPECT);
  if (values.help === true) return { kind: 'help', topic: 'inspect' };
  const own = { json: values.json === true, quick: values.quick === true };
  return { kind: 'inspect', file: one('inspect', positionals), ...talk(values), ...reporting(values), ...own };
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
      both('Cannot print --json: the image itself goes to standard output.', '无法输出 --json：标准输出要用来写镜像。'),
      both(
        'Write the image with -o FILE, or the manifest with --manifest FILE.',
        '请用 -o FILE 写镜像，或用 --manifest FILE 写清单。',
      ),
    );
  }
  const own = { json: values.json === true, output };
  return { kind: 'convert', file, ...talk(values), ...conversion(values), ...reporting(values), ...own };
}

function filesCommand(argv: string[]): Command {
  const { values, positionals } = parse('files', argv, FILES);
  if (values.help === true) return { kind: 'help', topic: 'files' };
  const [file, path = ''] = positionals;
  if (file === undefined || positionals.length > 2) {
    throw new UsageError(
      both(
        'lading files takes an archive and at most one path in it.',
        'lading files 需要一个归档，以及最多一个其中的路径。',
      ),
      type('lading files FILE [PATH]'),
    );
  }
  const platform = values.platform === undefined ? parsed(null) : parsePlatform(values.platform);
  if (!platform.ok) throw new UsageError(platform.problem, platform.remedy);
  return { kind: 'files', file, path, image: values.image ?? null, platform: platform.value, ...talk(values) };
}

function serveCommand(argv: string[]): Command {
  const { values, positionals } = parse('serve', argv, SERVE);
  if (values.help === true) return { kind: 'help', topic: 'serve' };
  const [uploads, results] = positionals;
  if (uploads === undefined || results === undefined || positionals.length > 2) {
    throw new UsageError(
      both('lading serve takes two folders.', 'lading serve 需要两个文件夹。'),
      type('lading serve UPLOADS RESULTS'),
    );
  }
  return { kind: 'serve', uploads, results, once: values.once === true };
}

function topic(word: string | undefined): Topic {
  return TOPICS.find((each) => each === word) ?? 'lading';
}
