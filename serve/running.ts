import { s3Reason } from '../remote/failures.ts';
import type { Buckets } from '../remote/remote.ts';
import { both } from '../core/catalogue/bilingual.ts';
import { LIMITS } from '../core/limits.ts';
import type { MakeReport } from '../core/service/stores.ts';
import type { S3Access } from '../s3/client.ts';
import { Board } from './board.ts';
import type { SiteDoor } from './http/site.ts';
import { KnownUploads } from './known.ts';
import type { Leases } from './leases.ts';
import type { Say } from './one-upload.ts';
import { WorkQueue } from './queue.ts';
import { giveUp, handleUpload, showResult } from './worker.ts';

/** The settings of `lading serve` on two buckets, for uploads and for results. */
export interface BucketService {
  buckets: Buckets;
  /**
   * The address at which the store's notifications arrive. When it is null, the service finds uploads only by listing
   * the bucket.
   */
  listen: { host: string; port: number } | null;
  /** The secret that every notification must contain; null for none. */
  secret: string | null;
  /** The address of the web page that shows uploads and results, and takes new uploads; null for no page. */
  http: SiteDoor | null;
  /** The largest number of uploads that are handled at the same time. Others wait. */
  atOnce: number;
  /** The milliseconds from the end of one listing of the bucket to the start of the next. */
  listEvery: number;
  /** True to handle only the uploads that are there at the start, and then return. */
  once: boolean;
  /**
   * Makes the report, an HTML page about one upload, which is written among its results. Absent when no reports are to
   * be written.
   */
  report?: MakeReport | undefined;
  /** Called with one line of text, which it writes to the log. Must not throw. */
  say: Say;
  env: NodeJS.ProcessEnv;
  version: string;
  /** The signal that aborts when the service must end. Work that has begun may go on for `stopMs` milliseconds. */
  signal: AbortSignal;
  /** When the service ends, running work may go on for this many milliseconds. Then it is aborted. */
  stopMs?: number;
  /** The milliseconds between the tries to handle an upload. With three pauses there are at most four tries. */
  pauses?: readonly number[];
}

/** The running service on two buckets: its settings and its state. */
export interface Running extends BucketService {
  access: S3Access;
  queue: WorkQueue;
  /** The list of uploads that the web page shows; null when there is no page. */
  board: Board | null;
  known: KnownUploads;
  /**
   * The promise of the leases, the locks on uploads in the results bucket. It resolves when the store was reached, and
   * work can begin. It resolves to null for a store that cannot keep leases.
   */
  leases: PromiseWithResolvers<Leases | null>;
  /** The reason why uploads cannot be listed at present; null when they can. */
  fault: string | null;
  /**
   * The controller whose signal ends the pause before the next listing of the bucket. It is aborted when a new upload
   * is reported while the queue is full; the early listing then finds that upload.
   */
  early: AbortController;
  givenUp: number;
}

/**
 * The default of `pauses`, the milliseconds between the tries to handle an upload. Together they are some 20 minutes,
 * so an upload does not fail when the store fails for a shorter time.
 */
const PAUSES_MS = [5_000, 30_000, 180_000, 1_080_000];

/**
 * The default of `stopMs`: the milliseconds for which work that has begun may go on when the service ends. Then it is
 * aborted.
 */
export const STOP_MS = 20_000;

/**
 * The milliseconds before a new try, when another process is handling an upload, or when the store cannot be reached.
 */
export const LATER_MS = 5_000;

const ELSEWHERE = both('Another process is handling it.', '另一个进程正在处理它。');

/**
 * Makes and returns the parts of the service on two buckets, such as the queue of uploads and the list of uploads for
 * the web page. When the signal of `service` aborts, no new upload is begun. Work that has begun may go on for
 * `stopMs` milliseconds, and is then aborted.
 */
export function assembled(service: BucketService, access: S3Access): Running {
  const { buckets, report, say, version, signal, atOnce, pauses = PAUSES_MS, stopMs = STOP_MS } = service;
  const halt = new AbortController();
  const known = new KnownUploads(LIMITS.knownUploads);
  const leases = Promise.withResolvers<Leases | null>();
  // Nobody may be waiting for it when it is rejected.
  leases.promise.catch(() => undefined);
  const board = service.http === null ? null : new Board();
  const context = { client: access.client, buckets, leases: null, board, report, say, version, signal: halt.signal };
  const queue = new WorkQueue({
    handle: async (key) => {
      const ended = await handleUpload(key, { ...context, leases: await leases.promise });
      if (ended === 'done') await showResult(key, context);
      else board?.waiting(key, ELSEWHERE);
      return ended;
    },
    failed: async (key, error, pause) => {
      await tellFailure(key, error, pause, running);
      if (pause !== null || signal.aborted) return;
      await giveUp(key, error, { ...context, leases: await leases.promise });
      await showResult(key, context);
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
  const running: Running = { ...service, access, queue, board, known, leases, ...state };
  return running;
}

async function tellFailure(key: string, error: unknown, pause: number | null, running: Running): Promise<void> {
  const { board, say, signal } = running;
  const reason = s3Reason(error);
  if (signal.aborted) return await say(`${key}: not finished. The next start goes on with it.`);
  if (pause !== null) {
    const seconds = pause / 1000;
    board?.waiting(
      key,
      both(
        `The last try has failed: ${reason}. The next one is in ${seconds} seconds.`,
        `上一次尝试失败：${reason}。${seconds} 秒后重试。`,
      ),
    );
    return await say(`${key}: failed: ${reason}. The next try is in ${seconds} seconds.`);
  }
  running.givenUp += 1;
  await say(
    `${key}: failed at every try, given up: ${reason}. It is tried again when it is uploaded again, or after a restart.`,
  );
}
