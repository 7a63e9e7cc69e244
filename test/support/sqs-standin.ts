import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { listen, shut } from './loopback.ts';

/** A request to SQS: its operation, and the fields that the tests read. */
export interface Asked {
  target: string;
  QueueUrl: string;
  ReceiptHandle: string;
  VisibilityTimeout: number;
  MessageBody?: string;
  DelaySeconds?: number;
  MessageAttributes?: object;
}

/** A stand-in for SQS that answers each request with `status`, the requests that it got, and the URL of its queue. */
export async function sqsStandIn(t: TestContext, status: number): Promise<{ asked: Asked[]; queueUrl: string }> {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const it = JSON.parse(Buffer.concat(chunks).toString()) as Asked;
      asked.push({ ...it, target: String(request.headers['x-amz-target']) });
      // The SDK compares the checksum of a message that it sends.
      const MD5OfMessageBody = createHash('md5')
        .update(it.MessageBody ?? '')
        .digest('hex');
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ MD5OfMessageBody }));
    });
  });
  const place = await listen(server);
  t.after(() => shut(server));
  return { asked, queueUrl: `http://${place}/123456789012/events` };
}
