import { constants, fstat as fstatCallback } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readlink, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { stream } from '../core/convert/execute.ts';
import { LIMITS } from '../core/limits.ts';
import { LadingError } from '../core/model/errors.ts';
import { joinedSource } from '../core/model/joined-source.ts';
import type { Plan } from '../core/model/plan.ts';
import type { Bytes, Source, Tools } from '../core/model/ports.ts';
import {
  type AssembleOptions,
  objectsOf,
  type Results,
  type UploadIdentity,
  type UploadNotice,
  type Uploads,
} from '../core/service/stores.ts';
import { etagOf, once, readRange, replaceWhole } from './files.ts';

const fstat = promisify(fstatCallback);

/**
 * Reads uploads from a folder, which is used in place of a bucket. Each file is an object, and its path in the folder
 * is the key.
 */
export class FolderUploads implements Uploads {
  readonly bucket: string;
  readonly #folder: string;
  readonly #signal: AbortSignal | undefined;

  constructor(folder: string, signal?: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
    this.bucket = basename(folder);
  }

  async find(notice: UploadNotice): Promise<{ identity: UploadIdentity; metadata: Record<string, string> } | null> {
    const file = await this.#open(notice.key);
    if (file === null) return null;
    try {
      const stats = await fstat(file.fd, { bigint: true });
      const etag = etagOf(stats);
      if (notice.etag !== null && notice.etag !== etag) return null;
      const { bucket, key, sequencer } = notice;
      return { identity: { bucket, key, versionId: null, etag, size: Number(stats.size), sequencer }, metadata: {} };
    } finally {
      await file.close();
    }
  }

