import { stream } from '../../core/convert/execute.ts';
import { LIMITS } from '../../core/limits.ts';
import { isRecoded, type Plan } from '../../core/model/plan.ts';
import type { Bytes, Source, Tools } from '../../core/model/ports.ts';

/** The error for a file with more bytes than the page collects in memory (`LIMITS.collectedBytes`). */
export class TooLarge extends Error {}

/**
 * The image archive that a plan describes, as a blob. The blob is made of new bytes and of ranges of `upload`, the
 * opened archive, without copying these. Null when some bytes must be decompressed, compressed or rewritten first.
 */
export function slicedImage(plan: Plan, upload: Blob): Blob | null {
  if (isRecoded(plan)) return null;
  const parts = plan.parts.map((part) =>
    part.kind === 'range' ? upload.slice(part.start, part.end) : part.kind === 'bytes' ? plain(part.bytes) : '',
  );
  return new Blob(parts, { type: 'application/x-tar' });
}

/**
 * Writes the image archive that a plan describes to the file `target` on disk. `target` gets its new content only when
 * all of it was written; after an error, which is thrown, it is as before. `onProgress` is called with the number of
 * bytes that were written so far.
 */
export async function writeImage(
  plan: Plan,
  source: Source,
  tools: Tools,
  target: FileSystemFileHandle,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const file = await target.createWritable();
  try {
    let written = 0;
    for await (const chunk of stream(plan, source, tools)) {
      await file.write(plain(chunk));
      onProgress((written += chunk.length));
    }
    await file.close();
  } catch (error) {
    await file.abort().catch(() => {});
    throw error;
  }
}

/**
 * Writes the image archive that a plan describes to a private file of the browser, and returns that file. `onProgress`
 * is called with the number of bytes so far. A page that was opened from disk, for example, has no private files. Then
 * the image archive is collected in memory; more than `LIMITS.collectedBytes` cause the error `TooLarge`.
 */
export async function keptImage(
  plan: Plan,
  source: Source,
  tools: Tools,
  onProgress: (bytes: number) => void,
): Promise<Blob> {
  const handle = await privateFile();
  if (handle === null) return await collected(stream(plan, source, tools), plan.size, onProgress);
  await writeImage(plan, source, tools, handle, onProgress);
  return await handle.getFile();
}

/**
 * The name of the private file of the browser to which an image archive is written. The next image archive replaces its
 * content.
 */
const PRIVATE_NAME = 'image.tar';

async function privateFile(): Promise<FileSystemFileHandle | null> {
  try {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle(PRIVATE_NAME, { create: true });
    // Older browsers have private files that cannot be written this way.
    return 'createWritable' in handle ? handle : null;
  } catch {
    return null;
  }
}

/**
 * Collects bytes in memory, and returns them as a blob. Throws `TooLarge` when `size`, the expected number of bytes, is
 * beyond `LIMITS.collectedBytes`. `onProgress` is called with the number of bytes so far.
 */
export async function collected(
  bytes: Bytes,
  size: number,
  onProgress: (bytes: number) => void = () => {},
): Promise<Blob> {
  if (size > LIMITS.collectedBytes) throw new TooLarge();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let seen = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk.slice());
    onProgress((seen += chunk.length));
  }
  return new Blob(chunks, { type: 'application/octet-stream' });
}

/** Returns the same bytes, typed as unshared memory, as blobs need it. No part of the page uses shared memory. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
