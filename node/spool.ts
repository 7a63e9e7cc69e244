import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAt } from './files.ts';

/**
 * A copy of a stream, such as a pipe, whose bytes come only once. The copy is an open temporary file without a name,
 * which can be read by its file descriptor `fd`.
 */
export interface Spool {
  fd: number;
  /** Writes a chunk of the stream to the copy, at `offset` bytes from its beginning. Throws the system's error. */
  write(chunk: Uint8Array, offset: number): void;
  close(): Promise<void>;
}

/** Opens a temporary file for the copy of a stream, in a folder, and removes its name. Throws the system's error. */
export async function openSpool(folder: string): Promise<Spool> {
  const path = join(folder, `lading-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  // A file without a name disappears with the process, however that ends.
  await unlink(path);
  return { fd: file.fd, write: (chunk, offset) => writeAt(file.fd, chunk, offset), close: () => file.close() };
}
