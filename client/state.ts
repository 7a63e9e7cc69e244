import { setTimeout as delay } from 'node:timers/promises';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import type { Parsed } from '../core/catalogue/parsed.ts';
import type { ConversionRequest } from '../core/model/conversion-request.ts';
import { LadingError } from '../core/model/errors.ts';
import { parseOptions } from '../core/options/options.ts';
import type { RawOptions } from '../core/options/table.ts';
import { orderOf, type UploadStamp, versionOf } from '../core/service/event-order.ts';
import { errand, parseJob, parseManifest } from '../core/service/job.ts';
import { resultKeys } from '../core/service/keys.ts';
import { stampIn } from '../core/service/read-back.ts';
import { requestFor } from '../core/service/service.ts';
import type { UploadIdentity, Uploads } from '../core/service/stores.ts';
import type { Written } from '../s3/multipart.ts';
import { isForbidden } from './failures.ts';
import type { Remote } from './remote.ts';

/** The state of the newest upload to a key. */
export type State =
  | { state: 'absent' }
  // `waiting`: the upload is not inspected yet. `converting`: it is inspected, and not yet converted.
  | { state: 'waiting' | 'converting'; upload: UploadIdentity }
  | { state: ArchiveManifest['outcome']; upload: UploadIdentity; manifest: ArchiveManifest };

/** The state of the newest upload to a key, from its results in S3. Results of older uploads do not count. */
export async function stateOf(key: string, remote: Remote): Promise<State> {
  const found = await nowUnder(key, remote);
  if (found === null) return { state: 'absent' };
  return await resultOf({ identity: found.identity, request: () => requestFor(found, remote) }, remote);
}

function nowUnder(key: string, { uploads, buckets }: Remote): ReturnType<Uploads['find']> {
  return uploads.find({ bucket: buckets.uploads, key, versionId: null, etag: null, sequencer: null });
}

/** An upload whose result is looked for, and the options asked for it. */
interface Wanted {
  identity: UploadIdentity;
  request: () => Parsed<ConversionRequest> | Promise<Parsed<ConversionRequest>>;
}

/** The state of an upload according to its results alone. */
async function resultOf(wanted: Wanted, remote: Remote): Promise<Exclude<State, { state: 'absent' }>> {
  const { results } = remote;
  const upload = wanted.identity;
  const keys = resultKeys(upload.key);
  const there = await results.get(keys.manifest);
  const manifest = there === null ? null : parseManifest(there.bytes);
  if (manifest !== null && (await isOf(manifest, wanted, remote))) return { state: manifest.outcome, upload, manifest };
  const inspection = await results.get(keys.inspection);
  const job = inspection === null ? null : parseJob(inspection.bytes);
  return { state: job !== null && isSame(job.identity, upload) ? 'converting' : 'waiting', upload };
}

/** The longest time to wait for a result in milliseconds, and a callback for each new state of the upload. */
export interface Patience {
  timeoutMs: number;
  onState: (state: 'waiting' | 'converting') => Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** A finished upload, and the options that were sent with it. */
export interface Sent {
  key: string;
  written: Written & { size: number };
  options: RawOptions;
}

/**
 * Waits for the archive manifest of an upload. Throws `deadline` after `timeoutMs`, and `source-changed` when the
 * upload is replaced or deleted. To notice that takes the right to read the upload. Without that right, the results are
 * enough.
 */
export async function waitFor(
  { key, written, options }: Sent,
  { timeoutMs, onState }: Patience,
  remote: Remote,
): Promise<ArchiveManifest> {
  const { etag, versionId, size } = written;
  const identity = { bucket: remote.buckets.uploads, key, versionId, etag, size, sequencer: null };
  const wanted = { identity, request: () => parseOptions(options, key) };
  const end = performance.now() + timeoutMs;
  let last: State['state'] | null = null;
  let readable = true;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    readable &&= await isStill(identity, remote);
    const now = await resultOf(wanted, remote);
    if ('manifest' in now) return now.manifest;
    if (now.state !== last) await onState(now.state);
    last = now.state;
    const left = end - performance.now();
    if (left <= 0) throw tooLate(key, timeoutMs);
    await delay(Math.min(pause, left), undefined, { signal: remote.access.signal });
  }
}

/**
 * True when the key still has this upload. False when the caller has no right to know. Throws `source-changed` when the
 * upload was replaced or deleted.
 */
async function isStill(identity: UploadIdentity, remote: Remote): Promise<boolean> {
  try {
    const now = await nowUnder(identity.key, remote);
    if (now === null || !isSame(identity, now.identity)) throw replaced(identity.key);
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
}

/**
 * True when the archive manifest belongs to this upload. In a bucket without versions, the same bytes uploaded with
 * other options have the same ETag. Then the job is compared, unless another version of Lading wrote the manifest.
 */
async function isOf(manifest: ArchiveManifest, { identity, request }: Wanted, { version }: Remote): Promise<boolean> {
  const stamp = stampIn(manifest.source);
  if (stamp === null || !isSame(stamp, identity)) return false;
  if (versionOf(identity) !== null || manifest.converter.version !== version) return true;
  const { sequencer } = manifest.source;
  return errand({ ...identity, sequencer }, await request(), version).id === manifest.job;
}

function isSame(one: UploadStamp, other: UploadStamp): boolean {
  return orderOf(one, other) === 'same';
}

function replaced(key: string): LadingError {
  return new LadingError(
    'source-changed',
    `Cannot wait for the result of ${key}: it was replaced or deleted meanwhile.`,
  );
}

function tooLate(key: string, timeoutMs: number): LadingError {
  return new LadingError(
    'deadline',
    `Cannot wait any longer for the result of ${key}: ${timeoutMs / 1000} seconds are over. The work goes on; ask with lading status.`,
  );
}
