import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Bilingual, both } from '../core/catalogue/bilingual.ts';
import type { Bytes } from '../core/model/ports.ts';
import { printable } from '../core/page/text.ts';
import { writeWhole } from '../node/files.ts';
import { asFile, FileError, UsageError } from './exit.ts';
import { isS3 } from './input/s3.ts';
import type { Archive } from './input/archive.ts';
import { type Io, write } from './io.ts';

/**
 * A file that a command is to write: the flag that names it, and its path. The path is null when no file is wanted, and
 * `-` for standard output.
 */
export type Output = readonly [flag: string, path: string | null];

/**
 * The names of the files that a command reads: the archive, the pieces of a split archive, and the file of `--inspect`
 * (null or absent when it was not typed).
 */
type Reading = Pick<Archive, 'file'> & Partial<Archive> & { inspect?: string | null };

/** The names of the files that a command reads. */
function inputsOf({ file, pieces = [], inspect = null }: Reading): readonly string[] {
  return [...(pieces.length > 0 ? pieces : [file]), ...(inspect === null ? [] : [inspect])];
}

/**
 * Checks the files that a command is to write, before the command reads anything. Throws a UsageError when such a file
 * is also read, is named by two flags, or is in S3. Throws a FileError when it is a folder, or when its folder is
 * missing.
 */
export async function refuseBadOutputs(command: Reading, outputs: readonly Output[]): Promise<void> {
  if (outputs.every(([, path]) => path === null || path === '-')) return;
  const taken = new Map<string, string>();
  for (const input of inputsOf(command)) {
    const there = await stat(input).catch(() => null);
    if (there?.isFile() === true) taken.set(nodeOf(there), '');
  }
  for (const [flag, path] of outputs) {
    if (path === null || path === '-') continue;
    if (isS3(path)) throw inS3(flag);
    const there = await stat(path).catch(() => null);
    if (there?.isDirectory() === true)
      throw new FileError('write', path, Object.assign(new Error(), { code: 'EISDIR' }));
    // A missing folder is reported now, and not after the archive was read for a minute.
    if (there === null) await asFile(path, stat(dirname(path)));
    // Several outputs may go to a device, such as /dev/null.
    if (there?.isFile() === false) continue;
    const key = there === null ? resolve(path) : nodeOf(there);
    const other = taken.get(key);
    if (other !== undefined) throw sameFile(flag, path, other);
    taken.set(key, flag);
  }
}

/** The name for an image archive, in English and Chinese, in the error message of `refuseTerminal`. */
export const IMAGE = both('an image', '镜像');

/**
 * Throws a UsageError when `output` is `-` (standard output) and standard output is a terminal. `what` is the name for
 * the data in the error message. `next` is the command, such as `docker load`, to which the error message advises to
 * pipe the data.
 */
export function refuseTerminal(output: string, what: Bilingual, next: string, io: Io): void {
  if (output !== '-' || io.stdout.isTTY !== true) return;
  throw new UsageError(
    both(`Cannot write ${what.en} to a terminal.`, `无法把${what.zh}写到终端。`),
    both(
      `Write it to a file with -o FILE, or pipe it on: … | ${next}`,
      `请用 -o FILE 写到文件，或通过管道传下去：… | ${next}`,
    ),
  );
}

/**
 * Writes bytes to the file `output`, or to standard output if `output` is `-`. Returns the number of bytes. Throws a
 * FileError when the file cannot be written.
 */
export async function writeOutput(output: string, bytes: Bytes, io: Io): Promise<number> {
  if (output !== '-') return await asFile(output, writeWhole(output, bytes, io.signal));
  let size = 0;
  for await (const chunk of bytes) {
    await write(io.stdout, chunk, io.signal);
    size += chunk.length;
  }
  return size;
}

function nodeOf({ dev, ino }: { dev: number; ino: number }): string {
  return `${dev}:${ino}`;
}

/**
 * The error for a flag that names an object in S3 as an output file. A command that converts on this machine does not
 * write to S3.
 */
function inS3(flag: string): UsageError {
  return new UsageError(
    both(`${flag} cannot be an object in S3.`, `${flag} 不能是 S3 中的对象。`),
    both(
      'Name a file, or convert in S3 with lading upload or lading serve.',
      '请给出文件名，或用 lading upload、lading serve 在 S3 中转换。',
    ),
  );
}

/**
 * The error for an output file that cannot be used. If `other` is empty, the command also reads that file. Else `other`
 * is another flag that names the same file.
 */
function sameFile(flag: string, path: string, other: string): UsageError {
  const name = printable(path);
  const problem =
    other === ''
      ? both(`Cannot write to ${name}: the command reads that file.`, `无法写到 ${name}：命令要读取这个文件。`)
      : both(`Cannot write to ${name} twice: ${other} names it, too.`, `无法两次写到 ${name}：${other} 也指定了它。`);
  return new UsageError(problem, both(`Choose another name with ${flag}.`, `请用 ${flag} 选择另一个文件名。`));
}
