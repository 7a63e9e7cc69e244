import { both } from '../core/catalogue/bilingual.ts';
import type { RawOptions } from '../core/options/table.ts';
import { COMMAND_FLAGS } from './command-flags.ts';
import { toType, UsageError } from './exit.ts';
import { archive, conversion, parse, printFlags, type PrintFlags } from './flags.ts';
import type { Archive } from './input/archive.ts';
import { type Reporting, reporting, withoutFigures } from './reporting.ts';

/**
 * The names of the two S3 buckets of a Lading service in AWS, for uploads and for results, as typed after `--uploads`
 * and `--results`. A name is null when its flag was not typed.
 */
export interface BucketWords {
  uploads: string | null;
  results: string | null;
}

export interface UploadCommand extends PrintFlags, RawOptions, BucketWords, Reporting, Archive {
  kind: 'upload';
  /** The S3 key under which `lading upload` stores the archive. Null when the name of the archive's file is the key. */
  key: string | null;
  json: boolean;
  wait: boolean;
  timeoutMs: number;
  /** The file to which `lading upload` downloads the converted image; `-` for standard output. Null for no download. */
  output: string | null;
}

export interface StatusCommand extends PrintFlags, BucketWords {
  kind: 'status';
  key: string;
  json: boolean;
}

/** The arguments of `lading doctor`, the command that checks a Lading service in AWS. */
export interface DoctorCommand extends PrintFlags, BucketWords {
  kind: 'doctor';
  json: boolean;
  /**
   * The longest time in milliseconds that `lading doctor` waits for the tiny archive that it sends through the service
   * as a test.
   */
  timeoutMs: number;
}

const TIMEOUT_SECONDS = '3600';
const TRIAL_SECONDS = '300';

/**
 * Parses `argv`, the arguments after `lading upload`. Returns null for `--help`. Throws a UsageError for wrong
 * arguments.
 */
export function uploadCommand(argv: string[]): UploadCommand | null {
  const { values, positionals } = parse('upload', argv, COMMAND_FLAGS.upload);
  if (values.help === true) return null;
  const input = archive('upload', positionals);
  if (input.file === '-' && values.key === undefined) {
    throw new UsageError(
      both('Cannot choose a key: standard input has no file name.', '无法确定键：标准输入没有文件名。'),
      both('Choose one with --key, for instance --key team/app.tar.', '请用 --key 指定，例如 --key team/app.tar。'),
    );
  }
  const { output = null, json = false } = values;
  if (json && output === '-') {
    throw new UsageError(
      both('Cannot print --json: the image itself goes to standard output.', '无法输出 --json：标准输出要用来写镜像。'),
      both('Write the image with -o FILE.', '请用 -o FILE 写镜像。'),
    );
  }
  return {
    kind: 'upload',
    ...input,
    key: values.key ?? null,
    json,
    wait: values.wait === true || output !== null || needsResult(values),
    timeoutMs: seconds(values.timeout ?? TIMEOUT_SECONDS) * 1000,
    output,
    ...printFlags(values),
    ...conversion(values),
    ...buckets(values),
    ...withoutFigures(reporting(values)),
  };
}

/**
 * True when `--format`, `--manifest` or `--fail-on` was typed. `lading upload` then has to wait for the result of the
 * conversion.
 */
function needsResult({ format, manifest, 'fail-on': failOn }: Parameters<typeof reporting>[0]): boolean {
  return (format ?? manifest ?? failOn) !== undefined;
}

/**
 * Parses `argv`, the arguments after `lading status`. Returns null for `--help`. Throws a UsageError for wrong
 * arguments.
 */
export function statusCommand(argv: string[]): StatusCommand | null {
  const { values, positionals } = parse('status', argv, COMMAND_FLAGS.status);
  if (values.help === true) return null;
  const [key] = positionals;
  if (key === undefined || positionals.length > 1)
    throw new UsageError(
      both('lading status takes the key of one upload.', 'lading status 需要一个上传文件的键。'),
      toType('lading status KEY'),
    );
  return { kind: 'status', key, json: values.json === true, ...printFlags(values), ...buckets(values) };
}

/**
 * Parses `argv`, the arguments after `lading doctor`. Returns null for `--help`. Throws a UsageError for wrong
 * arguments.
 */
export function doctorCommand(argv: string[]): DoctorCommand | null {
  const { values, positionals } = parse('doctor', argv, COMMAND_FLAGS.doctor);
  if (values.help === true) return null;
  if (positionals.length > 0)
    throw new UsageError(
      both('lading doctor takes no file and no key.', 'lading doctor 不需要文件或键。'),
      toType('lading doctor --uploads BUCKET --results BUCKET'),
    );
  const timeoutMs = seconds(values.timeout ?? TRIAL_SECONDS) * 1000;
  return { kind: 'doctor', json: values.json === true, timeoutMs, ...printFlags(values), ...buckets(values) };
}

function buckets({ uploads, results }: { uploads?: string; results?: string }): BucketWords {
  return { uploads: uploads ?? null, results: results ?? null };
}

function seconds(word: string): number {
  const value = Number(word);
  if (word.trim() !== '' && value >= 0 && Number.isFinite(value)) return value;
  throw new UsageError(
    both(`'${word}' is no number of seconds.`, `'${word}' 不是秒数。`),
    both('Type, for instance, --timeout 600.', '例如输入 --timeout 600。'),
  );
}
