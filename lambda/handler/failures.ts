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
 * The URLs of the two SQS queues for events that a Lambda function has not handled. `givenUp` gets the events that
 * could not be delivered to the function, and those for which its last try has failed. `deadLetters` stores these
 * events afterwards, so that a person can send them to the function again.
 */
export interface QueuePair {
  givenUp: string;
  deadLetters: string;
}

/**
 * The task of the Lambda function that handles given-up events: those that could not be delivered to another function,
 * or for which the last try of that function has failed. `passages` are the queues from which such events come and to
 * which they are moved afterwards. The handler calls `fail` for each S3 object that such an event reports.
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
 * Makes the Lambda handler for given-up events: those that could not be delivered to another function, or for which the
 * last try of that function has failed. The handler calls `duty.fail`, which writes the archive manifest, the JSON
 * document about the upload, with outcome `failed`. Then the handler moves the event to the dead-letter queue, where it
 * stays until somebody sends it to its function again. Some events are deleted instead of moved: those about an archive
 * that was split into several uploads, of which one is missing. Only the uploader can add the missing upload. The
 * handler writes to `log`.
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
 * The reason why an event was given up, from the attributes of its SQS message. The kind is `error` if a function of
 * Lading gave the event up and added its error code. It is `undelivered` if EventBridge could not deliver the event and
 * added an error code and the ARN of its rule. It is `crash` if SQS itself moved the message, which adds no attribute.
 */
function reasonIn({ messageAttributes = {} }: Message): Reason {
  const code = messageAttributes[ERROR_CODE]?.stringValue;
  if (code === undefined) return { kind: 'crash' };
  return { kind: 'RULE_ARN' in messageAttributes ? 'undelivered' : 'error', code };
}

/**
 * Finds the pair of queues to which an SQS message belongs: the pair whose queue `givenUp` has delivered the message.
 * The queue is found by its name, with which both its URL and its ARN end. Undefined when no pair has this queue.
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
