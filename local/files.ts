import { randomUUID } from 'node:crypto';
import { read as readCallback } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Bytes } from '../lambda/core/ports.ts';

// By descriptor and not by FileHandle, because standard input has no handle.
const read = promisify(readCallback);

/** One read: 64 KiB chunks cost every reader of an archive 10 to 30 %. */
export const CHUNK_BYTES = 1024 * 1024;

/**
 * The bytes `[start, end)` of an open file, by position, read ahead into two buffers that are used in turn. Ends early when
 * the file does; throws what the operating system says, or the signal's reason.
 */
export async function* readRange(fd: number, start: number, end: number, signal?: AbortSignal): Bytes {
  const length = Math.min(CHUNK_BYTES, end - start);
  let [current, next] = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)];
  const fill = (buffer: Buffer, position: number) =>
    read(fd, buffer, 0, Math.max(0, Math.min(length, end - position)), position);
  let position = start;
  let pending = fill(current, position);
  try {
    for (;;) {
      const { bytesRead } = await pending;
      signal?.throwIfAborted();
      if (bytesRead === 0) return;
      position += bytesRead;
      pending = fill(next, position);
      yield current.subarray(0, bytesRead);
      [current, next] = [next, current];
    }
  } finally {
    // The caller may close the file as soon as this returns.
    await pending.catch(() => undefined);
  }
}

/** What changes when a file is replaced or written to: size, time of modification and inode. */
export function etagOf(stats: BigIntStats): string {
  return [stats.size, stats.mtimeNs, stats.ino].map((each) => each.toString(16)).join('-');
}

/**
 * Writes a file as a whole or not at all: to a temporary file beside it, flushed to the disk, then renamed over it. What is no
 * regular file (a device, a named pipe) is written to directly, because a rename would replace it. Returns the number of bytes.
 */
export async function writeWhole(path: string, bytes: Bytes, signal?: AbortSignal): Promise<number> {
  const there = await stat(path).catch(() => null);
  if (there !== null && !there.isFile()) return await writeTo(path, 'w', bytes, signal);
  const target = there === null ? path : await realpath(path);
  const temporary = temporaryBeside(target);
  try {
    const size = await writeTo(temporary, 'wx', bytes, signal);
    await rename(temporary, target);
    return size;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

const TEMPORARY = /^\..+\.[0-9a-f-]{36}\.lading-part$/;

/** True for the name of an output that is still being written. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

function temporaryBeside(path: string): string {
  // Shortened, so that a name that just fits the file system still does.
  return join(dirname(path), `.${basename(path).slice(0, 48)}.${randomUUID()}.lading-part`);
}

async function writeTo(path: string, flags: 'w' | 'wx', bytes: Bytes, signal?: AbortSignal): Promise<number> {
  const file = await open(path, flags);
  try {
    let size = 0;
    for await (const chunk of bytes) {
      signal?.throwIfAborted();
      for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done)).bytesWritten;
      size += chunk.length;
    }
    if (flags === 'wx') await file.sync();
    return size;
  } finally {
    await file.close();
  }
}

/** Some bytes as a stream of one chunk. */
export async function* once(bytes: Uint8Array): Bytes {
  yield bytes;
}
