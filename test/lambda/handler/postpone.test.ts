import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { handlerFor } from '../../../lambda/handler/handler.ts';
import { inQueue, pauseAfter } from '../../../lambda/handler/postpone.ts';
import { lambdaContext, objectCreated, queued } from '../../support/functions.ts';
import { listen, shut } from '../../support/loopback.ts';

interface Asked {
  target: string;
  QueueUrl: string;
  ReceiptHandle: string;
  VisibilityTimeout: number;
}

/** A stand-in for SQS that answers each request with `status`, the requests that it got, and the URL of its queue. */
async function standIn(t: TestContext, status: number): Promise<{ asked: Asked[]; queueUrl: string }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ target: request.headers['x-amz-target'], ...JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    });
  });
  const place = await listen(server);
  t.after(() => shut(server));
  return { asked, queueUrl: `http://${place}/123456789012/events` };
}

/** Delivers an event for the third time, to a function that fails. */
function failing(queueUrl: string): Promise<unknown> {
  Object.assign(process.env, { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any' });
  const work = async (): Promise<never> => {
    throw new Error('S3 is away');
  };
  const duty = { name: 'inspect', bucket: 'uploads', concerns: () => true, work, postpone: inQueue(queueUrl) };
  const event = queued(objectCreated('uploads', 'a.tar')) as { Records: object[] };
  const received = { receiptHandle: 'handle', attributes: { ApproximateReceiveCount: '3' } };
  const delivered = { Records: event.Records.map((record) => ({ ...record, ...received })) };
  return handlerFor(duty, () => undefined)(delivered, lambdaContext());
}

describe('an event whose work failed, over a stand-in for SQS', () => {
  test('comes again after the pause for its number of tries', async (t) => {
    const { asked, queueUrl } = await standIn(t, 200);
    await assert.rejects(failing(queueUrl), /S3 is away/u);
    const [{ VisibilityTimeout: pause, ...request } = assert.fail(), ...more] = asked;
    const target = 'AmazonSQS.ChangeMessageVisibility';
    assert.deepEqual([request, more], [{ target, QueueUrl: queueUrl, ReceiptHandle: 'handle' }, []]);
    assert.ok(pause >= pauseAfter(3, 0) && pause <= pauseAfter(3, 1), `${pause} s`);
  });

  test('is left to the queue when SQS refuses the pause, and the first failure is still the one reported', async (t) => {
    const { asked, queueUrl } = await standIn(t, 403);
    await assert.rejects(failing(queueUrl), /S3 is away/u);
    assert.equal(asked.length, 1);
  });
});

test('four pauses last over an hour, the first at most a minute, and none longer than two hours', () => {
  const pauses = (chance: number) => [1, 2, 3, 4].map((receives) => pauseAfter(receives, chance));
  assert.ok(pauses(0).reduce((sum, each) => sum + each) >= 3600);
  assert.ok(pauseAfter(1, 1) <= 60);
  assert.ok(Math.max(...pauses(1), pauseAfter(100, 1)) <= 7200);
});
