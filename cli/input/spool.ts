import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LadingError } from '../../core/model/errors.ts';
import { writeAt } from '../../node/files.ts';
import { reasonOf } from '../exit.ts';
import type { Io } from '../io.ts';

/** Where a pipe is kept as it is read: from `start` on in an open file. */
export interface Copy {
  fd: number;
  start: number;
  /** Keeps what begins `offset` bytes after the beginning of the pipe. */
  write(chunk: Uint8Array, offset: number): void | Promise<void>;
  close(): Promise<void>;
}

/** The folder for the copy of a pipe: `$TMPDIR`, or the system's. */
export function spoolFolder(env: Io['env']): string {
  const chosen = env['TMPDIR'] ?? '';
  return chosen === '' ? tmpdir() : chosen;
}

/** A copy in a temporary file without a name. Throws `spool-failed`. */
export async function openSpool(io: Io): Promise<Copy> {
  const path = join(spoolFolder(io.env), `lading-${randomUUID()}`);
  try {
    const file = await open(path, 'wx+', 0o600);
    // Without a name it is gone with the process, however that ends.
    await unlink(path);
    return {
      fd: file.fd,
      start: 0,
      write: (chunk, offset) => keep(file.fd, chunk, offset, io),
      close: () => file.close(),
    };
  } catch (error) {
    throw spoolFailed(io, error);
  }
}

function keep(fd: number, chunk: Uint8Array, offset: number, io: Io): void {
  try {
    writeAt(fd, chunk, offset);
  } catch (error) {
    throw spoolFailed(io, error);
  }
}

function spoolFailed(io: Io, cause: unknown): LadingError {
  const message = `Cannot keep the copy of standard input in ${spoolFolder(io.env)}: ${reasonOf(cause).en}. Set TMPDIR to a folder with more room, or convert a file.`;
  return new LadingError('spool-failed', message, { cause });
}
