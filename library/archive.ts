import { constants, fstat as fstatCallback } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { LadingError } from '../core/model/errors.ts';
import type { Bytes, Source } from '../core/model/ports.ts';
import { etagOf, readRange } from '../node/files.ts';
import { openSpool } from '../node/spool.ts';

const fstat = promisify(fstatCallback);

/**
 * An archive to read: the path of a file, bytes in memory, a `Blob` or `File`, or a stream. A stream that must be read
 * twice is copied to a temporary file.
 */
export type ArchiveSource = string | URL | Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** An opened archive. Whoever opens it must close it with `close`. */
export interface Archive {
  /** The path of the archive, or the name of the `File`; null when it has none. */
  name: string | null;
  /** The size of the archive in bytes; null for a stream. */
  size: number | null;
  /**
   * Yields all bytes of the archive from its beginning. Must be called at most once, because a stream gives its bytes
   * only once.
   */
  read(): Bytes;
  /**
   * Yields the bytes of any range of the archive. For a stream, this is possible only after `read` has ended, and only
   * if the stream is copied. If it is not copied, a TypeError is thrown.
   */
  again: Source;
  /**
   * Throws a LadingError with the code `source-changed` when the archive is a file that was changed since it was
   * opened.
   */
  assertUnchanged(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens an archive. With `twice`, a stream is copied while it is read, so that it can be read again. When `signal`
 * aborts, reading a file or a stream throws its reason. Throws the system's error for a path that cannot be opened, and
 * a TypeError for a path that is no regular file.
 */
export async function openArchive(source: ArchiveSource, twice: boolean, signal?: AbortSignal): Promise<Archive> {
  if (typeof source === 'string') return await openFile(source, signal);
  if (source instanceof URL) return await openFile(fileURLToPath(source), signal);
  if (source instanceof Uint8Array) return inMemory(source);
  if (source instanceof Blob) return ofBlob(source);
  return await ofStream(source, twice, signal);
}

async function openFile(path: string, signal?: AbortSignal): Promise<Archive> {
  // Without waiting for the writer of a named pipe, which is then refused.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await fstat(file.fd, { bigint: true });
    if (!stats.isFile()) throw new TypeError(`Cannot read ${path}: it is no regular file. Pass a stream instead.`);
    const size = Number(stats.size);
    const range = (start = 0, end = size): Bytes => readRange(file.fd, start, end, signal);
    return {
      name: path,
      size,
      read: range,
      again: { open: range },
      async assertUnchanged() {
        if (etagOf(await fstat(file.fd, { bigint: true })) === etagOf(stats)) return;
        throw new LadingError('source-changed', `Cannot read ${path}: it was changed while it was read.`);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

function inMemory(bytes: Uint8Array): Archive {
  return steady(null, bytes.length, async function* (start, end) {
    yield bytes.subarray(start, end);
  });
}

function ofBlob(blob: Blob): Archive {
  // A `File` is a blob with a name.
  const name = 'name' in blob && typeof blob.name === 'string' ? blob.name : null;
  return steady(name, blob.size, (start, end) => blob.slice(start, end).stream());
}

/**
 * Makes an opened archive whose bytes cannot change, such as a `Blob`. `range` is a function that reads any range of
 * it. `size` is in bytes. `name` is null when the archive has none. Closing the archive does nothing.
 */
function steady(name: string | null, size: number, range: (start: number, end: number) => Bytes): Archive {
  const all = (start = 0, end = size): Bytes => range(start, end);
  return { name, size, read: all, again: { open: all }, assertUnchanged: nothing, close: nothing };
}

async function nothing(): Promise<void> {}

async function ofStream(stream: AsyncIterable<Uint8Array>, twice: boolean, signal?: AbortSignal): Promise<Archive> {
  const spool = twice ? await openSpool(tmpdir()) : null;
  let size = 0;
  return {
    name: null,
    size: null,
    async *read() {
      for await (const chunk of stream) {
        signal?.throwIfAborted();
        spool?.write(chunk, size);
        size += chunk.length;
        yield chunk;
      }
    },
    again: {
      open(start = 0, end = size) {
        if (spool === null) throw new TypeError('Cannot read a stream a second time: pass a file or a blob instead.');
        return readRange(spool.fd, start, end, signal);
      },
    },
    assertUnchanged: nothing,
    close: async () => await spool?.close(),
  };
}
