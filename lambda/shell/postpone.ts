import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';

/** Decides when an event comes again whose work has failed. Never throws: the queue brings it back in any case. */
export type Postpone = (event: unknown) => Promise<void>;

const FIRST_SECONDS = 30;
const FACTOR = 6;
const LONGEST_SECONDS = 3600;

/**
 * Seconds until the next try after `receives` tries: half a minute to one, then three to six, and so on, up to two hours. Most faults are
 * over soon; those that are not must not use up all tries in minutes. `chance` (0 to 1) keeps those apart that failed together.
 */
export function pauseAfter(receives: number, chance: number): number {
  return Math.round(Math.min(FIRST_SECONDS * FACTOR ** (receives - 1), LONGEST_SECONDS) * (1 + chance));
}

/** For the messages of one SQS queue, through their visibility timeout. */
export function inQueue(queueUrl: string): Postpone {
  // Lambda stops the clock soon after a deadline: there is time for one short request.
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
