import { tmpdir } from 'node:os';
import { LadingError } from '../../core/model/errors.ts';
import { openSpool as openFile } from '../../node/spool.ts';
import { reasonOf } from '../exit.ts';
import type { Io } from '../io.ts';

/** A copy of a pipe, written while the pipe is read. It is in the open file `fd`, from the byte offset `start` on. */
export interface Copy {
  fd: number;
  start: number;
  /** Writes a chunk of the pipe to the copy. The chunk begins at `offset` in the pipe. */
  write(chunk: Uint8Array, offset: number): void | Promise<void>;
  close(): Promise<void>;
}

/** The folder for temporary copies of pipes: `$TMPDIR`, or the system's temporary folder. */
export function spoolFolder(env: Io['env']): string {
  const chosen = env['TMPDIR'] ?? '';
  return chosen === '' ? tmpdir() : chosen;
}

/**
 * Opens a temporary file without a name, to which a pipe is copied. Throws a LadingError with the code `spool-failed`
 * when the file cannot be opened. The `write` function of the result throws the same error when it fails.
 */
export async function openSpool(io: Io): Promise<Copy> {
  try {
    const spool = await openFile(spoolFolder(io.env));
    return {
      fd: spool.fd,
      start: 0,
      write: (chunk, offset) => {
        try {
          spool.write(chunk, offset);
        } catch (error) {
          throw spoolFailed(io, error);
        }
      },
      close: () => spool.close(),
    };
  } catch (error) {
    throw spoolFailed(io, error);
  }
}

function spoolFailed(io: Io, cause: unknown): LadingError {
  const message = `Cannot keep the copy of the pipe in ${spoolFolder(io.env)}: ${reasonOf(cause).en}. Set TMPDIR to a folder with more room, or convert a file.`;
  return new LadingError('spool-failed', message, { cause });
}
