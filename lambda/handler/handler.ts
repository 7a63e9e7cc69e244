import { setTimeout as delay } from 'node:timers/promises';
import middyCore from '@middy/core';
import { LadingError } from '../../core/model/errors.ts';
import type { Outcome } from '../../core/service/service.ts';
import type { UploadNotice } from '../../core/service/stores.ts';
import { noticesIn } from '../../s3/events.ts';
import { errorLine, type Log, logToStdout, outcomeLines } from './log.ts';
import type { Postpone } from './postpone.ts';

/** One of the two Lambda functions: its name, its bucket, and its work for each new object. */
export interface Duty {
  name: string;
  /** The only bucket whose objects the function accepts. An event of another bucket is an error. */
  bucket: string;
  /** True for the keys that the function works on. It acknowledges events of other keys and does nothing. */
  concerns(key: string): boolean;
  /** Works on one new object. `timeLeft` returns the milliseconds until `signal` aborts. */
  work(notice: UploadNotice, signal: AbortSignal, timeLeft: () => number): Promise<Outcome>;
  /** Sets when a failed event is delivered again. Absent: when the visibility timeout of its queue is over. */
  postpone?: Postpone | undefined;
}

/** The answer to SQS that no message has to be delivered again. */
export interface Acknowledged {
  batchItemFailures: [];
}

/**
 * Milliseconds before the end of an invocation at which the work is told to stop. They are enough to end all requests
 * and to abort a multipart upload.
 */
const RESERVE_MS = 20_000;

/** Milliseconds that the work gets to end after it was told to stop. */
const GRACE_MS = 15_000;

/**
 * The Lambda handler for one function. A bad archive is a result, so its event is acknowledged. An error is logged and
 * thrown: SQS delivers the event again, and moves it to the dead-letter queue after the last try. Shortly before the
 * invocation's time is over, the work is told to stop.
 */
export function handlerFor(duty: Duty, log: Log = logToStdout) {
  // Lambda freezes the process as soon as the handler answers. So wait here until the work had time to end.
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
