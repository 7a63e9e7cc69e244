import { fileURLToPath } from 'node:url';
import type { Bytes } from '../core/model/ports.ts';
import { writeWhole } from '../node/files.ts';

/** The place for an image archive: the path of a file, or a stream. */
export type ImageTarget = string | URL | WritableStream<Uint8Array>;

/** The path of a target; `-` for a stream, as in the manifests of the command line. */
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

/** Tells a stream that no image comes, so that its reader does not wait for one. Nothing is known to a file. */
export async function abandon(target: ImageTarget, reason: unknown): Promise<void> {
  if (target instanceof WritableStream) await target.abort(reason).catch(() => undefined);
}
