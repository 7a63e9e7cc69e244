import type { S3Client } from '@aws-sdk/client-s3';
import type { Buckets, Remote } from '../client/remote.ts';
import { stateOf } from '../client/state.ts';
import { LadingError } from '../core/model/errors.ts';
import { resultKeys } from '../core/service/keys.ts';
import { nativeTools } from '../node/tools.ts';
import { abortOpen } from '../s3/multipart.ts';
import { s3Store } from '../s3/store.ts';
import type { Lease, Leases } from './leases.ts';
import { runBoth, type Say } from './one-upload.ts';
import type { Ended } from './queue.ts';

/** The means to handle uploads in one pair of buckets. */
export interface Bench {
  client: S3Client;
  buckets: Buckets;
  /** Null in a store that cannot keep leases. */
  leases: Leases | null;
  say: Say;
  version: string;
  /** Ends all work. */
  signal: AbortSignal;
}

/**
 * Handles the upload that a key has now, unless it has its result. `later` when another process is at it. Throws when
 * the upload has no result afterwards.
 */
export async function handleUpload(key: string, bench: Bench): Promise<Ended> {
  if (await isEnded(key, bench)) return 'done';
  const lease = bench.leases === null ? UNLEASED : await bench.leases.take(key);
  if (lease === null) return 'later';
  try {
    const signal = AbortSignal.any([bench.signal, lease.lost]);
    await handle(key, { ...bench, signal });
  } finally {
    if (bench.leases !== null && !lease.lost.aborted)
      await abortOpen({ client: bench.client }, { bucket: bench.buckets.results, key: resultKeys(key).image });
    await lease.release();
  }
  return 'done';
}

const UNLEASED: Lease = { lost: new AbortController().signal, release: async () => undefined };

async function handle(key: string, bench: Bench): Promise<void> {
  const { buckets, version, say } = bench;
  const tools = nativeTools();
  try {
    await say(`${key}: begun`);
    const { uploads, results } = remote(bench, tools);
    // Neither listings nor all stores give a sequencer. A job's id must not depend on how its upload was noticed.
    const notice = { bucket: buckets.uploads, key, versionId: null, etag: null, sequencer: null };
    const { kind } = await runBoth(notice, { uploads, results, tools, clock: Date.now, version }, say);
    if (kind === 'gone' && !(await isEnded(key, bench))) throw replaced(key);
  } finally {
    tools.close();
  }
}

/** True when the upload that the key has now has an archive manifest, or when there is none. */
async function isEnded(key: string, bench: Bench): Promise<boolean> {
  const tools = nativeTools({ threads: false });
  const now = await stateOf(key, remote(bench, tools));
  return now.state === 'absent' || 'manifest' in now;
}

function remote({ client, buckets, version, signal }: Bench, tools: ReturnType<typeof nativeTools>): Remote {
  const access = { client, signal };
  return { ...s3Store(access, buckets.results, tools), access, buckets, version };
}

function replaced(key: string): LadingError {
  return new LadingError('source-changed', `Cannot finish ${key}: it was replaced meanwhile`);
}
