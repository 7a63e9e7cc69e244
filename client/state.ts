import { setTimeout as delay } from 'node:timers/promises';
import type { ArchiveManifest } from '../core/manifest/manifest.ts';
import { LadingError } from '../core/model/errors.ts';
import { orderOf, type UploadStamp, versionOf } from '../core/service/event-order.ts';
import { errand, parseJob, parseManifest } from '../core/service/job.ts';
import { resultKeys } from '../core/service/keys.ts';
import { stampIn } from '../core/service/read-back.ts';
import { requestFor } from '../core/service/service.ts';
import type { UploadIdentity } from '../core/service/stores.ts';
import type { Written } from '../s3/multipart.ts';
import type { Remote } from './remote.ts';

/** The state of the newest upload to a key. */
export type State =
  | { state: 'absent' }
  // `waiting`: the upload is not inspected yet. `converting`: it is inspected, and not yet converted.
  | { state: 'waiting' | 'converting'; upload: UploadIdentity }
  | { state: ArchiveManifest['outcome']; upload: UploadIdentity; manifest: ArchiveManifest };

/** The state of the newest upload to a key, from its results in S3. Results of older uploads do not count. */
export async function stateOf(key: string, remote: Remote): Promise<State> {
  const { uploads, results, buckets } = remote;
  const found = await uploads.find({ bucket: buckets.uploads, key, versionId: null, etag: null, sequencer: null });
  if (found === null) return { state: 'absent' };
  const { identity: upload } = found;
  const keys = resultKeys(key);
  const there = await results.get(keys.manifest);
  const manifest = there === null ? null : parseManifest(there.bytes);
  if (manifest !== null && (await isOf(manifest, found, remote))) return { state: manifest.outcome, upload, manifest };
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

/**
 * Waits for the archive manifest of an upload. Throws `deadline` after `timeoutMs`, and `source-changed` when the
 * upload is replaced or deleted.
 */
export async function waitFor(
  key: string,
  written: Written,
  { timeoutMs, onState }: Patience,
  remote: Remote,
): Promise<ArchiveManifest> {
  const end = performance.now() + timeoutMs;
  let last: State['state'] | null = null;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const now = await stateOf(key, remote);
    if (now.state === 'absent' || !isSame({ ...written, sequencer: null }, now.upload)) throw replaced(key);
    if ('manifest' in now) return now.manifest;
    if (now.state !== last) await onState(now.state);
    last = now.state;
    const left = end - performance.now();
    if (left <= 0) throw tooLate(key, timeoutMs);
    await delay(Math.min(pause, left), undefined, { signal: remote.access.signal });
  }
}

/**
 * True when the archive manifest belongs to this upload. In a bucket without versions, the same bytes uploaded with
 * other options have the same ETag. Then the job is compared, unless another version of Lading wrote the manifest.
 */
async function isOf(
  manifest: ArchiveManifest,
  found: { identity: UploadIdentity; metadata: Record<string, string> },
  { uploads, version }: Remote,
): Promise<boolean> {
  const { identity } = found;
  const stamp = stampIn(manifest.source);
  if (stamp === null || !isSame(stamp, identity)) return false;
  if (versionOf(identity) !== null || manifest.converter.version !== version) return true;
  const { sequencer } = manifest.source;
  return errand({ ...identity, sequencer }, await requestFor(found, { uploads }), version).id === manifest.job;
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
