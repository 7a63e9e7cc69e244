import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';

/**
 * A function that sets when SQS delivers a failed event again. It never throws; if it fails, the queue's visibility
 * timeout decides.
 */
export type Postpone = (event: unknown) => Promise<void>;

const FIRST_SECONDS = 30;
const FACTOR = 6;
const LONGEST_SECONDS = 3600;

/**
 * The seconds until SQS delivers an event again, after it failed `receives` times: 30 to 60 at first, then 180 to 360,
 * then 1,080 to 2,160, and at last 3,600 to 7,200. Most faults are over soon, but a longer one must not use up all
 * attempts within minutes. `chance` (0 to 1) spreads events that failed at the same time.
 */
export function pauseAfter(receives: number, chance: number): number {
  return Math.round(Math.min(FIRST_SECONDS * FACTOR ** (receives - 1), LONGEST_SECONDS) * (1 + chance));
}

/** Makes the function that postpones failed messages of an SQS queue, by changing their visibility timeout. */
export function inQueue(queueUrl: string): Postpone {
  // After a deadline Lambda soon ends the invocation. The time is enough for one short request.
  const client = new SQSClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 1000, socketTimeout: 1000 } });
  return async (event) => {
    const { Records = [] } = event as { Records?: Message[] };
    for (const { receiptHandle, attributes } of Records) {
      const VisibilityTimeout = pauseAfter(Number(attributes?.ApproximateReceiveCount ?? 1), Math.random());
      const command = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout };
      await client.send(new ChangeMessageVisibilityCommand(command)).catch(() => undefined);
    }
  };
}

interface Message {
  receiptHandle: string;
  attributes?: { ApproximateReceiveCount?: string };
}
