import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { both } from '../core/catalogue/bilingual.ts';
import type { Bytes } from '../core/model/ports.ts';
import { writeWhole } from '../node/files.ts';
import type { ArchiveSource } from './archive.ts';
import { OptionError } from './options.ts';
import { asOutput, outputFailed } from './output-error.ts';

/** Where an image archive is written: the path of a file, or a stream. */
export type ImageTarget = string | URL | WritableStream<Uint8Array>;

/**
 * The path of the file that the image archive is written to; `-` for a stream, as the command line calls standard
 * output.
 */
export function targetName(target: ImageTarget): string {
  return target instanceof WritableStream ? '-' : pathOf(target);
}

function pathOf(file: string | URL): string {
  return file instanceof URL ? fileURLToPath(file) : file;
}

/**
 * Checks, before the archive is read, where the image archive is to be written. Throws an `OptionError` when `target`
 * is the file that `source` is read from, even under another name. Throws a `LadingError` with the code `output-failed`
 * when `target` is a folder, or when its folder is missing. A stream is not checked.
 */
export async function refuseBadTarget(source: ArchiveSource, target: ImageTarget): Promise<void> {
  if (target instanceof WritableStream) return;
  const path = pathOf(target);
  const there = await stat(path, { bigint: true }).catch(() => null);
  if (there === null) await asOutput(path, stat(dirname(path)));
  else if (there.isDirectory()) throw outputFailed(path, Object.assign(new Error(), { code: 'EISDIR' }));
  else if (typeof source === 'string' || source instanceof URL) {
    const read = await stat(pathOf(source), { bigint: true }).catch(() => null);
    if (read?.dev === there.dev && read.ino === there.ino)
      throw new OptionError(
        both(
          `Cannot write to ${path}: the archive is read from that file.`,
          `无法写到 ${path}：归档就从这个文件读取。`,
        ),
        both('Give another path for the image archive.', '请为镜像归档指定另一个路径。'),
      );
  }
}

/**
 * Writes an image archive to a file or a stream. A file appears completely or not at all. A stream is closed after the
 * last byte. Throws a `LadingError` with the code `output-failed` when a file cannot be written, the stream's error
 * when a stream fails, and the reason of `signal` when that aborts.
 */
export async function writeTo(target: ImageTarget, bytes: Bytes, signal?: AbortSignal): Promise<void> {
  if (!(target instanceof WritableStream)) {
    const path = pathOf(target);
    await asOutput(path, writeWhole(path, bytes, signal));
    return;
  }
  const writer = target.getWriter();
  try {
    for await (const chunk of bytes) {
      signal?.throwIfAborted();
      await writer.ready;
      // The chunk's buffer is reused, and the stream may hand it on without a copy.
      await writer.write(chunk.slice());
    }
    await writer.close();
  } finally {
    writer.releaseLock();
  }
}

/**
 * Aborts the target stream when no image archive will be written, so that the reader of the stream does not wait for
 * data. `reason` is the error that the stream gets. Does nothing if `target` is a file.
 */
export async function abandon(target: ImageTarget, reason: unknown): Promise<void> {
  if (target instanceof WritableStream) await target.abort(reason).catch(() => undefined);
}
