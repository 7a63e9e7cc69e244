import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LadingError } from '../../core/model/errors.ts';

/**
 * Decides what becomes of a failed event: it is delivered again later, or, after its last try, given up. True when it was
 * given up, and must not be delivered again. Never throws: when a request fails, the queue's own settings apply.
 */
export type Retry = (event: unknown, error: unknown) => Promise<boolean>;

/** The queue of a function's events, and the queue for those that it gives up. */
export interface Queues {
  events: string;
  /** Absent: SQS itself moves the event, when it has been received too often. */
  givenUp?: { url: string; maxReceives: number } | undefined;
}

/** The message attribute that names the error of the last try. EventBridge uses the same name for its own errors. */
export const ERROR_CODE = 'ERROR_CODE';

const FIRST_SECONDS = 30;
const FACTOR = 6;
const LONGEST_SECONDS = 3600;

/**
 * Seconds until an event is delivered again after its `receives`-th failed try: 30 to 60, then 180 to 360, 1,080 to
 * 2,160, at last 3,600 to 7,200. Most faults are over soon, but a longer one must not use up all tries within minutes.
 * `chance` (0 to 1) spreads events that failed at the same time.
 */
export function pauseAfter(receives: number, chance: number): number {
  return Math.round(Math.min(FIRST_SECONDS * FACTOR ** (receives - 1), LONGEST_SECONDS) * (1 + chance));
}

/** Postpones the messages of one SQS queue by their visibility timeout, and gives up those that have no try left. */
export function inQueue({ events, givenUp }: Queues): Retry {
  // After a deadline Lambda soon ends the invocation. The time is enough for one short request.
  const client = new SQSClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 1000, socketTimeout: 1000 } });
  const postpone = async ({ receiptHandle, receives }: Message): Promise<void> => {
    const VisibilityTimeout = pauseAfter(receives, Math.random());
    const command = { QueueUrl: events, ReceiptHandle: receiptHandle, VisibilityTimeout };
    await client.send(new ChangeMessageVisibilityCommand(command)).catch(() => undefined);
  };
  const giveUp = async ({ body }: Message, error: unknown, QueueUrl: string): Promise<boolean> => {
    const MessageAttributes = { [ERROR_CODE]: { DataType: 'String', StringValue: codeOf(error) } };
    const sending = client.send(new SendMessageCommand({ QueueUrl, MessageBody: body, MessageAttributes }));
    return await sending.then(
      () => true,
      () => false,
    );
  };
  return async (event, error) => {
    const messages = messagesIn(event);
    const [only] = messages;
    const isLast = givenUp !== undefined && only !== undefined && only.receives >= givenUp.maxReceives;
    // An answer covers all messages of an event, so only a single one can be given up. The mapping delivers one at a time.
    if (isLast && messages.length === 1 && (await giveUp(only, error, givenUp.url))) return true;
    for (const message of messages) await postpone(message);
    return false;
  };
}

/** The code of an error of Lading, or the name of any other. */
export function codeOf(error: unknown): string {
  if (error instanceof LadingError) return error.cause instanceof Error ? error.cause.name : error.code;
  return error instanceof Error ? error.name : 'unknown';
}

interface Message {
  body: string;
  receiptHandle: string;
  receives: number;
}

function messagesIn(event: unknown): Message[] {
  const { Records = [] } = (event ?? {}) as { Records?: Delivered[] };
  return Records.map(({ body = '', receiptHandle = '', attributes }) => {
    return { body, receiptHandle, receives: Number(attributes?.ApproximateReceiveCount ?? 1) };
  });
}

interface Delivered {
  body?: string;
  receiptHandle?: string;
  attributes?: { ApproximateReceiveCount?: string };
}
