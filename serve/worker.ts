import type { S3Client } from '@aws-sdk/client-s3';
import { s3Reason } from '../remote/failures.ts';
import type { Buckets, Remote } from '../remote/remote.ts';
import { manifestFor } from '../remote/state.ts';
import { codeOf, LadingError } from '../core/model/errors.ts';
import type { Tools } from '../core/model/ports.ts';
import { failConversion, failInspection, type Reason } from '../core/service/failure.ts';
import { resultKeys } from '../core/service/keys.ts';
import { notGiven } from '../core/service/not-given.ts';
import type { ServiceDeps } from '../core/service/outcome.ts';
import type { MakeReport, UploadNotice } from '../core/service/stores.ts';
import { nativeTools } from '../node/tools.ts';
import { abortOpen } from '../s3/multipart.ts';
import { s3Store } from '../s3/store.ts';
import type { Lease, Leases } from './leases.ts';
import type { Board } from './board.ts';
import { runBoth, type Say, show } from './one-upload.ts';
import type { Ended } from './queue.ts';

/** What is needed to handle uploads in one pair of buckets: the S3 client, the locks on uploads, the log. */
export interface HandlerContext {
  client: S3Client;
  buckets: Buckets;
  /** The leases, by which processes lock the uploads that they work on; null in a store that cannot keep leases. */
  leases: Leases | null;
  /** The list of uploads that the web page shows; null when there is no page. */
  board: Board | null;
  /**
   * Makes the report, an HTML page about one upload, which is written among its results. Absent when no reports are to
   * be written.
   */
  report?: MakeReport | undefined;
  say: Say;
  version: string;
  /** The signal that aborts when all work on uploads must end. */
  signal: AbortSignal;
}

/**
 * Inspects and converts the upload that is stored under a key now, unless its results are there already. Returns
 * `later` when another process is working on it, and `done` otherwise. Throws an error when this try has failed.
 */
export async function handleUpload(key: string, context: HandlerContext): Promise<Ended> {
  try {
    if (await isEnded(key, context)) return 'done';
  } catch (error) {
    const withheld = notGiven(error);
    if (withheld === null) throw error;
    // The ETag of such an upload is not known, so there can be no manifest of it. A new try would be refused, too.
    await context.say(`${key}: refused. ${withheld.message}`);
    return 'done';
  }
  return await leased(key, context, async (held) => {
    await context.say(`${key}: begun`);
    const { kind } = await withDeps(held, async (deps) => await runBoth(noticeOf(key, held), deps, context));
    if (kind === 'gone' && !(await isEnded(key, held))) throw replaced(key);
  });
}

/**
 * Shows an upload on the board, the list of uploads for the web page, as its results describe it. Does nothing when
 * there is no board. Never throws.
 */
export async function showResult(key: string, context: HandlerContext): Promise<void> {
  const { board } = context;
  if (board === null) return;
  // When the store cannot be reached, the log says so, and the page shows the last state that was known.
  await withDeps(context, async ({ results }) => await show(key, results, board)).catch(() => undefined);
}

/**
 * Writes the archive manifest, the JSON that says what became of an upload, with outcome `failed`. To be called after
 * the last try to handle the upload. Never throws: when the manifest cannot be written, the log says so.
 */
export async function giveUp(key: string, error: unknown, context: HandlerContext): Promise<void> {
  const reason: Reason = { kind: 'error', code: codeOf(error) };
  try {
    await leased(key, context, async (held) => {
      await withDeps(held, async (deps) => {
        const outcome = await failInspection(noticeOf(key, held), reason, deps);
        if (outcome.kind === 'handed-on')
          await failConversion(outcome.inspectionKey, context.buckets.uploads, reason, deps);
      });
    });
  } catch (cause) {
    await context.say(`${key}: the manifest that says so could not be written: ${s3Reason(cause)}.`);
  }
}

/**
 * Takes the lease of the upload with this key, so that no other process works on the upload, calls `work`, and releases
 * the lease. In a store that cannot keep leases, calls `work` without a lease. `work` is called with a context whose
 * signal also aborts when the lease is lost. Returns `later`, without a call of `work`, when the lease is already held;
 * otherwise `done`.
 */
async function leased(
  key: string,
  context: HandlerContext,
  work: (held: HandlerContext) => Promise<void>,
): Promise<Ended> {
  const { client, buckets, leases } = context;
  const lease = leases === null ? UNLEASED : await leases.take(key);
  if (lease === null) return 'later';
  try {
    await work({ ...context, signal: AbortSignal.any([context.signal, lease.lost]) });
  } finally {
    const { image, rootfs } = resultKeys(key);
    // With a lost lease, the open upload may be another process's.
    for (const open of leases === null ? [] : [image, rootfs])
      await abortOpen({ client, signal: lease.lost }, { bucket: buckets.results, key: open });
    await lease.release();
  }
  return 'done';
}

const UNLEASED: Lease = { lost: new AbortController().signal, release: async () => undefined };

/**
 * Describes the upload that is stored under a key now, as a notification from S3 would. The field `sequencer`, which
 * S3's notifications have, is null, because listings do not have it. The hash that identifies the work on an upload
 * must not depend on how the upload was found.
 */
function noticeOf(key: string, { buckets }: HandlerContext): UploadNotice {
  return { bucket: buckets.uploads, key, versionId: null, etag: null, sequencer: null };
}

async function withDeps<T>(context: HandlerContext, work: (deps: ServiceDeps) => Promise<T>): Promise<T> {
  const tools = nativeTools();
  try {
    const { uploads, results, version } = remote(context, tools);
    return await work({ uploads, results, report: context.report, tools, clock: Date.now, version });
  } finally {
    tools.close();
  }
}

/**
 * True when a key needs no work: it has no upload, or the upload has an archive manifest (the JSON that says what
 * became of it) with an outcome other than `failed`.
 */
async function isEnded(key: string, context: HandlerContext): Promise<boolean> {
  const there = remote(context, nativeTools({ threads: false }));
  const found = await there.uploads.find(noticeOf(key, context));
  if (found === null) return true;
  const manifest = await manifestFor(found, there);
  return manifest !== null && manifest.outcome !== 'failed';
}

function remote({ client, buckets, version, signal }: HandlerContext, tools: Tools): Remote {
  const access = { client, signal };
  return { ...s3Store(access, buckets.results, tools), access, buckets, version };
}

function replaced(key: string): LadingError {
  return new LadingError('source-changed', `Cannot finish ${key}: it was replaced meanwhile`);
}
