import { LadingError } from '../lambda/core/errors.ts';
import { Interrupted } from './io.ts';

/** The exit codes, the same for every command. */
export const EXIT = {
  done: 0,
  /** A readable archive with an error finding. */
  finding: 1,
  /** A bad flag, name or instruction. */
  usage: 2,
  /** No archive, not all of one, or one that cannot be converted. */
  badInput: 3,
  /** Something could not be read or written. */
  io: 4,
} as const;

/** What is wrong with the command line, and what to type instead. */
export class UsageError extends Error {
  readonly remedy: string;

  constructor(problem: string, remedy: string) {
    super(problem);
    this.name = 'UsageError';
    this.remedy = remedy;
  }
}

/** A file that could not be read or written, as a sentence. */
export class FileError extends Error {
  constructor(verb: 'read' | 'write', name: string, cause: unknown) {
    const missing = verb === 'write' && codeOf(cause) === 'ENOENT';
    super(`Cannot ${verb} ${name}: ${missing ? 'there is no such folder' : reasonOf(cause)}.`, { cause });
    this.name = 'FileError';
  }
}

/** The exit code of a failure, and the sentence for it; null when silence is better (Ctrl-C, a reader that went away). */
export function explain(error: unknown): { code: number; text: string | null } {
  if (error instanceof Interrupted) return { code: error.exitCode, text: null };
  if (codeOf(error) === 'EPIPE') return { code: EXIT.io, text: null };
  if (error instanceof FileError && codeOf(error.cause) === 'EPIPE') return { code: EXIT.io, text: null };
  if (error instanceof UsageError) return { code: EXIT.usage, text: `${error.message}\n${error.remedy}` };
  if (error instanceof FileError) return { code: EXIT.io, text: error.message };
  if (error instanceof LadingError) {
    return { code: error.code === 'bad-archive' ? EXIT.badInput : EXIT.io, text: sentence(error) };
  }
  if (codeOf(error) !== null) return { code: EXIT.io, text: `Cannot go on: ${reasonOf(error)}.` };
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: EXIT.io, text: `Lading failed in a way that it should not. Please report this:\n${trace}` };
}

function sentence(error: LadingError): string {
  const remedy = error.finding?.remedy ?? '';
  return remedy === '' ? error.message : `${error.message}\n${remedy}`;
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'it is not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than allowed',
  EIO: 'the device reports an error',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ELOOP: 'its symbolic links lead in a circle',
};

/** Why a file operation failed, in plain words. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return code === null ? message.replace(/\.$/, '') : (REASONS[code] ?? `${code}, ${message}`);
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error) || error instanceof LadingError || !('code' in error)) return null;
  return typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code) ? error.code : null;
}
