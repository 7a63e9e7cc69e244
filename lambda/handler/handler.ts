import { setTimeout as delay } from 'node:timers/promises';
import middyCore from '@middy/core';
import { LadingError } from '../../core/model/errors.ts';
import type { Outcome } from '../../core/service/service.ts';
import type { UploadNotice } from '../../core/service/stores.ts';
import { noticesIn } from './events.ts';
import { errorLine, type Log, logToStdout, outcomeLines } from './log.ts';
import type { Postpone } from './postpone.ts';

/** The task of one of the two Lambda functions: its name, its bucket, and its work for each new object. */
export interface Duty {
  name: string;
  /** The only bucket whose objects the Lambda function accepts. An event about another bucket is an error. */
  bucket: string;
  /**
   * True for the keys on which the Lambda function works. Events about other keys are acknowledged, and nothing is
   * done.
   */
  concerns(key: string): boolean;
  /** Works on one new object in the bucket. `timeLeft` returns the milliseconds until `signal` aborts. */
  work(notice: UploadNotice, signal: AbortSignal, timeLeft: () => number): Promise<Outcome>;
  /**
   * Sets when SQS delivers a failed event again. Without this function, SQS does so when the queue's visibility timeout
   * is over.
   */
  postpone?: Postpone | undefined;
}

/** The answer of the Lambda function to SQS that no message needs to be delivered again. */
export interface Acknowledged {
  batchItemFailures: [];
}

/**
 * The time in milliseconds before the end of a Lambda invocation at which the work is told to stop. It is enough to end
 * all requests and to abort a multipart upload.
 */
const RESERVE_MS = 20_000;

/** The time in milliseconds that the work is given to end, after it was told to stop. */
const GRACE_MS = 15_000;

/**
 * Makes the Lambda handler for one of the two functions. A bad archive is a result, and its event is acknowledged. An
 * error is logged and thrown, so that SQS delivers the event again, and moves it to the dead-letter queue after the
 * last attempt. Shortly before the end of the invocation, the work is told to stop.
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
