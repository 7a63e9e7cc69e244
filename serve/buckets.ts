import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { explained, s3Reason } from '../remote/failures.ts';
import { LadingError } from '../core/model/errors.ts';
import { isSidecar } from '../core/service/keys.ts';
import { newClient } from '../s3/client.ts';
import { S3Uploads } from '../s3/uploads.ts';
import { BucketInbox } from './http/bucket-inbox.ts';
import { addressOf } from './http/server.ts';
import { openSite, type Site } from './http/site.ts';
import { Leases } from './leases.ts';
import { listUploads } from './listing.ts';
import { listen } from './notifications.ts';
import { keepsConditions } from './probe.ts';
import { assembled, type BucketService, LATER_MS, type Running, STOP_MS } from './running.ts';

/**
 * The milliseconds between two searches for expired leases (objects by which processes lock uploads) in the results
 * bucket. It is half the time after which a lease expires, so that an expired one is found soon.
 */
const SWEEP_MS = 10_000;

/**
 * The milliseconds for cleaning up when work on an upload was aborted: the S3 multipart upload of its result is
 * aborted, and its lease, the lock on the upload, is released. After that, the service ends without waiting any
 * longer.
 */
const RELEASE_MS = 10_000;

/**
 * The memory in bytes that the S3 reader may count on for a download from the web page, in place of all memory of the
 * process. The size of its buffers depends on it. With this value, each download keeps at most 8 MiB of the file in
 * memory.
 */
const DOWNLOAD_MEMORY = 64 * 2 ** 20;

/**
 * The shortest time in milliseconds between two log lines about notifications without the right secret. Others are
 * refused without a log line, so that nobody can fill the log.
 */
const STRANGERS_MS = 60_000;

/**
 * The advice to the user in the error that is thrown when the S3 server cannot be reached. The function `reached`
 * recognises this error by its advice. It then tries again to reach the server, unless `once` is set. It throws every
 * other error.
 */
const CONNECTION = 'Is the store running, and is its address right?';

/**
 * Inspects each upload in a bucket, and converts it to an image archive, until `service.signal` aborts. With `once`,
 * ends when the uploads that were there at the start are done. Returns the number of uploads that failed at every try.
 * While the S3 server cannot be reached, waits; with `once`, throws. Throws a LadingError with code `store-failed` if
 * the server refuses requests at the start.
 */
export async function serveBuckets(service: BucketService): Promise<number> {
  const client = newClient(service.env, { followRegionRedirects: true });
  const over = new AbortController();
  const signal = AbortSignal.any([service.signal, over.signal]);
  const running = assembled({ ...service, signal }, { client, signal });
  const tasks: Promise<void>[] = [];
  let server: Server | null = null;
  let site: Site | null = null;
  try {
    // First of all: versitygw starts only when its notifications can be delivered.
    server = await openDoor(running);
    site = await openPage(running);
    const leases = await reached(running);
    tasks.push(sweepLeases(leases, signal));
    running.leases.resolve(leases);
    await keepListing(running);
    await running.queue.idle();
    return running.givenUp;
  } catch (error) {
    if (service.signal.aborted) return running.givenUp;
    throw error;
  } finally {
    over.abort();
    await site?.close();
    server?.close();
    server?.closeAllConnections();
    // Requests to a store that does not answer must not keep the process alive.
    const late = sleep((service.stopMs ?? STOP_MS) + RELEASE_MS, undefined, { ref: false });
    await Promise.race([late, Promise.all([...tasks, running.queue.idle()])]);
    client.destroy();
  }
}

/**
 * Starts the HTTP server that receives an S3 server's notifications of new objects, and returns it. Returns null when
 * the settings have no address for it.
 */
