import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { explained, s3Reason } from '../client/failures.ts';
import type { Buckets } from '../client/remote.ts';
import { LIMITS } from '../core/limits.ts';
import { SIDECAR_SUFFIX } from '../core/service/keys.ts';
import { newClient, type S3Access } from '../s3/client.ts';
import { KnownUploads } from './known.ts';
import { Leases } from './leases.ts';
import { listUploads } from './listing.ts';
import { listen } from './notifications.ts';
import type { Say } from './one-upload.ts';
import { keepsConditions } from './probe.ts';
import { WorkQueue } from './queue.ts';
import { handleUpload } from './worker.ts';

/** The settings of the service over two buckets. */
export interface BucketService {
  buckets: Buckets;
  /** The address for the store's notifications. Null: uploads are found by listings only. */
  listen: { host: string; port: number } | null;
  /** The secret that notifications must bring along; null for none. */
  secret: string | null;
  /** Uploads that are handled at a time. */
  atOnce: number;
  /** Milliseconds from the end of one listing to the start of the next. */
  listEvery: number;
  /** Handles the uploads that are there at the start, and then ends. */
  once: boolean;
  /** Must not throw. */
  say: Say;
  env: NodeJS.ProcessEnv;
  version: string;
  /** Ends the service. What runs may go on for `stopMs`. */
  signal: AbortSignal;
  /** Milliseconds that work gets to end by itself when the service is told to end. Default: 20,000. */
  stopMs?: number;
  /** Milliseconds before each further try of what has failed. Default: `PAUSES_MS`. */
  pauses?: readonly number[];
}

/** Pauses that faults of some minutes do not use up. */
const PAUSES_MS = [5_000, 30_000, 180_000, 1_080_000];

/** Milliseconds before an upload is looked at again that another process is handling. */
const LATER_MS = 5_000;

/** Milliseconds between two looks for expired leases. */
const SWEEP_MS = 10_000;

const STOP_MS = 20_000;

/** Milliseconds that work which was aborted gets to abort its multipart upload and to release its lease. */
const RELEASE_MS = 10_000;

/** Milliseconds between two log lines about notifications without the secret. */
const STRANGERS_MS = 60_000;

/** The parts of the running service. */
interface Running extends BucketService {
  access: S3Access;
  queue: WorkQueue;
  known: KnownUploads;
  leases: Leases | null;
  /** The reason why the last listing failed; null when it did not. */
  fault: string | null;
  /** Aborted to start the next listing early, because the queue was too full for a notification. */
  early: AbortController;
  givenUp: number;
}

/**
 * Handles every upload in a bucket with the two functions, until `signal` aborts. Returns the number of uploads that
 * were given up. Throws `store-failed` when the store cannot be used at the start.
 */
export async function serveBuckets(service: BucketService): Promise<number> {
  const client = newClient(service.env, { followRegionRedirects: true });
  const over = new AbortController();
  const signal = AbortSignal.any([service.signal, over.signal]);
  try {
    const running = await start({ ...service, signal }, { client, signal });
    const server = await openDoor(running);
    const sweeping = sweepLeases(running);
    try {
      await keepListing(running);
      await running.queue.idle();
    } finally {
      over.abort();
      server?.close();
      server?.closeAllConnections();
      // Requests to a store that does not answer must not keep the process alive.
      const late = sleep((service.stopMs ?? STOP_MS) + RELEASE_MS, undefined, { ref: false });
      await Promise.race([late, Promise.all([sweeping, running.queue.idle()])]);
    }
    return running.givenUp;
  } finally {
    client.destroy();
  }
}

