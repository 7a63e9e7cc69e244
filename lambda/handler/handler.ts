import { setTimeout as delay } from 'node:timers/promises';
import middyCore from '@middy/core';
import { LadingError } from '../../core/model/errors.ts';
import type { Outcome } from '../../core/service/outcome.ts';
import type { UploadNotice } from '../../core/service/stores.ts';
import { noticesIn } from '../../s3/events.ts';
import { errorLine, type Log, logToStdout, outcomeLines, type LogSource } from './log.ts';
import { ALL_DONE, type Answer, type Retry } from './retry.ts';

/**
 * The task of the inspect or the convert function in Lambda: its name, its bucket, and its work for each new object.
 */
export interface FunctionTask extends LogSource {
  /** The only bucket whose objects the Lambda function accepts. An event about another bucket is an error. */
  bucket: string;
  /**
   * True for the keys on which the Lambda function works. Events about other keys are acknowledged, and nothing is
   * done.
   */
  concerns(key: string): boolean;
  /**
   * Called for each new object in the bucket whose key `concerns` accepts; works on the object and returns the outcome.
   * `timeLeft` returns the milliseconds until `signal` aborts.
   */
  work(notice: UploadNotice, signal: AbortSignal, timeLeft: () => number): Promise<Outcome>;
  /**
   * Called with an event that failed and its error; has SQS deliver the event again after a pause, or gives the event
   * up. Absent: SQS delivers the event again when the visibility timeout of the queue is over.
   */
  retry?: Retry | undefined;
}

/**
 * The time limit of a Lambda invocation, as it is passed to the function that does the work: `signal` aborts when the
 * work must stop, and `timeLeft` returns the milliseconds until `signal` aborts.
 */
interface Invocation {
  signal: AbortSignal;
  timeLeft: () => number;
}

/**
 * The time in milliseconds before the end of a Lambda invocation at which the work is told to stop. It is enough to end
 * all requests and to abort a multipart upload.
 */
const RESERVE_MS = 20_000;

/**
 * The milliseconds that the work of a Lambda invocation has to end, after it was told to stop. If it has not ended by
 * then, the invocation ends with the error `deadline`.
 */
const GRACE_MS = 15_000;

/**
 * Makes the Lambda handler of the inspect or the convert function, which calls `duty.work` for each new object. A fault
 * of an archive is no error: it is a result. An error is logged and thrown, and SQS delivers the event again; after the
 * last try, the event is given up. When a piece of a split archive was not uploaded yet, nothing is thrown: the answer
 * asks SQS to deliver the event again. The handler writes to `log`.
 */
export function handlerFor(duty: FunctionTask, log: Log = logToStdout) {
  return inChain(duty, log, (event, { signal, timeLeft }) => {
    return workOff(event, (notice) => duty.work(notice, signal, timeLeft), duty, log);
  });
}

/**
 * Makes a Lambda handler out of `work`, with the middleware (middy) of all handlers. Shortly before the invocation must
 * end, the handler tells `work` to stop. If `work` throws an error, the handler logs it under the name in `speaker`,
 * and calls `speaker.retry`, which has the event delivered again later or gives it up.
 */
export function inChain(
  speaker: LogSource & Pick<FunctionTask, 'retry'>,
  log: Log,
  work: (event: unknown, invocation: Invocation) => Promise<Answer>,
) {
  // Lambda freezes the process as soon as the handler answers. So wait here until the work had time to end.
  const timeoutEarlyResponse = async (): Promise<never> => {
    await delay(GRACE_MS, undefined, { ref: false });
    throw overdue(speaker);
  };
  return middyCore<unknown, Answer>({ timeoutEarlyInMillis: RESERVE_MS, timeoutEarlyResponse })
    .use({
      onError: async ({ error, event, context }): Promise<Answer | undefined> => {
        log(errorLine(speaker, error, context.awsRequestId, Date.now()));
        // An answer here takes the place of the error.
        return (await speaker.retry?.(event, error)) ?? undefined;
      },
    })
    .handler((event, context, { signal }) => {
      return work(event, { signal, timeLeft: () => context.getRemainingTimeInMillis() - RESERVE_MS });
    });
}

async function workOff(
  event: unknown,
  work: (notice: UploadNotice) => Promise<Outcome>,
  duty: FunctionTask,
  log: Log,
): Promise<Answer> {
  for (const notice of noticesIn(event)) {
    if (notice.bucket !== duty.bucket) throw foreign(notice, duty);
    if (!duty.concerns(notice.key)) continue;
    const outcome = await work(notice);
    for (const line of outcomeLines(duty, outcome, Date.now())) log(line);
  }
  return ALL_DONE;
}

function foreign({ bucket, key }: UploadNotice, duty: FunctionTask): LadingError {
  return new LadingError('bad-event', `Cannot ${duty.name} ${key}: it is in ${bucket}, not in ${duty.bucket}`);
}

function overdue({ name }: LogSource): LadingError {
  return new LadingError('deadline', `Cannot ${name} in time: the work did not end when it was told to`);
}