async function openDoor(running: Running): Promise<Server | null> {
  const { buckets, queue, say, secret } = running;
  if (running.listen === null) return null;
  let told = -Infinity;
  const server = await listen({
    ...running.listen,
    secret,
    onNotice: ({ bucket, key }) => {
      if (bucket !== buckets.uploads || isSidecar(key)) return;
      noticed(key, running);
    },
    onStranger: (address) => {
      if (performance.now() - told < STRANGERS_MS) return;
      told = performance.now();
      void say(`A notification from ${address} was refused: it did not bring the secret.`);
    },
    health: () => ({ healthy: running.fault === null, running: queue.running, waiting: queue.waiting }),
  });
  await say(`Listening for notifications on ${addressOf(server)}`);
  return server;
}

/**
 * Starts the HTTP server of the web page that shows uploads and results, and returns it. Returns null when the
 * settings have no address for it.
 */
async function openPage(running: Running): Promise<Site | null> {
  const { access, board, buckets, http, say } = running;
  if (http === null || board === null) return null;
  const inbox = new BucketInbox(access, buckets.uploads);
  const shelf = { store: new S3Uploads({ ...access, memory: DOWNLOAD_MEMORY }), name: buckets.results };
  return await openSite({ ...http, board, inbox, shelf, onArrival: (key) => noticed(key, running), say });
}

/**
 * Puts the key of a new upload into the work queue. When the queue is full, lets the next listing of the bucket begin
 * early: it finds the upload.
 */
function noticed(key: string, { board, early, queue }: Running): void {
  if (queue.add(key, null)) board?.waiting(key);
  else early.abort();
}

/**
 * Waits until the S3 server can be reached. Returns the leases, the locks on uploads, that are kept in the results
 * bucket; null for a server that ignores conditions on writes, and so cannot keep leases. Throws when the server
 * refuses requests, and with `once` also when it cannot be reached.
 */
async function reached(running: Running): Promise<Leases | null> {
  const { access, buckets, once, say, signal } = running;
  for (;;) {
    try {
      const leased = await keepsConditions(access, buckets.results);
      running.fault = null;
      if (leased) return new Leases({ client: access.client }, buckets.results);
      await say('This store ignores conditions on writes. Run only one lading serve for these buckets.');
      return null;
    } catch (error) {
      const reason = explained(error, `use s3://${buckets.results}`, CONNECTION);
      const away = reason instanceof LadingError && reason.remedy === CONNECTION;
      if (signal.aborted || once || !away) throw reason;
      await say(`${reason.message} ${reason.remedy} The next try is in ${LATER_MS / 1000} seconds.`);
    }
    await wait(LATER_MS, signal);
  }
}

/**
 * Lists the uploads bucket, and puts its uploads into the work queue: only once with `once`, otherwise again and again
 * until the service ends. Throws if the first listing fails. Later failures are only logged, and the next listing
 * comes at its usual time.
 */
async function keepListing(running: Running): Promise<void> {
  const { buckets, signal, say, listEvery, once } = running;
  for (let first = true; ; first = false) {
    running.early = new AbortController();
    try {
      const count = await listOnce(running);
      running.fault = null;
      if (first && !once) await say(`The uploads that were there at the start are done or in hand: ${count}.`);
    } catch (error) {
      if (signal.aborted) return;
      if (first) throw explained(error, `list s3://${buckets.uploads}`, CONNECTION);
      running.fault = s3Reason(error);
      await say(`Cannot list s3://${buckets.uploads}: ${running.fault}.`);
    }
    if (once || signal.aborted) return;
    await wait(Math.min(LATER_MS, listEvery), signal);
    await wait(listEvery - LATER_MS, AbortSignal.any([signal, running.early.signal]));
  }
}

/**
 * Lists the uploads bucket, and adds its uploads to the work queue, except those that are known to need no work. Before
 * it adds an upload, waits until the queue has room. Returns the number of all uploads in the bucket.
 */
async function listOnce({ access, board, buckets, known, queue }: Running): Promise<number> {
  let count = 0;
  for await (const { key, mark } of listUploads(access, buckets.uploads)) {
    count += 1;
    if (known.has(mark)) continue;
    await queue.room();
    if (queue.add(key, mark)) board?.waiting(key);
  }
  return count;
}

async function sweepLeases(leases: Leases | null, signal: AbortSignal): Promise<void> {
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
