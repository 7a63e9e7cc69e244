import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { HandBack } from '../../core/service/stores.ts';

/**
 * Seconds until the inspect function gets an upload that was handed back. While the two functions are of different
 * versions, as in the middle of a deployment, an upload goes to and fro between them, and should do so slowly.
 */
const DELAY_SECONDS = 120;

/** Hands uploads back by the queue of the inspect function, as the event that S3 would send. */
export function toQueue(QueueUrl: string, bucket: string): HandBack {
  const client = new SQSClient({ requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 } });
  return async ({ key, versionId, etag, sequencer }) => {
    const object = {
      key,
      ...(versionId !== null && { 'version-id': versionId }),
      ...(etag !== null && { etag }),
      ...(sequencer !== null && { sequencer }),
    };
    const event = { source: 'aws.s3', 'detail-type': 'Object Created', detail: { bucket: { name: bucket }, object } };
    const MessageBody = JSON.stringify(event);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds: DELAY_SECONDS }));
  };
}
