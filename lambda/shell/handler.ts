import { setTimeout as delay } from 'node:timers/promises';
import middyCore from '@middy/core';
import { LadingError } from '../core/errors.ts';
import type { UploadNotice } from '../core/ports.ts';
import type { Outcome } from '../core/service.ts';
import { noticesIn } from './events.ts';
import { errorLine, logToStdout, outcomeLines } from './log.ts';
import type { Log } from './log.ts';
import type { Postpone } from './postpone.ts';

/** What a function does with the objects that its events tell of. */
export interface Duty {
  name: string;
  /** The only bucket whose objects it takes, whatever the event says. */
  bucket: string;
  /** The keys that concern it; events about others are acknowledged. */
  concerns(key: string): boolean;
  /** `timeLeft` is in milliseconds, until the signal tells it to stop. */
  work(notice: UploadNotice, signal: AbortSignal, timeLeft: () => number): Promise<Outcome>;
  /** Absent: a failed event comes again when its queue thinks fit. */
  postpone?: Postpone | undefined;
}

/** What SQS wants to hear: nothing has to be sent again. */
export interface Acknowledged {
  batchItemFailures: [];
}

/** Enough to end all requests and to abort a multipart upload before Lambda stops the clock. */
const RESERVE_MS = 20_000;

/** How long the work may take to end once it was told to. */
const GRACE_MS = 15_000;

/**
 * The Lambda handler for a duty. A bad archive is a result, so it is acknowledged; what throws is sent again by the
 * queue and ends in its dead-letter queue. Before its time is over, the work is told to stop.
 */
export function handlerFor(duty: Duty, log: Log = logToStdout) {
  // Lambda freezes the process with the answer, so the work, which was told to stop, gets time to end before it.
  const timeoutEarlyResponse = async (): Promise<never> => {
    await delay(GRACE_MS, undefined, { ref: false });
    throw overdue(duty);
  };
  return middyCore<unknown, Acknowledged>({ timeoutEarlyInMillis: RESERVE_MS, timeoutEarlyResponse })
    .use({
      onError: async ({ error, event, context }) => {
        log(errorLine(duty.name, error, context.awsRequestId, Date.now()));
        await duty.postpone?.(event);
      },
    })
    .handler((event, context, { signal }) => {
      const timeLeft = () => context.getRemainingTimeInMillis() - RESERVE_MS;
      return workOff(event, (notice) => duty.work(notice, signal, timeLeft), duty, log);
    });
}

async function workOff(
  event: unknown,
  work: (notice: UploadNotice) => Promise<Outcome>,
  duty: Duty,
  log: Log,
): Promise<Acknowledged> {
  for (const notice of noticesIn(event)) {
    if (notice.bucket !== duty.bucket) throw foreign(notice, duty);
    if (!duty.concerns(notice.key)) continue;
    const outcome = await work(notice);
    for (const line of outcomeLines(duty.name, outcome, Date.now())) log(line);
  }
  return { batchItemFailures: [] };
}

function foreign({ bucket, key }: UploadNotice, duty: Duty): LadingError {
  return new LadingError('bad-event', `Cannot ${duty.name} ${key}: it is in ${bucket}, not in ${duty.bucket}`);
}

function overdue(duty: Duty): LadingError {
  return new LadingError('deadline', `Cannot ${duty.name} in time: the work did not end when it was told to`);
}