async function start(service: BucketService, access: S3Access): Promise<Running> {
  const { buckets, say, version, signal, atOnce, pauses = PAUSES_MS, stopMs = STOP_MS } = service;
  const { client } = access;
  const task = `use s3://${buckets.results}`;
  const leased = await keepsConditions(access, buckets.results).catch((error: unknown) => {
    throw signal.aborted ? signal.reason : explained(error, task, 'Try again.');
  });
  if (!leased) await say('This store ignores conditions on writes. Run only one lading serve for these buckets.');
  const leases = leased ? new Leases({ client }, buckets.results) : null;
  const halt = new AbortController();
  const known = new KnownUploads(LIMITS.knownUploads);
  const bench = { client, buckets, leases, say, version, signal: halt.signal };
  const queue = new WorkQueue({
    handle: async (key) => await handleUpload(key, bench),
    failed: (key, error, pause) => tellFailure(key, error, pause, running),
    ended: (mark) => void (mark !== null && known.add(mark)),
    atOnce,
    limit: LIMITS.waitingUploads,
    pauses,
    laterPause: LATER_MS,
  });
  const stop = (): void => {
    queue.stop();
    setTimeout(() => halt.abort(), stopMs).unref();
  };
  signal.addEventListener('abort', stop, { once: true });
  const early = new AbortController();
  const running: Running = { ...service, access, queue, known, leases, fault: null, early, givenUp: 0 };
  return running;
}

function tellFailure(key: string, error: unknown, pause: number | null, running: Running): void {
  const { say, signal } = running;
  const reason = s3Reason(error);
  if (signal.aborted) return void say(`${key}: not finished. The next start goes on with it.`);
  if (pause !== null) return void say(`${key}: failed: ${reason}. The next try is in ${pause / 1000} seconds.`);
  running.givenUp += 1;
  void say(
    `${key}: failed at every try, given up: ${reason}. It is tried again when it is uploaded again, or after a restart.`,
  );
}

/** Starts the server for notifications, if one is wanted. */
async function openDoor(running: Running): Promise<Server | null> {
  const { buckets, queue, say, secret } = running;
  if (running.listen === null) return null;
  let told = -Infinity;
  const server = await listen({
    ...running.listen,
    secret,
    onNotice: ({ bucket, key }) => {
      if (bucket !== buckets.uploads || key.endsWith(SIDECAR_SUFFIX)) return;
      if (!queue.add(key, null)) running.early.abort();
    },
    onStranger: (address) => {
      if (performance.now() - told < STRANGERS_MS) return;
      told = performance.now();
      void say(`A notification from ${address} was refused: it did not bring the secret.`);
    },
    health: () => ({ healthy: running.fault === null, running: queue.running, waiting: queue.waiting }),
  });
  const { address, port, family } = server.address() as AddressInfo;
  await say(`Listening for notifications on http://${family === 'IPv6' ? `[${address}]` : address}:${port}`);
  return server;
}

/** Lists the uploads again and again, or once. Throws in the first listing only. */
async function keepListing(running: Running): Promise<void> {
  const { buckets, signal, say, listEvery, once } = running;
  for (let first = true; ; first = false) {
    running.early = new AbortController();
    try {
      await listOnce(running);
      running.fault = null;
    } catch (error) {
      if (signal.aborted) return;
      if (first) throw explained(error, `list s3://${buckets.uploads}`, 'Try again.');
      running.fault = s3Reason(error);
      await say(`Cannot list s3://${buckets.uploads}: ${running.fault}.`);
    }
    if (once || signal.aborted) return;
    await wait(Math.min(LATER_MS, listEvery), signal);
    await wait(listEvery - LATER_MS, AbortSignal.any([signal, running.early.signal]));
  }
}

/** Puts each upload into the queue that is not known to be done. Waits whenever enough are waiting. */
async function listOnce({ access, buckets, known, queue }: Running): Promise<void> {
  for await (const { key, mark } of listUploads(access, buckets.uploads)) {
    if (known.has(mark)) continue;
    await queue.room();
    queue.add(key, mark);
  }
}

async function sweepLeases({ leases, signal }: Running): Promise<void> {
  if (leases === null) return;
  while (!signal.aborted) {
    // When the store cannot be reached, the log says so for the listing.
    await leases.sweep().catch(() => undefined);
    await wait(SWEEP_MS, signal);
  }
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined);
}
