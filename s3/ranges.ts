import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { LadingError } from '../core/model/errors.ts';
import type { Bytes } from '../core/model/ports.ts';
import type { UploadIdentity } from '../core/service/stores.ts';
import { bareEtag, endedBy, isChanged, isPassing, orDeadline, pinned, type S3Access, sourceChanged } from './client.ts';
import { inOrder } from './parallel.ts';
import { neverSent, refusedForGood } from './refusals.ts';

const MIB = 2 ** 20;

/**
 * The most ranges that are requested from S3 at the same time; fewer in a process with little memory. One connection
 * gives some 40 MB/s (docs/decisions/0046-s3.md compares other numbers).
 */
const WIDTH = 16;

/** The largest range to request from S3, in bytes. AWS advises 8 to 16 MiB, and 8 MiB needs the least memory. */
const LARGEST_RANGE_BYTES = 8 * MIB;
/** The smallest range to request from S3, in bytes. A smaller request hardly takes less time. */
const SMALLEST_RANGE_BYTES = MIB;

/**
 * The share of the process's memory that the buffers for ranged reads may take. With little memory, the ranges are
 * smaller, and fewer are read at the same time.
 */
const MEMORY_SHARE = 1 / 8;

/**
 * The default of `S3Access.patience`: the milliseconds without a byte after which a request is aborted and tried again.
 * S3 normally never pauses that long. The time is shorter than a Lambda invocation may take, so that the invocation can
 * try again.
 */
const PATIENCE_MS = 15_000;

/**
 * The number of attempts to read each range of an S3 object; after the last one, reading fails. The SDK does not retry
 * when the connection breaks within the body.
 */
const TRIES = 5;
/** The pause after the first failed attempt to read a range, in milliseconds. Each further pause is twice as long. */
const FIRST_PAUSE_MS = 100;

/**
 * Chooses how to read `length` bytes from S3 in a process with `memory` bytes of memory, which is infinite for no
 * limit. Returns `bytes`, the size of each range, and `width`, the number of ranges to request at the same time.
 */
function rangesFor(length: number, memory: number): { bytes: number; width: number } {
  const most = Math.max(SMALLEST_RANGE_BYTES, Math.min(LARGEST_RANGE_BYTES, (memory * MEMORY_SHARE) / WIDTH));
  const bytes = Math.floor(Math.min(most, Math.max(SMALLEST_RANGE_BYTES, length / WIDTH)));
  return { bytes, width: Math.min(WIDTH, Math.max(1, Math.floor((memory * MEMORY_SHARE) / bytes))) };
}

/**
 * Reads the bytes of an upload from `start` up to and without `end`. It requests several ranges from S3 at the same
 * time, and yields them in order in buffers that are reused. Throws `source-changed` if the object is not the same any
 * more, and `deadline` if the signal aborts.
 */
export async function* readRanges(access: S3Access, upload: UploadIdentity, start: number, end: number): Bytes {
  const abandon = new AbortController();
  const signal = AbortSignal.any([abandon.signal, ...(access.signal === undefined ? [] : [access.signal])]);
  const { bytes, width } = rangesFor(end - start, access.memory ?? Infinity);
  const count = Math.ceil((end - start) / bytes);
  const buffers = Array.from({ length: Math.min(count, width) }, () => new Uint8Array(Math.min(bytes, end - start)));
  const read = async (index: number): Promise<Uint8Array> => {
    const from = start + index * bytes;
    const buffer = buffers[index % width]?.subarray(0, end - from) ?? new Uint8Array();
    await fill(buffer, from, { ...access, signal }, upload);
    return buffer;
  };
  try {
    yield* inOrder(count, width, read);
  } catch (error) {
    throw orDeadline(error, upload.key, access.signal);
  } finally {
    abandon.abort();
  }
}

