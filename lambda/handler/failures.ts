import { type MessageAttributeValue, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { isUnfinished, LadingError } from '../../core/model/errors.ts';
import type { Reason } from '../../core/service/failure.ts';
import type { Outcome } from '../../core/service/outcome.ts';
import type { UploadNotice } from '../../core/service/stores.ts';
import { noticesIn } from '../../s3/events.ts';
import { inChain } from './handler.ts';
import { type Log, logToStdout, outcomeLines, type LogSource } from './log.ts';
import { ALL_DONE, type Answer, ERROR_CODE, inQueue } from './retry.ts';

/**
 * Two SQS queues behind one Lambda function, by their URLs: `givenUp` gets the events that could not be delivered to
 * the function or failed at the last try, and `deadLetters` keeps them for people afterwards.
 */
export interface QueuePair {
  givenUp: string;
  deadLetters: string;
}

/**
 * The task of the Lambda function for events that could not be delivered to another function or failed there at the
 * last try: it calls `fail` for each S3 object that such an event reports.
 */
export interface FailureTask extends LogSource {
  passages: QueuePair[];
  fail(notice: UploadNotice, reason: Reason, signal: AbortSignal): Promise<Outcome>;
}

interface Message {
  body?: string;
  receiptHandle?: string;
  eventSourceARN?: string;
  messageAttributes?: Record<string, { dataType: string; stringValue?: string }>;
}

/**
 * Makes the Lambda handler for events that could not be delivered to another function or failed there at the last try.
 * It writes the archive manifest, the JSON document about the upload, with outcome `failed`. Then it moves the event to
 * the dead-letter queue, where it stays until it is redriven. An event about an archive that was split into several
 * uploads, of which one is missing, is dropped instead: only its uploader can act.
 */
export function failureHandler(duty: FailureTask, log: Log = logToStdout) {
  const client = new SQSClient({ requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 } });
  const retry = async (event: unknown, error: unknown): Promise<Answer | null> => {
    const [first = {}] = messagesIn(event);
    const passage = pairOf(first, duty);
    return passage === undefined ? null : await inQueue({ events: passage.givenUp })(event, error);
  };
  return inChain({ ...duty, retry }, log, async (event, { signal }): Promise<Answer> => {
    for (const message of messagesIn(event)) {
      const passage = pairOf(message, duty);
      if (passage === undefined)
        throw new LadingError('bad-event', `Cannot tell whose events come from ${message.eventSourceARN}`);
      const reason = reasonIn(message);
      for (const notice of understood(message)) {
        const outcome = await duty.fail(notice, reason, signal);
        for (const line of outcomeLines(duty, outcome, Date.now())) log(line);
      }
      if (reason.kind === 'error' && isUnfinished(reason.code)) continue;
      const { body: MessageBody = '', messageAttributes } = message;
      const MessageAttributes = sendable(messageAttributes);
      const letter = { QueueUrl: passage.deadLetters, MessageBody, MessageAttributes };
      await client.send(new SendMessageCommand(letter));
    }
    return ALL_DONE;
  });
}

/** The S3 objects that an SQS message reports. Empty for a message that is no event of S3. */
function understood({ body }: Message): UploadNotice[] {
  try {
    return noticesIn({ Records: [{ body }] });
  } catch {
    return [];
  }
}

/**
 * The reason why an event was given up, as the attributes of its SQS message tell it. A function of Lading puts its
 * error code there (kind `error`), EventBridge its error code and its rule (`undelivered`), and SQS itself nothing
 * (`crash`).
 */
function reasonIn({ messageAttributes = {} }: Message): Reason {
  const code = messageAttributes[ERROR_CODE]?.stringValue;
  if (code === undefined) return { kind: 'crash' };
  return { kind: 'RULE_ARN' in messageAttributes ? 'undelivered' : 'error', code };
}

/**
 * The pair of queues (given-up events, dead letters) from whose first queue an SQS message comes. It is found by the
 * queue's name, with which the queue's URL and ARN end. Undefined when there is none.
 */
function pairOf({ eventSourceARN = '' }: Message, { passages }: FailureTask): QueuePair | undefined {
  const name = eventSourceARN.split(':').at(-1);
  return passages.find(({ givenUp }) => givenUp.split('/').at(-1) === name);
}

function messagesIn(event: unknown): Message[] {
  const { Records = [] } = (event ?? {}) as { Records?: Message[] };
  return Records;
}

function sendable(attributes: Message['messageAttributes'] = {}): Record<string, MessageAttributeValue> {
  const texts = Object.entries(attributes).filter(([, { stringValue }]) => stringValue !== undefined);
  return Object.fromEntries(
    texts.map(([name, { dataType: DataType, stringValue: StringValue }]) => [name, { DataType, StringValue }]),
  );
}
