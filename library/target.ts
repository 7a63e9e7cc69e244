import { fileURLToPath } from 'node:url';
import type { Bytes } from '../core/model/ports.ts';
import { writeWhole } from '../node/files.ts';

/** The place for an image archive: the path of a file, or a stream. */
export type ImageTarget = string | URL | WritableStream<Uint8Array>;

/** The path of the file that the image archive is written to; `-` for a stream, as the command line calls it. */
export function targetName(target: ImageTarget): string {
  if (target instanceof WritableStream) return '-';
  return target instanceof URL ? fileURLToPath(target) : target;
}

/** Writes the image archive. A file appears completely or not at all. A stream is closed at the end. */
export async function writeTo(target: ImageTarget, bytes: Bytes, signal?: AbortSignal): Promise<void> {
  if (!(target instanceof WritableStream)) {
    await writeWhole(targetName(target), bytes, signal);
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

/** Aborts a target stream when no image archive comes, so that its reader does not wait. Does nothing for a file. */
export async function abandon(target: ImageTarget, reason: unknown): Promise<void> {
  if (target instanceof WritableStream) await target.abort(reason).catch(() => undefined);
}