/**
 * Fills `buffer` with the bytes of an upload from offset `from` on. If a request breaks off, the next one continues
 * where it ended. Throws an error if bytes are missing after `TRIES` requests, or at once when S3 refuses to give the
 * object.
 */
async function fill(buffer: Uint8Array, from: number, access: S3Access, upload: UploadIdentity): Promise<void> {
  let filled = 0;
  for (let tried = 1; filled < buffer.length; tried += 1) {
    try {
      await getRange(from + filled, from + buffer.length, access, upload, (chunk) => {
        if (chunk.length > buffer.length - filled) throw sourceChanged(upload.key);
        buffer.set(chunk, filled);
        filled += chunk.length;
      });
      if (filled < buffer.length && tried === TRIES) throw await changedOrNeverSent(access, upload);
    } catch (error) {
      if (error instanceof LadingError) throw error;
      if (isChanged(error)) throw await changedOrNeverSent(access, upload, error);
      const refusal = refusedForGood(error, access.ownKey);
      if (refusal !== null) throw refusal;
      if (access.signal?.aborted === true || tried === TRIES || !isPassing(error)) throw error;
      await delay(FIRST_PAUSE_MS * 2 ** (tried - 1), undefined, { signal: access.signal });
    }
  }
}

/**
 * Returns the error for an upload of which S3 has not sent all requested bytes. Sends a HEAD request to find out the
 * reason. If the upload was replaced or deleted, the error is `source-changed`. If it is unchanged, the error is
 * `bad-archive`, and says that S3 does not send all bytes of the object.
 */
async function changedOrNeverSent(access: S3Access, upload: UploadIdentity, cause?: unknown): Promise<LadingError> {
  const { client, owner, signal } = access;
  const { bucket: Bucket, key: Key, size } = upload;
  const command = new HeadObjectCommand({ Bucket, Key, ...pinned(upload), ExpectedBucketOwner: owner });
  try {
    const { ETag, ContentLength } = await client.send(command, endedBy(signal));
    if (bareEtag(ETag) === upload.etag && ContentLength === size) return neverSent();
  } catch (error) {
    if (!isChanged(error)) throw error;
  }
  return sourceChanged(upload.key, cause);
}

/**
 * Reads the bytes of an upload from `start` up to and without `end` with one request to S3, and calls `take` with each
 * chunk of the answer. Aborts the request if nothing arrives for `patience` milliseconds.
 */
async function getRange(
  start: number,
  end: number,
  access: S3Access,
  upload: UploadIdentity,
  take: (chunk: Uint8Array) => void,
): Promise<void> {
  const { client, owner, patience = PATIENCE_MS } = access;
  const stalled = new AbortController();
  const signal = AbortSignal.any([stalled.signal, ...(access.signal === undefined ? [] : [access.signal])]);
  const timer = setTimeout(() => stalled.abort(), patience);
  const { bucket: Bucket, key: Key } = upload;
  const Range = `bytes=${start}-${end - 1}`;
  const request = new GetObjectCommand({ Bucket, Key, Range, ...pinned(upload), ExpectedBucketOwner: owner });
  try {
    const { Body: body, ETag: etag } = await client.send(request, endedBy(signal));
    // Not every S3-compatible store checks If-Match.
    if (etag !== undefined && bareEtag(etag) !== upload.etag) throw sourceChanged(upload.key);
    const received = (chunk: Uint8Array): void => {
      timer.refresh();
      take(chunk);
    };
    await receive(body as Readable, received);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Calls `take` with each chunk of a response. If `take` throws, ends the response and throws the same error. Uses the
 * event `data` instead of `for await`, because `for await` would take much time: for each chunk of 16 KiB, twice as
 * long as decrypting the chunk (TLS).
 */
async function receive(body: Readable, take: (chunk: Uint8Array) => void): Promise<void> {
  body.on('data', (chunk: Uint8Array) => {
    try {
      take(chunk);
    } catch (error) {
      body.destroy(error as Error);
    }
  });
  await finished(body);
}
