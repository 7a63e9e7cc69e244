import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { LadingError } from '../core/errors.ts';
import type { Bytes, UploadIdentity } from '../core/ports.ts';
import { inOrder } from './parallel.ts';
import { bareEtag, endedBy, isChanged, isPassing, orDeadline, pinned, sourceChanged } from './s3-client.ts';
import type { S3Access } from './s3-client.ts';

/** AWS advises 8 to 16 MiB for ranged reads; the least of it bounds the memory. */
const RANGE_BYTES = 8 * 2 ** 20;

const IN_FLIGHT = 4;

/** Each range has its own tries, on top of the SDK's: that one does not see a body that breaks off. */
const TRIES = 5;
const FIRST_PAUSE_MS = 100;

/**
 * Bytes `[start, end)` of an upload, as ranged reads of which a few are under way ahead of the reader, into buffers that
 * are used again. Throws `source-changed` when the upload is not the one that `upload` names any more.
 */
export async function* readRanges(access: S3Access, upload: UploadIdentity, start: number, end: number): Bytes {
  const abandon = new AbortController();
  const signal = AbortSignal.any([abandon.signal, ...(access.signal === undefined ? [] : [access.signal])]);
  const count = Math.ceil((end - start) / RANGE_BYTES);
  const buffers = Array.from(
    { length: Math.min(count, IN_FLIGHT) },
    () => new Uint8Array(Math.min(RANGE_BYTES, end - start)),
  );
  const read = async (index: number): Promise<Uint8Array> => {
    const from = start + index * RANGE_BYTES;
    const buffer = buffers[index % IN_FLIGHT]?.subarray(0, end - from) ?? new Uint8Array();
    await fill(buffer, from, { ...access, signal }, upload);
    return buffer;
  };
  try {
    yield* inOrder(count, IN_FLIGHT, read);
  } catch (error) {
    throw orDeadline(error, upload.key, access.signal);
  } finally {
    abandon.abort();
  }
}

/** Reads until `buffer` is full; a try goes on where the last one broke off. */
async function fill(buffer: Uint8Array, from: number, access: S3Access, upload: UploadIdentity): Promise<void> {
  let filled = 0;
  for (let tried = 1; filled < buffer.length; tried += 1) {
    try {
      for await (const chunk of getRange(from + filled, from + buffer.length, access, upload)) {
        if (chunk.length > buffer.length - filled) throw sourceChanged(upload.key);
        buffer.set(chunk, filled);
        filled += chunk.length;
      }
      if (filled < buffer.length && tried === TRIES) throw sourceChanged(upload.key);
    } catch (error) {
      if (error instanceof LadingError) throw error;
      if (isChanged(error)) throw sourceChanged(upload.key, error);
      if (access.signal?.aborted === true || tried === TRIES || !isPassing(error)) throw error;
      await delay(FIRST_PAUSE_MS * 2 ** (tried - 1), undefined, { signal: access.signal });
    }
  }
}

async function* getRange(start: number, end: number, access: S3Access, upload: UploadIdentity): Bytes {
  const { client, owner, signal } = access;
  const { bucket: Bucket, key: Key } = upload;
  const Range = `bytes=${start}-${end - 1}`;
  const request = new GetObjectCommand({ Bucket, Key, Range, ...pinned(upload), ExpectedBucketOwner: owner });
  const { Body: body, ETag: etag } = await client.send(request, endedBy(signal));
  // Not every S3-compatible store obeys If-Match.
  if (etag !== undefined && bareEtag(etag) !== upload.etag) throw sourceChanged(upload.key);
  yield* body as AsyncIterable<Uint8Array>;
}