  source(identity: UploadIdentity): Source {
    const sources = objectsOf(identity).map((file) => {
      const { size } = file;
      return { size, source: { open: (start = 0, end = size) => this.#range(file, start, end) } };
    });
    return joinedSource(sources);
  }

  async small(_bucket: string, key: string, maxBytes: number): Promise<Uint8Array | null> {
    const file = await this.#open(key);
    if (file === null) return null;
    try {
      const bytes = await readUpTo(file, maxBytes);
      if (bytes !== null) return bytes;
      throw new LadingError('too-large', `Cannot read ${key}: it is larger than ${maxBytes} bytes`);
    } finally {
      await file.close();
    }
  }

  async *#range(identity: UploadIdentity, start: number, end: number): Bytes {
    const file = await this.#open(identity.key);
    if (file === null) throw changed(identity);
    try {
      await assertSame(file, identity);
      yield* readRange(file.fd, start, Math.min(end, identity.size), this.#signal);
      await assertSame(file, identity);
    } finally {
      await file.close();
    }
  }

  async #open(key: string): Promise<FileHandle | null> {
    const path = pathOf(this.#folder, key);
    return path === null ? null : await openInside(this.#folder, path);
  }
}

/**
 * Stores the results that Lading writes for uploads, as files in a folder. The key of a result is the path of its file.
 * A file appears completely or not at all.
 */
export class FolderResults implements Results {
  readonly #folder: string;
  readonly #uploads: Uploads;
  readonly #tools: Tools;
  readonly #signal: AbortSignal | undefined;

  constructor(folder: string, uploads: Uploads, tools: Tools, signal?: AbortSignal) {
    this.#folder = folder;
    this.#uploads = uploads;
    this.#tools = tools;
    this.#signal = signal;
  }

  async get(key: string): Promise<{ bytes: Uint8Array; etag: string } | null> {
    return await this.#read(key, async (file) => {
      const bytes = await readUpTo(file, LIMITS.inspectionBytes);
      return { bytes: bytes ?? new Uint8Array(), etag: await etagNow(file) };
    });
  }

  /**
   * Finds a file in the folder of results without reading it: its ETag and its size in bytes; null when there is none.
   * `origin`, the upload from which it was made, is always null, because a file has no metadata to tell it.
   */
  async stat(key: string): Promise<{ etag: string; size: number; origin: null } | null> {
    return await this.#read(key, async (file) => {
      return { etag: await etagNow(file), size: (await file.stat()).size, origin: null };
    });
  }

  /**
   * Writes a result and returns true, if its file has the ETag `expected`, or if no file is there and `expected` is
   * null. Otherwise returns false. Only one process may use a folder: two could both find the expected ETag, and then
   * both write.
   */
  async put(key: string, bytes: Uint8Array, _contentType: string, expected: string | null): Promise<boolean> {
    const place = await this.#place(key);
    if ((await this.#etag(key)) !== expected) return false;
    await replaceWhole(place, once(bytes), this.#signal);
    return true;
  }

  async remove(key: string, expected: string): Promise<boolean> {
    if ((await this.#etag(key)) !== expected) return false;
    await rm(await this.#place(key));
    return true;
  }

  uri(key: string): string {
    return join(this.#folder, key);
  }

  async assemble(
    key: string,
    plan: Plan,
    upload: UploadIdentity,
    { ready }: AssembleOptions,
  ): Promise<{ bytesSent: number } | null> {
    const place = await this.#place(key);
    const image = stream(plan, this.#uploads.source(upload), this.#tools);
    const isExpected = async (expected: string | null): Promise<boolean> => (await this.#etag(key)) === expected;
    try {
      return { bytesSent: await replaceWhole(place, ifReady(image, ready, isExpected), this.#signal) };
    } catch (error) {
      if (error === DROPPED) return null;
      throw error;
    }
  }

  async #read<T>(key: string, reading: (file: FileHandle) => Promise<T>): Promise<T | null> {
    const path = pathOf(this.#folder, key);
    const file = path === null ? null : await openInside(this.#folder, path);
    try {
      return file === null ? null : await reading(file);
    } finally {
      await file?.close();
    }
  }

  async #etag(key: string): Promise<string | null> {
    return await this.#read(key, etagNow);
  }

  /**
   * Makes the folders for the file of a result, and returns the path of the file. Throws a LadingError `output-failed`
   * when the folder cannot hold a file for this key.
   */
  async #place(key: string): Promise<string> {
    const path = await placeIn(this.#folder, key);
    if (path !== null) return path;
    throw new LadingError('output-failed', `Cannot write the result ${key}: the key is no path below the folder`);
  }
}

const DROPPED = new Error('the image archive may not appear');

/**
 * Yields all bytes of an image archive, then asks `ready` if the archive may become visible. If not, or if the file
 * that it replaces is not the expected one, throws `DROPPED`, and no image archive appears.
 */
async function* ifReady(
  bytes: Bytes,
  ready: AssembleOptions['ready'],
  isExpected: (expected: string | null) => Promise<boolean>,
): Bytes {
  yield* bytes;
  const place = await ready();
  if (place === null || !(await isExpected(place.expected))) throw DROPPED;
}

/** The path in `folder` of the file with a key; null when no file in the folder can have this key. */
function pathOf(folder: string, key: string): string | null {
  const names = key.split('/');
  const legal = names.every(
    (name) => name !== '' && name !== '.' && name !== '..' && !name.includes('\0') && !name.includes(sep),
  );
  return legal ? join(folder, ...names) : null;
}

/**
 * Makes the folders for the file of a key, and returns the path of the file. Null when the path would be outside the
 * folder. Also null when something that is not a file is there, or when something that is not a folder is on the way.
 */
export async function placeIn(folder: string, key: string): Promise<string | null> {
  const path = pathOf(folder, key);
  if (path === null || !(await makeFoldersInside(folder, dirname(path)))) return null;
  const there = await lstat(path).catch(() => null);
  return (there?.isFile() ?? true) ? path : null;
}

/**
 * Makes all folders on the way to `path`, from the outermost to the innermost. It checks each folder before it makes
 * the next, because a symbolic link could lead out of `folder`. Returns false when one of the folders is outside
 * `folder`, or when its name belongs to something that is not a folder.
 */
async function makeFoldersInside(folder: string, path: string): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  let at = folder;
  for (const name of relative(folder, path).split(sep)) {
    if (name === '') continue; // the folder itself
    at = join(at, name);
    try {
      await mkdir(at);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      if (!(await stat(at).catch(() => null))?.isDirectory() || !(await isInside(folder, at))) return false;
    }
  }
  return true;
}

/**
 * Opens a regular file in the folder for reading. Null when there is no regular file at the path, or when a symbolic
 * link leads out of the folder.
 */
async function openInside(folder: string, path: string): Promise<FileHandle | null> {
  try {
    // Check the kind of file before opening it: to open a device can do something.
    if (!(await lstat(path)).isFile() || !(await isInside(folder, path))) return null;
    // Since that check anything on the path may have been replaced. These flags refuse a link, and do not wait for the
    // writer of a named pipe.
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if ((await file.stat()).isFile() && (await isOpenInside(folder, file))) return file;
    await file.close();
    return null;
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && ABSENT.has(error.code);
    if (absent) return null;
    throw error;
  }
}

const ABSENT: ReadonlySet<unknown> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENAMETOOLONG',
  'EILSEQ',
  'ELOOP',
  'ENXIO',
  'ENODEV',
]);

/**
 * True when an open file is inside the folder. It is checked after opening, because a folder on the path may have been
 * replaced by a symbolic link just before. The check is possible only on Linux; on other systems the result is always
 * true.
 */
async function isOpenInside(folder: string, file: FileHandle): Promise<boolean> {
  const path = await readlink(`/proc/self/fd/${file.fd}`).catch(() => null);
  return path === null || isBelow(await realpath(folder), path);
}

/**
 * Reads a whole file, and returns its bytes. Null when it has more than `most` bytes, or grows beyond them meanwhile.
 */
async function readUpTo(file: FileHandle, most: number): Promise<Uint8Array | null> {
  const { size } = await file.stat();
  if (size > most) return null;
  const bytes = Buffer.alloc(size + 1);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes.length; length += read)
    read = (await file.read(bytes, length, bytes.length - length, length)).bytesRead;
  return length > most ? null : bytes.subarray(0, length);
}

async function isInside(folder: string, path: string): Promise<boolean> {
  return isBelow(await realpath(folder), await realpath(path));
}

function isBelow(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

async function assertSame(file: FileHandle, identity: UploadIdentity): Promise<void> {
  if ((await etagNow(file)) !== identity.etag) throw changed(identity);
}

async function etagNow(file: FileHandle): Promise<string> {
  return etagOf(await fstat(file.fd, { bigint: true }));
}

function changed(identity: UploadIdentity): LadingError {
  return new LadingError(
    'source-changed',
    `Cannot read ${identity.key}: it was replaced or changed since it was found`,
  );
}
