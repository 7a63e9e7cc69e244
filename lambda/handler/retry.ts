import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { codeOf, isUnfinished } from '../../core/model/errors.ts';

/**
 * The answer of a Lambda function to SQS: `batchItemFailures` has the IDs of the messages to deliver again. The others
 * are done, and SQS deletes them.
 */
export interface Answer {
  batchItemFailures: { itemIdentifier: string }[];
}

export const ALL_DONE: Answer = { batchItemFailures: [] };

/**
 * A function that handles an event that failed: the event is delivered again later or, after its last try, given up.
 * Returns the answer of the Lambda function to SQS. Returns null when the invocation must end with the error instead,
 * so that Lambda counts it in the metric `Errors`, which has an alarm. Never throws: if a request fails, the settings
 * of the queue apply.
 */
export type Retry = (event: unknown, error: unknown) => Promise<Answer | null>;

/**
 * The SQS queues of a Lambda function. `events` is the URL of the queue from which the function gets its events.
 * `givenUp`, if present, has the URL of the queue into which the function puts the events that it gives up.
 */
export interface Queues {
  events: string;
  /**
   * The queue for events that are given up, and the number of deliveries after which an event is given up. Absent: SQS
   * itself moves an event that was received too often.
   */
  givenUp?: { url: string; maxReceives: number } | undefined;
}

/** The name of the SQS message attribute with the error code of the last try. EventBridge uses the same name. */
export const ERROR_CODE = 'ERROR_CODE';

/**
 * The number of tries for an event about an archive that was split into several uploads, of which one is missing. After
 * the last try, the event is given up. The pauses between the tries take 22 to 43 minutes together. This is less than
 * the hour after which the alarm for waiting events goes off.
 */
const UNFINISHED_RECEIVES = 4;

const FIRST_SECONDS = 30;
const FACTOR = 6;
const LONGEST_SECONDS = 3600;

/**
 * The seconds until an event is delivered again after its failed try number `receives`, counted from 1. They are 30 to
 * 60 after the first try, 180 to 360 after the second, 1,080 to 2,160 after the third, and 3,600 to 7,200 after each
 * further try. Most faults are short, but a long one must not use up all tries. `chance`, a random number from 0 to 1,
 * spreads events that failed at the same time.
 */
export function pauseAfter(receives: number, chance: number): number {
  return Math.round(Math.min(FIRST_SECONDS * FACTOR ** (receives - 1), LONGEST_SECONDS) * (1 + chance));
}

/**
 * Makes the function that handles failed messages of an SQS queue. That function delays the next delivery of a message,
 * and gives up a message that has no try left. Without a queue for given-up events, it gives up none.
 */
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
    const unfinished = isUnfinished(codeOf(error));
    const most = unfinished ? UNFINISHED_RECEIVES : Infinity;
    const isLast = givenUp !== undefined && only !== undefined && only.receives >= Math.min(givenUp.maxReceives, most);
    // An answer covers all messages of an event, so only a single one can be given up. The mapping delivers one at a time.
    if (isLast && messages.length === 1 && (await giveUp(only, error, givenUp.url))) return ALL_DONE;
    for (const message of messages) await postpone(message);
    return unfinished ? { batchItemFailures: messages.map(({ id }) => ({ itemIdentifier: id })) } : null;
  };
}

interface Message {
  id: string;
  body: string;
  receiptHandle: string;
  receives: number;
}

function messagesIn(event: unknown): Message[] {
  const { Records = [] } = (event ?? {}) as { Records?: Delivered[] };
  return Records.map(({ messageId: id = '', body = '', receiptHandle = '', attributes }) => {
    return { id, body, receiptHandle, receives: Number(attributes?.ApproximateReceiveCount ?? 1) };
  });
}

interface Delivered {
  messageId?: string;
  body?: string;
  receiptHandle?: string;
  attributes?: { ApproximateReceiveCount?: string };
}
