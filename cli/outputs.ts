import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { both } from '../core/catalogue/bilingual.ts';
import { printable } from '../core/page/text.ts';
import { asFile, FileError, UsageError } from './exit.ts';
import type { Archive } from './input/archive.ts';

/** A file that a command is to write, and the flag that names it; null or `-` when there is no such file. */
export type Output = readonly [flag: string, path: string | null];

/** The names of the files that an archive is read from. */
export function filesOf({ file, pieces = [] }: Pick<Archive, 'file'> & Partial<Archive>): readonly string[] {
  return pieces.length > 0 ? pieces : [file];
}

/**
 * Checks the files that a command is to write before it reads anything. Throws a UsageError when one of them is a file
 * that the command reads, or the same as another, and a FileError when it is a folder, or in a folder that is missing.
 */
export async function refuseBadOutputs(inputs: readonly string[], outputs: readonly Output[]): Promise<void> {
  const taken = new Map<string, string>();
  for (const input of inputs) {
    const there = await stat(input).catch(() => null);
    if (there?.isFile() === true) taken.set(nodeOf(there), '');
  }
  for (const [flag, path] of outputs) {
    if (path === null || path === '-') continue;
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

function nodeOf({ dev, ino }: { dev: number; ino: number }): string {
  return `${dev}:${ino}`;
}

/** The error for an output that is a file which the command reads or, if `other` is a flag, the output of that flag. */
function sameFile(flag: string, path: string, other: string): UsageError {
  const name = printable(path);
  const problem =
    other === ''
      ? both(`Cannot write to ${name}: that is the archive itself.`, `无法写到 ${name}：那正是归档本身。`)
      : both(`Cannot write to ${name} twice: ${other} names it, too.`, `无法两次写到 ${name}：${other} 也指定了它。`);
  return new UsageError(problem, both(`Choose another name with ${flag}.`, `请用 ${flag} 选择另一个文件名。`));
}
