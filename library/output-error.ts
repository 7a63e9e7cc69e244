import { LadingError } from '../core/model/errors.ts';
import { systemReason } from '../node/system-reason.ts';

/** Makes the `LadingError` (code `output-failed`) for a file that cannot be written. `cause` is the system's error. */
export function outputFailed(path: string, cause: Error): LadingError {
  const known = 'code' in cause ? systemReason(String(cause.code), 'write') : undefined;
  return new LadingError('output-failed', `Cannot write ${path}: ${known?.en ?? cause.message}.`, { cause });
}

/**
 * Waits for `work`, which writes the file `path`, and returns its result. If the file cannot be written, replaces the
 * system's error by a `LadingError` with the code `output-failed`. Any other error is thrown as it is.
 */
export async function asOutput<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    // The archive is read meanwhile. An error about that is not one about the file.
    const isOurs = error instanceof Error && 'syscall' in error && error.syscall !== 'read';
    throw isOurs ? outputFailed(path, error) : error;
  }
}
