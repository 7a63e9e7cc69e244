import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { HandBack } from '../../core/service/stores.ts';

/**
 * The seconds until the inspect function gets an upload that the convert function gave back to it. During a deployment,
 * the two functions may have different versions and pass an upload to and fro. The pause keeps this slow.
 */
const DELAY_SECONDS = 120;

/**
 * Makes the function that has an upload in `bucket` inspected again. That function sends an event about the upload,
 * like the one that S3 sends for a new upload, to the queue of the inspect function. `QueueUrl` is the URL of that
 * queue.
 */
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
