import { both } from '../lambda/core/bilingual.ts';
import { randomUUID } from 'node:crypto';
import { createReadStream, fstat as fstatCallback } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { open, readFile, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Readable } from 'node:stream';
import { LadingError } from '../lambda/core/errors.ts';
import type { ArchiveManifest } from '../lambda/core/manifest.ts';
import type { Bytes, Source } from '../lambda/core/ports.ts';
import { CHUNK_BYTES, etagOf, readRange } from '../local/files.ts';
import { FileError, UsageError, reasonOf } from './exit.ts';
import type { Io } from './io.ts';
import { isS3, openS3 } from './s3.ts';

const fstat = promisify(fstatCallback);

/** What is to be inspected or converted. */
export interface Input {
  /** As typed; `-` is standard input. */
  name: string;
  /** Bytes as stored; null for a pipe. */
  size: number | null;
  /** Where it is, for the archive manifest. */
  place: Place;
  /** The open file, and where the input begins in it; null for a pipe. */
  file: { fd: number; start: number } | null;
  /** The one pass over everything. */
  read(): Bytes;
  /** The same bytes once more, after `read` came to its end. */
  again: Source;
  /** Throws `source-changed` when the file is no longer the one that was opened. */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/** What the archive manifest says of where an archive is; a file is in no bucket. */
type Place = Pick<ArchiveManifest['source'], 'bucket' | 'key' | 'versionId' | 'etag'>;

/** Opens a file, standard input or an object in S3. A pipe is kept in an unlinked temporary file as it is read when it is needed `again`. */
export async function openInput(name: string, needed: 'once' | 'again', io: Io): Promise<Input> {
  if (isS3(name)) return await openS3(name, io);
  if (name === '-') {
    if (io.stdin.isTTY === true) {
      throw new UsageError(
        both('Cannot read an archive from a terminal.', '无法从终端读取归档。'),
        both(
          'Name a file, or pipe one in: docker export NAME | lading …',
          '请给出文件名，或通过管道传入：docker export NAME | lading …',
        ),
      );
    }
    const stats = io.stdin.fd === undefined ? null : await fstat(io.stdin.fd, { bigint: true });
    if (stats?.isFile() !== true || io.stdin.fd === undefined) return pipeInput(name, io.stdin, needed, io);
    return fileInput(name, io.stdin.fd, await positionOf(io.stdin.fd), stats, null, io);
  }
  try {
    // Before opening: opening a named pipe waits for its writer.
    if (!(await stat(name)).isFile()) return await namedInput(name, needed, io);
    const handle = await open(name, 'r');
    return fileInput(name, handle.fd, 0, await fstat(handle.fd, { bigint: true }), handle, io);
  } catch (error) {
    throw error instanceof FileError ? error : new FileError('read', name, error);
  }
}

async function namedInput(name: string, needed: 'once' | 'again', io: Io): Promise<Input> {
  if ((await stat(name)).isDirectory())
    throw new FileError('read', name, Object.assign(new Error(), { code: 'EISDIR' }));
  return pipeInput(name, createReadStream(name, { highWaterMark: CHUNK_BYTES }), needed, io);
}

function fileInput(
  name: string,
  fd: number,
  base: number,
  stats: BigIntStats,
  handle: FileHandle | null,
  io: Io,
): Input {
  const size = Number(stats.size) - base;
  const range = (start = 0, end = size) => named(name, readRange(fd, base + start, base + end, io.signal));
  return {
    name,
    size,
    place: placeOf(name),
    file: { fd, start: base },
    read: range,
    again: { open: range },
    async assertUnchanged() {
      if (etagOf(await fstat(fd, { bigint: true })) === etagOf(stats)) return;
      throw new LadingError(
        'source-changed',
        `Cannot read ${name}: it was changed while it was read. Try again when it is complete.`,
      );
    },
    close: async () => await handle?.close(),
  };
}

function pipeInput(name: string, stream: Readable, needed: 'once' | 'again', io: Io): Input {
  let spool: FileHandle | null = null;
  async function* read(): Bytes {
    if (needed === 'again') spool = await openSpool(io);
    for await (const chunk of named(name, gather(stream, io.signal))) {
      // The copy is written while the reader works on the same bytes.
      const kept = spool === null ? null : keep(spool, chunk, io);
      kept?.catch(() => undefined);
      yield chunk;
      await kept;
    }
  }
  return {
    name,
    size: null,
    place: placeOf(name),
    file: null,
    read,
    again: {
      async *open(start = 0, end = Number.MAX_SAFE_INTEGER) {
        if (spool === null)
          throw new LadingError('spool-failed', `Cannot read ${name} a second time: no copy was kept.`);
        yield* readRange(spool.fd, start, end, io.signal);
      },
    },
    assertUnchanged: async () => undefined,
    async close() {
      stream.destroy();
      await spool?.close();
    },
  };
}

function placeOf(key: string): Place {
  return { bucket: null, key, versionId: null, etag: null };
}

/** Small chunks of a pipe gathered into one buffer, that is used again. */
async function* gather(stream: Readable, signal: AbortSignal): Bytes {
  const interrupt = () => stream.destroy(signal.reason as Error);
  signal.addEventListener('abort', interrupt, { once: true });
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      for (let done = 0; done < chunk.length;) {
        const copied = chunk.copy(buffer, length, done);
        done += copied;
        length += copied;
        if (length < CHUNK_BYTES) continue;
        yield buffer;
        length = 0;
      }
    }
    signal.throwIfAborted();
    if (length > 0) yield buffer.subarray(0, length);
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

/** The folder for the copy of a pipe: `$TMPDIR`, or the system's. */
export function spoolFolder(env: Io['env']): string {
  const chosen = env['TMPDIR'] ?? '';
  return chosen === '' ? tmpdir() : chosen;
}

async function openSpool(io: Io): Promise<FileHandle> {
  const path = join(spoolFolder(io.env), `lading-${randomUUID()}`);
  try {
    const handle = await open(path, 'wx+', 0o600);
    // Without a name it is gone with the process, however that ends.
    await unlink(path);
    return handle;
  } catch (error) {
    throw spoolFailed(io, error);
  }
}

async function keep(spool: FileHandle, chunk: Uint8Array, io: Io): Promise<void> {
  try {
    for (let done = 0; done < chunk.length;) done += (await spool.write(chunk, done)).bytesWritten;
  } catch (error) {
    throw spoolFailed(io, error);
  }
}

function spoolFailed(io: Io, cause: unknown): LadingError {
  const message = `Cannot keep the copy of standard input in ${spoolFolder(io.env)}: ${reasonOf(cause).en}. Set TMPDIR to a folder with more room, or convert a file.`;
  return new LadingError('spool-failed', message, { cause });
}

async function* named(name: string, bytes: Bytes): Bytes {
  try {
    yield* bytes;
  } catch (error) {
    throw isSystemError(error) ? new FileError('read', name, error) : error;
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Where standard input stands: a shell script may have read the beginning of the file. Known on Linux only. */
async function positionOf(fd: number): Promise<number> {
  const info = await readFile(`/proc/self/fdinfo/${fd}`, 'utf8').catch(() => '');
  return Number(/^pos:\s*(\d+)$/m.exec(info)?.[1] ?? 0);
}
