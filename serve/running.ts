import { s3Reason } from '../client/failures.ts';
import type { Buckets } from '../client/remote.ts';
import { LIMITS } from '../core/limits.ts';
import type { S3Access } from '../s3/client.ts';
import { KnownUploads } from './known.ts';
import type { Leases } from './leases.ts';
import type { Say } from './one-upload.ts';
import { WorkQueue } from './queue.ts';
import { giveUp, handleUpload } from './worker.ts';

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
  /** Milliseconds that work gets to end by itself when the service is told to end. */
  stopMs?: number;
  /** Milliseconds before each further try of what has failed. */
  pauses?: readonly number[];
}

/** The service while it runs. */
export interface Running extends BucketService {
  access: S3Access;
  queue: WorkQueue;
  known: KnownUploads;
  /** Settled when the store was reached. Null in a store that cannot keep leases. Work begins only then. */
  leases: PromiseWithResolvers<Leases | null>;
  /** The reason why the uploads cannot be listed now; null when they can. */
  fault: string | null;
  /** Aborted to start the next listing early, because the queue was too full for a notification. */
  early: AbortController;
  givenUp: number;
}

/** The default of `pauses`: faults of some minutes do not use up the tries. */
const PAUSES_MS = [5_000, 30_000, 180_000, 1_080_000];

/** The default of `stopMs`. */
export const STOP_MS = 20_000;

/** Milliseconds before an upload is looked at again that another process is handling. */
export const LATER_MS = 5_000;

/** Puts the parts of the service together. When its signal aborts, the queue stops, and later the work is aborted. */
export function assembled(service: BucketService, access: S3Access): Running {
  const { buckets, say, version, signal, atOnce, pauses = PAUSES_MS, stopMs = STOP_MS } = service;
  const halt = new AbortController();
  const known = new KnownUploads(LIMITS.knownUploads);
  const leases = Promise.withResolvers<Leases | null>();
  // Nobody may be waiting for it when it is rejected.
  leases.promise.catch(() => undefined);
  const bench = { client: access.client, buckets, say, version, signal: halt.signal };
  const queue = new WorkQueue({
    handle: async (key) => await handleUpload(key, { ...bench, leases: await leases.promise }),
    failed: async (key, error, pause) => {
      await tellFailure(key, error, pause, running);
      if (pause === null && !signal.aborted) await giveUp(key, error, { ...bench, leases: await leases.promise });
    },
    ended: (mark) => void (mark !== null && known.add(mark)),
    atOnce,
    limit: LIMITS.waitingUploads,
    pauses,
    laterPause: LATER_MS,
  });
  const stop = (): void => {
    queue.stop();
    leases.reject(signal.reason);
    setTimeout(() => halt.abort(), stopMs).unref();
  };
  signal.addEventListener('abort', stop, { once: true });
  const state = { fault: 'the store was not reached yet', early: new AbortController(), givenUp: 0 };
  const running: Running = { ...service, access, queue, known, leases, ...state };
  return running;
}

async function tellFailure(key: string, error: unknown, pause: number | null, running: Running): Promise<void> {
  const { say, signal } = running;
  const reason = s3Reason(error);
  if (signal.aborted) return await say(`${key}: not finished. The next start goes on with it.`);
  if (pause !== null) return await say(`${key}: failed: ${reason}. The next try is in ${pause / 1000} seconds.`);
  running.givenUp += 1;
  await say(
    `${key}: failed at every try, given up: ${reason}. It is tried again when it is uploaded again, or after a restart.`,
  );
}
