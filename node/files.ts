import { randomUUID } from 'node:crypto';
import { type BigIntStats, readSync, writeSync } from 'node:fs';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Bytes } from '../core/model/ports.ts';

/** Bytes of one read. With 64 KiB, every command that reads an archive takes 10 to 30 % longer. */
export const CHUNK_BYTES = 1024 * 1024;

/** Chunks that are read before the event loop runs signals and timers. */
const CHUNKS_A_TURN = 16;

/**
 * Reads bytes `[start, end)` of an open file, by position, into one buffer that is reused. Ends early when the file
 * ends. Throws the system's error, or the signal's reason. It reads on the calling thread: hashing on another thread
 * leaves this one the time, and handing a read to a thread pool costs as much as the read (docs/decisions/0041).
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

/** Size, modification time and inode of a file in one text. It changes when the file is replaced or written to. */
export function etagOf(stats: BigIntStats): string {
  return [stats.size, stats.mtimeNs, stats.ino].map((each) => each.toString(16)).join('-');
}

/**
 * A file that appears under its name completely or not at all. It is written under a temporary name in the same folder,
 * at any offset in any order, and then renamed. Either `commit` or `discard` must end it.
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

  /** Null when the path is a device or a named pipe, because the rename would replace it. */
  static async begin(path: string): Promise<Draft | null> {
    const there = await stat(path).catch(() => null);
    if (there !== null && !there.isFile()) return null;
    return await Draft.#of(there === null ? path : await realpath(path));
  }

  /** A draft that replaces whatever has the path. A symbolic link is replaced itself, and its target is left alone. */
  static async replacing(path: string): Promise<Draft> {
    return await Draft.#of(path);
  }

  static async #of(target: string): Promise<Draft> {
    const temporary = temporaryBeside(target);
    return new Draft(target, temporary, await open(temporary, 'wx+'));
  }

  /** The descriptor of the temporary file, for reading what was written. */
  get fd(): number {
    return this.#file.fd;
  }

  /** Begins a second draft of the same file. */
  again(): Promise<Draft> {
    return Draft.#of(this.#target);
  }

  /** Writes a chunk at an offset, on the calling thread for the reason given at `readRange`. */
  async write(chunk: Uint8Array, offset: number): Promise<void> {
    writeAt(this.#file.fd, chunk, offset);
  }

  /** Cuts the draft to `size` bytes and gives it its name. With `durable` it first flushes it to the disk. */
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
 * Writes a file completely or not at all, and flushes it to the disk. Returns the number of bytes. Writes to a device
 * or named pipe directly.
 */
export async function writeWhole(path: string, bytes: Bytes, signal?: AbortSignal): Promise<number> {
  const draft = await Draft.begin(path);
  return draft === null ? await writeThrough(path, bytes, signal) : await fill(draft, bytes, signal);
}

/** Writes a file as `writeWhole` does, in place of whatever has the path. It does not follow a link there. */
export async function replaceWhole(path: string, bytes: Bytes, signal?: AbortSignal): Promise<number> {
  return await fill(await Draft.replacing(path), bytes, signal);
}

async function fill(draft: Draft, bytes: Bytes, signal?: AbortSignal): Promise<number> {
  try {
    let size = 0;
    for await (const chunk of bytes) {
      signal?.throwIfAborted();
      await draft.write(chunk, size);
      size += chunk.length;
    }
    await draft.commit(size, true);
    return size;
  } catch (error) {
    await draft.discard();
    throw error;
  }
}

const TEMPORARY = /^\..+\.[0-9a-f-]{36}\.lading-part$/;

/** True for the name of a `Draft`'s temporary file. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

function temporaryBeside(path: string): string {
  // The name is shortened, because the longest name that the file system allows leaves no room for more.
  return join(dirname(path), `.${basename(path).slice(0, 48)}.${randomUUID()}.lading-part`);
}

/** Writes to an existing device or named pipe. */
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

/** Writes a whole chunk at an offset, on the calling thread. */
export function writeAt(fd: number, chunk: Uint8Array, offset: number): void {
  for (let done = 0; done < chunk.length;) done += writeSync(fd, chunk, done, chunk.length - done, offset + done);
}

/** Yields the bytes as a single chunk. */
export async function* once(bytes: Uint8Array): Bytes {
  yield bytes;
}
