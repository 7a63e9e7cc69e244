import { randomUUID } from 'node:crypto';
import { type BigIntStats, readSync, writeSync } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Bytes } from '../core/model/ports.ts';

/**
 * The number of bytes that are read from a file at a time. If it were 64 KiB, every command that reads an archive would
 * take 10 to 30 % longer.
 */
export const CHUNK_BYTES = 1024 * 1024;

/** The number of chunks of 1 MiB that are read from a file before the event loop gets a turn for signals and timers. */
const CHUNKS_A_TURN = 16;

/**
 * Yields the bytes of an image archive unchanged. Throws a LadingError `source-changed` after the last byte if
 * `source`, the upload from which the image archive is made, has changed meanwhile. So the caller writes no wrong file.
 */
export async function* unchanged(bytes: Bytes, source: { assertUnchanged(): Promise<void> }): Bytes {
  yield* bytes;
  await source.assertUnchanged();
}

/**
 * Yields the bytes of an open file from the offset `start` up to and without `end`. Each chunk is valid until the next
 * one, because one buffer is reused. Stops early at the end of the file. Throws the system's error or the signal's
 * reason. The function reads on the calling thread: a thread pool would cost as much as the read itself
 * (docs/decisions/0041).
 */
export async function* readRange(fd: number, start: number, end: number, signal?: AbortSignal): Bytes {
  const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end - start));
  let position = start;
  for (let chunks = 1; position < end; chunks++) {
    const bytesRead = readSync(fd, buffer, 0, Math.min(buffer.length, end - position), position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
    if (chunks % CHUNKS_A_TURN === 0) await setImmediate();
    signal?.throwIfAborted();
  }
}

/**
 * Returns a text that identifies the state of a file, as an ETag does: its size, modification time and inode. The text
 * changes when the file is replaced or written to.
 */
export function etagOf(stats: BigIntStats): string {
  return [stats.size, stats.mtimeNs, stats.ino].map((each) => each.toString(16)).join('-');
}

/**
 * A file that appears under its name completely or not at all. It is written under a temporary name in the same folder,
 * at any offsets in any order, and then renamed. Either `commit` or `discard` must end it.
 */
export class Draft {
  readonly #target: string;
  readonly #temporary: string;
  readonly #file: FileHandle;

  private constructor(target: string, temporary: string, file: FileHandle) {
    this.#target = target;
    this.#temporary = temporary;
    this.#file = file;
  }

  /**
   * Begins to write the file at this path, or the one to which a symbolic link there leads. Null when something other
   * than a file is there, such as a device or a named pipe, because the final rename would replace it.
   */
  static async begin(path: string): Promise<Draft | null> {
    const there = await stat(path).catch(() => null);
    if (there !== null && !there.isFile()) return null;
    return await Draft.#of(there === null ? path : await realpath(path));
  }

  /**
   * Begins to write a file that replaces whatever is at this path. If a symbolic link is there, the link is replaced,
   * not its target.
   */
  static async replacing(path: string): Promise<Draft> {
    return await Draft.#of(path);
  }

  static async #of(target: string): Promise<Draft> {
    const temporary = temporaryBeside(target);
    return new Draft(target, temporary, await open(temporary, 'wx+'));
  }

  /** The file descriptor of the temporary file, by which the bytes written so far can be read. */
  get fd(): number {
    return this.#file.fd;
  }

  /**
   * Begins another draft of the same file, under another temporary name. The first one can still be read, and must
   * still be ended.
   */
  again(): Promise<Draft> {
    return Draft.#of(this.#target);
  }

  /**
   * Writes a chunk to the temporary file at an offset in bytes. It works on the calling thread, because a thread pool
   * would cost as much as the write itself.
   */
  async write(chunk: Uint8Array, offset: number): Promise<void> {
    writeAt(this.#file.fd, chunk, offset);
  }

  /**
   * Finishes the file: cuts it to `size` bytes, flushes it to disk if `durable` is true, and gives it its final name.
   */
  async commit(size: number, durable: boolean): Promise<void> {
    await this.#file.truncate(size);
    if (durable) await this.#file.sync();
    await this.#file.close();
    await rename(this.#temporary, this.#target);
  }

  async discard(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }
}

/**
 * Writes a file, which appears when it is complete. It is not flushed to the disk. A device or a named pipe is written
 * to directly. Returns the number of bytes. When `signal` is aborted, throws its reason, and no file appears.
 */
export async function writeWhole(path: string, bytes: Bytes, signal?: AbortSignal): Promise<number> {
  const draft = await Draft.begin(path);
  return draft === null ? await writeThrough(path, bytes, signal) : await fill(draft, bytes, false, signal);
}

/**
 * Writes a file completely or not at all, flushes it to the disk, and replaces whatever is at this path. A symbolic
 * link there is not followed. Returns the number of bytes. When `signal` is aborted, throws its reason.
 */
export async function replaceWhole(path: string, bytes: Bytes, signal?: AbortSignal): Promise<number> {
  return await fill(await Draft.replacing(path), bytes, true, signal);
}

async function fill(draft: Draft, bytes: Bytes, durable: boolean, signal?: AbortSignal): Promise<number> {
  try {
    let size = 0;
    for await (const chunk of bytes) {
      signal?.throwIfAborted();
      await draft.write(chunk, size);
      size += chunk.length;
    }
    await draft.commit(size, durable);
    return size;
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

const TEMPORARY = /^\..+\.[0-9a-f-]{36}\.lading-part$/;

/** True for the name of a temporary file that Lading writes (class `Draft`). */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

function temporaryBeside(path: string): string {
  // The name is shortened, because the longest name that the file system allows leaves no room for more.
  return join(dirname(path), `.${basename(path).slice(0, 48)}.${randomUUID()}.lading-part`);
}

/**
 * Writes all bytes to an existing device or named pipe. Returns the number of bytes. When `signal` is aborted, throws
 * its reason.
 */
async function writeThrough(path: string, bytes: Bytes, signal?: AbortSignal): Promise<number> {
  const file = await open(path, 'w');
  try {
    let size = 0;
    for await (const chunk of bytes) {
      signal?.throwIfAborted();
      for (let done = 0; done < chunk.length;) done += (await file.write(chunk, done)).bytesWritten;
      size += chunk.length;
    }
    return size;
  } finally {
    await file.close();
  }
}

/** Writes a whole chunk to an open file at an offset in bytes, on the calling thread. */
export function writeAt(fd: number, chunk: Uint8Array, offset: number): void {
  for (let done = 0; done < chunk.length;) done += writeSync(fd, chunk, done, chunk.length - done, offset + done);
}

/** A stream that yields the given bytes as a single chunk. */
export async function* once(bytes: Uint8Array): Bytes {
  yield bytes;
}
