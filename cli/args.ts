import { both } from '../core/catalogue/bilingual.ts';
import { parsed } from '../core/catalogue/parsed.ts';
import { parsePlatform, type Platform } from '../core/model/platform.ts';
import type { RawOptions } from '../core/options/table.ts';
import { type ServeCommand, serveCommand } from './args-serve.ts';
import {
  type DoctorCommand,
  doctorCommand,
  type StatusCommand,
  statusCommand,
  type UploadCommand,
  uploadCommand,
} from './args-service.ts';
import { COMMAND_FLAGS } from './command-flags.ts';
import { toType, UsageError } from './exit.ts';
import { archive, conversion, parse, printFlags, type PrintFlags, type Topic, TOPICS } from './flags.ts';
import { type Archive, archiveIn, leadingPieces } from './input/archive.ts';
import { needsContents, type Reporting, reporting } from './reporting.ts';

export interface InspectCommand extends PrintFlags, Reporting, Archive {
  kind: 'inspect';
  json: boolean;
  /**
   * True when `lading inspect` is to read only the tar headers and JSON documents of an image archive, not its layers.
   */
  quick: boolean;
  /** True when `lading inspect` is to describe not only the archive, but also the files inside. */
  contents: boolean;
}

export interface PlanCommand extends PrintFlags, RawOptions, Archive {
  kind: 'plan';
  json: boolean;
}

export interface ConvertCommand extends PrintFlags, RawOptions, Reporting, Archive {
  kind: 'convert';
  json: boolean;
  /** The file that the image archive is written to; `-` for standard output. */
  output: string;
  /** True when `lading convert` is to describe not only the archive, but also the files inside. */
  contents: boolean;
}

export interface FilesCommand extends PrintFlags, Archive {
  kind: 'files';
  /** The path inside the archive that `lading files` lists or prints. Empty means the whole file system. */
  path: string;
  image: string | null;
  platform: Platform | null;
}

export interface RootfsCommand extends PrintFlags, Archive {
  kind: 'rootfs';
  /** The file that the root file system is written to; `-` for standard output. */
  output: string;
  /**
   * The JSON file that gets the settings of the image (command, environment and so on) in the form of `docker inspect`.
   * Null when none is written.
   */
  config: string | null;
  /** True when `--config` was typed; false when `config` has its default value. */
  isConfigNamed: boolean;
  image: string | null;
  platform: Platform | null;
}

/** The shells for which `lading completion` can make a script. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export type Command =
  | InspectCommand
  | PlanCommand
  | ConvertCommand
  | FilesCommand
  | RootfsCommand
  | UploadCommand
  | StatusCommand
  | DoctorCommand
  | ServeCommand
  | { kind: 'completion'; shell: Shell }
  | { kind: 'help'; topic: Topic }
  | { kind: 'version' };

/**
 * Parses the arguments after the word `lading`. Returns the command with its flags; for `--help`, the command `help`.
 * Throws a UsageError for a command that does not exist, and for wrong arguments.
 */
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
    case 'rootfs':
      return rootfsCommand(rest);
    case 'serve':
      return serveCommand(rest) ?? { kind: 'help', topic: 'serve' };
    case 'upload':
      return uploadCommand(rest) ?? { kind: 'help', topic: 'upload' };
    case 'status':
      return statusCommand(rest) ?? { kind: 'help', topic: 'status' };
    case 'completion':
      return completionCommand(rest);
    case 'doctor':
      return doctorCommand(rest) ?? { kind: 'help', topic: 'doctor' };
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
  const { values, positionals } = parse('inspect', argv, COMMAND_FLAGS.inspect);
  if (values.help === true) return { kind: 'help', topic: 'inspect' };
  const gate = reporting(values);
  const contents = needsContents(values, gate);
  const own = { json: values.json === true, quick: values.quick === true, contents };
  if (own.quick && contents)
    throw new UsageError(
      both('A quick look does not read the files inside an archive.', '快速查看不会读取归档内的文件。'),
      both('Leave --quick out.', '请去掉 --quick。'),
    );
  return { kind: 'inspect', ...archive('inspect', positionals), ...printFlags(values), ...gate, ...own };
}

function planCommand(argv: string[]): Command {
  const { values, positionals } = parse('plan', argv, COMMAND_FLAGS.plan);
  if (values.help === true) return { kind: 'help', topic: 'plan' };
  return {
    kind: 'plan',
    ...archive('plan', positionals),
    ...printFlags(values),
    ...conversion(values),
    json: values.json === true,
  };
}

function convertCommand(argv: string[]): Command {
  const { values, positionals } = parse('convert', argv, COMMAND_FLAGS.convert);
  if (values.help === true) return { kind: 'help', topic: 'convert' };
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
  const gate = reporting(values);
  const own = { ...archive('convert', positionals), json: values.json === true, output };
  const contents = needsContents(values, gate);
  return { kind: 'convert', ...printFlags(values), ...conversion(values), ...gate, ...own, contents };
}

function filesCommand(argv: string[]): Command {
  const { values, positionals } = parse('files', argv, COMMAND_FLAGS.files);
  if (values.help === true) return { kind: 'help', topic: 'files' };
  const [first, ...others] = positionals;
  const pieces = first === undefined ? null : leadingPieces([first, ...others]);
  const [path = '', ...rest] = positionals.slice(pieces?.length ?? 0);
  if (pieces === null || rest.length > 0) {
    throw new UsageError(
      both(
        'lading files takes an archive and at most one path in it.',
        'lading files 需要一个归档，以及最多一个其中的路径。',
      ),
      toType('lading files FILE [PATH]'),
    );
  }
  return { kind: 'files', ...archiveIn(pieces), path, ...chosen(values), ...printFlags(values) };
}

function rootfsCommand(argv: string[]): Command {
  const { values, positionals } = parse('rootfs', argv, COMMAND_FLAGS.rootfs);
  if (values.help === true) return { kind: 'help', topic: 'rootfs' };
  const { output = '-' } = values;
  // Beside a device, such as /dev/null, there is no place for a file.
  const isFile = output !== '-' && !output.startsWith('/dev/');
  const config = values.config ?? (isFile ? `${output.replace(/\.tar$/, '')}.json` : null);
  return {
    kind: 'rootfs',
    ...archive('rootfs', positionals),
    output,
    config,
    isConfigNamed: values.config !== undefined,
    ...chosen(values),
    ...printFlags(values),
  };
}

/**
 * Parses `--image` and `--platform`, the flags that choose one image of an archive. A value is null when its flag was
 * not typed. Throws a UsageError when the text after `--platform` is not a platform.
 */
function chosen(values: { image?: string; platform?: string }): { image: string | null; platform: Platform | null } {
  const platform = values.platform === undefined ? parsed(null) : parsePlatform(values.platform);
  if (!platform.ok) throw new UsageError(platform.problem, platform.remedy);
  return { image: values.image ?? null, platform: platform.value };
}

function completionCommand(argv: string[]): Command {
  const { values, positionals } = parse('completion', argv, COMMAND_FLAGS.completion);
  if (values.help === true) return { kind: 'help', topic: 'completion' };
  const shell = SHELLS.find((each) => each === positionals[0]);
  if (shell !== undefined && positionals.length === 1) return { kind: 'completion', shell };
  throw new UsageError(
    both('lading completion takes the name of a shell.', 'lading completion 需要一个 shell 的名称。'),
    toType(`lading completion ${SHELLS.join('|')}`),
  );
}

function topic(word: string | undefined): Topic {
  return TOPICS.find((each) => each === word) ?? 'lading';
}
