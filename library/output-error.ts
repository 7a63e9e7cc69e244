import { LadingError } from '../core/model/errors.ts';

/** The reasons why a file cannot be written, by the system's codes. They are those of the command line. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
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

/** The error for a file that cannot be written. `cause` is the system's error. */
export function outputFailed(path: string, cause: Error): LadingError {
  const code = 'code' in cause ? String(cause.code) : '';
  return new LadingError('output-failed', `Cannot write ${path}: ${REASONS[code] ?? cause.message}.`, { cause });
}

/** Waits for `work`, which writes the file. Throws a `LadingError` with the code `output-failed` when the system refuses. */
export async function asOutput<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // The archive is read meanwhile. An error about that is not one about the file.
    const isOurs = error instanceof Error && 'syscall' in error && error.syscall !== 'read';
    throw isOurs ? outputFailed(path, error) : error;
  }
}
