import { randomUUID } from 'node:crypto';
import { readSync, writeSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Bytes } from '../lambda/core/ports.ts';

/** One read: 64 KiB chunks cost every reader of an archive 10 to 30 %. */
export const CHUNK_BYTES = 1024 * 1024;

/** How many chunks are read before signals and timers have their turn. */
const CHUNKS_A_TURN = 16;

/**
 * The bytes `[start, end)` of an open file, by position, in one buffer that is used again. Ends early when the file does;
 * throws what the operating system says, or the signal's reason. Reads on the calling thread: what is hashed on another one
 * leaves it the time, and each hand-over to a pool would cost as much as the read itself (docs/decisions/0041).
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

/** What changes when a file is replaced or written to: size, time of modification and inode. */
export function etagOf(stats: BigIntStats): string {
  return [stats.size, stats.mtimeNs, stats.ino].map((each) => each.toString(16)).join('-');
}

/**
 * A file that appears as a whole or not at all: it is written beside its place under another name, at any offset in any
 * order, and then renamed. One of `commit` and `discard` has to end it.
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

  /** Null when there is something that is no regular file (a device, a named pipe): a rename would replace it. */
  static async begin(path: string): Promise<Draft | null> {
    const there = await stat(path).catch(() => null);
    if (there !== null && !there.isFile()) return null;
    return await Draft.#of(there === null ? path : await realpath(path));
  }

  static async #of(target: string): Promise<Draft> {
    const temporary = temporaryBeside(target);
    return new Draft(target, temporary, await open(temporary, 'wx+'));
  }

  /** For whoever reads what was written so far. */
  get fd(): number {
    return this.#file.fd;
  }

  /** Another one for the same place. */
  again(): Promise<Draft> {
    return Draft.#of(this.#target);
  }

  /** Writes on the calling thread, for the same reason as `readRange` reads there. */
  async write(chunk: Uint8Array, offset: number): Promise<void> {
    writeAt(this.#file.fd, chunk, offset);
  }

  /** Makes the first `size` bytes the file; with `durable` they outlive a power failure. */
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
 * Writes a file as a whole or not at all, flushed to the disk. What is no regular file is written to directly. Returns the
 * number of bytes.
 */
export async function writeWhole(path: string, bytes: Bytes, signal?: AbortSignal): Promise<number> {
  const draft = await Draft.begin(path);
  if (draft === null) return await writeThrough(path, bytes, signal);
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

/** True for the name of an output that is still being written. */
export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name);
}

function temporaryBeside(path: string): string {
  // Shortened, so that a name that just fits the file system still does.
  return join(dirname(path), `.${basename(path).slice(0, 48)}.${randomUUID()}.lading-part`);
}

/** Writes to what is there already: a device, a named pipe. */
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

/** Writes all of a chunk, on the calling thread. */
export function writeAt(fd: number, chunk: Uint8Array, offset: number): void {
  for (let done = 0; done < chunk.length;) done += writeSync(fd, chunk, done, chunk.length - done, offset + done);
}

/** Some bytes as a stream of one chunk. */
export async function* once(bytes: Uint8Array): Bytes {
  yield bytes;
}
