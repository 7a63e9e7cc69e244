import {
  type BigIntStats,
  closeSync,
  constants,
  createReadStream,
  existsSync,
  fstat as fstatCallback,
  open as openCallback,
  openSync,
  readFileSync,
  stat as statCallback,
  type Stats,
} from 'node:fs';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { keepHeapSmall } from '../heap.ts';
import { both } from '../../core/catalogue/bilingual.ts';
import { LadingError } from '../../core/model/errors.ts';
import type { Bytes } from '../../core/model/ports.ts';
import { CHUNK_BYTES, etagOf, readRange } from '../../node/files.ts';
import { FileError, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import type { Input, Place } from './input.ts';
import { isS3, openS3 } from './s3.ts';
import { type Copy, openSpool } from './spool.ts';

// To load node:fs/promises would take a millisecond longer.
const open = promisify(openCallback);
const stat = promisify(statCallback);
const fstat = promisify(fstatCallback);

/**
 * How often an input will be read. `once`: one time. `again`: several times, so the bytes of a pipe are copied to a
 * temporary file. A function: several times, too, but the function decides where the bytes of a pipe are copied to. The
 * function is called with the first bytes of the pipe, and returns the `Copy` to write to, or null for a temporary
 * file.
 */
export type Needed = 'once' | 'again' | ((head: Uint8Array) => Promise<Copy | null>);

/**
 * Opens the file, pipe or object in S3 that `name` names; `-` is standard input. If it is a pipe and will be read
 * again, it is copied while it is read. Throws a UsageError when standard input is a terminal, and for a wrong `s3://`
 * name. Throws a FileError when the file cannot be opened.
 */
export async function openInput(name: string, needed: Needed, io: Io): Promise<Input> {
  keepHeapSmall();
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
    if (stats?.isFile() !== true || io.stdin.fd === undefined)
      return pipeInput(name, standardInput(io.stdin, stats, io), needed, io);
    return fileInput(name, io.stdin.fd, positionOf(io.stdin.fd), stats, () => {}, io);
  }
  try {
    const stats = await stat(name);
    if (!stats.isFile()) return namedInput(name, stats, needed, io);
    const fd = await open(name, 'r');
    const close = () => closeSync(fd);
    return fileInput(name, fd, 0, await fstat(fd, { bigint: true }), close, io);
  } catch (error) {
    throw error instanceof FileError ? error : new FileError('read', name, error);
  }
}

function namedInput(name: string, stats: Stats, needed: Needed, io: Io): Input {
  if (stats.isDirectory()) throw new FileError('read', name, Object.assign(new Error(), { code: 'EISDIR' }));
  if (!stats.isFIFO())
    return pipeInput(name, streamed(createReadStream(name, { highWaterMark: CHUNK_BYTES }), io), needed, io);
  // An open that waits for a writer could not be interrupted. So the open returns at once, and the read waits.
  const fd = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  return pipeInput(name, piped(fd, io), needed, io);
}

/** A pipe, or another input that can be read only once. */
interface Pipe {
  read(): Bytes;
  close(): void;
}

function standardInput(stdin: Io['stdin'], stats: BigIntStats | null, io: Io): Pipe {
  const { fd } = stdin;
  const isPipe = stats !== null && (stats.isFIFO() || stats.isSocket());
  return isPipe && fd !== undefined ? piped(fd, io) : streamed(stdin, io);
}

// The reader of pipes is loaded only for a pipe, because it makes Node load its network code.

function piped(fd: number, { signal }: Io): Pipe {
  return {
    async *read() {
      yield* (await import('./pipe.ts')).readPipe(fd, signal);
    },
    close() {},
  };
}

function streamed(stream: Readable, { signal }: Io): Pipe {
  return {
    async *read() {
      yield* (await import('./pipe.ts')).gather(stream, signal);
    },
    close: () => stream.destroy(),
  };
}

function fileInput(name: string, fd: number, base: number, stats: BigIntStats, close: () => void, io: Io): Input {
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
    close: async () => close(),
  };
}

function pipeInput(name: string, pipe: Pipe, needed: Needed, io: Io): Input {
  let copy: Copy | null = null;
  let size = 0;
  async function* read(): Bytes {
    for await (const chunk of named(name, pipe.read())) {
      if (needed !== 'once') copy ??= (needed === 'again' ? null : await needed(chunk)) ?? (await openSpool(io));
      await copy?.write(chunk, size);
      size += chunk.length;
      yield chunk;
    }
  }
  return {
    name,
    size: null,
    place: placeOf(name),
    get file() {
      return copy;
    },
    read,
    again: {
      async *open(start = 0, end = size) {
        if (copy === null)
          throw new LadingError('spool-failed', `Cannot read ${name} a second time: no copy was kept.`);
        yield* readRange(copy.fd, copy.start + start, copy.start + end, io.signal);
      },
    },
    assertUnchanged: async () => undefined,
    async close() {
      pipe.close();
      await copy?.close();
    },
  };
}

function placeOf(key: string): Place {
  return { bucket: null, key, versionId: null, etag: null };
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

/**
 * The byte offset at which standard input begins when it is a file. It is not 0 when a shell script has already read a
 * part of the file. The offset can be found out only on Linux; on other systems the result is 0.
 */
function positionOf(fd: number): number {
  const info = `/proc/self/fdinfo/${fd}`;
  return existsSync(info) ? Number(/^pos:\s*(\d+)$/m.exec(readFileSync(info, 'utf8'))?.[1] ?? 0) : 0;
}
