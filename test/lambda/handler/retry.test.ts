import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LadingError } from '../../../core/model/errors.ts';
import { handlerFor } from '../../../lambda/handler/handler.ts';
import { inQueue, pauseAfter } from '../../../lambda/handler/retry.ts';
import { lambdaContext, objectCreated, queued } from '../../support/functions.ts';
import { sqsStandIn } from '../../support/sqs-standin.ts';

/** Delivers an event for the `receives`-th time, to a function that fails and gives up after `maxReceives`. */
function failing(queueUrl: string, receives = 3, error = new Error('S3 is away')): Promise<unknown> {
  const work = async (): Promise<never> => {
    throw error;
  };
  const queues = { events: queueUrl, givenUp: { url: `${queueUrl}-given-up`, maxReceives: 5 } };
  const duty = { name: 'inspect', converter: 'results', bucket: 'uploads', concerns: () => true, work };
  const event = queued(objectCreated('uploads', 'a.tar')) as { Records: object[] };
  const received = {
    messageId: 'id',
    receiptHandle: 'handle',
    attributes: { ApproximateReceiveCount: String(receives) },
  };
  const delivered = { Records: event.Records.map((record) => ({ ...record, ...received })) };
  return handlerFor({ ...duty, retry: inQueue(queues) }, () => undefined)(delivered, lambdaContext());
}

describe('an event whose work failed, over a stand-in for SQS', () => {
  test('comes again after the pause for its number of tries', async (t) => {
    const { asked, queueUrl } = await sqsStandIn(t, 200);
    await assert.rejects(failing(queueUrl), /S3 is away/u);
    const [{ VisibilityTimeout: pause, ...request } = assert.fail(), ...more] = asked;
    const target = 'AmazonSQS.ChangeMessageVisibility';
    assert.deepEqual([request, more], [{ target, QueueUrl: queueUrl, ReceiptHandle: 'handle' }, []]);
    assert.ok(pause >= pauseAfter(3, 0) && pause <= pauseAfter(3, 1), `${pause} s`);
  });

  test('is given up after its last try, with the name of the error, and acknowledged', async (t) => {
    const { asked, queueUrl } = await sqsStandIn(t, 200);
    assert.deepEqual(await failing(queueUrl, 5), { batchItemFailures: [] });
    const [{ MessageBody: body = '', ...request } = assert.fail(), ...more] = asked;
    assert.deepEqual(JSON.parse(body), objectCreated('uploads', 'a.tar'));
    assert.deepEqual(
      [request, more],
      [
        {
          target: 'AmazonSQS.SendMessage',
          QueueUrl: `${queueUrl}-given-up`,
          MessageAttributes: { ERROR_CODE: { DataType: 'String', StringValue: 'Error' } },
        },
        [],
      ],
    );
  });

  test('fails when it cannot be given up, so that SQS itself moves it', async (t) => {
    const { queueUrl } = await sqsStandIn(t, 403);
    await assert.rejects(failing(queueUrl, 5), /S3 is away/u);
  });

  test('is left to the queue when SQS refuses the pause, and the first failure is still the one reported', async (t) => {
    const { asked, queueUrl } = await sqsStandIn(t, 403);
    await assert.rejects(failing(queueUrl), /S3 is away/u);
    assert.equal(asked.length, 1);
  });
});

describe('the event of a split upload whose piece is missing', () => {
  const error = new LadingError('piece-missing', 'Cannot read a.tar.ab: the piece a.tar.aa is missing');

  test('comes again without a failed invocation, which would ring an alarm', async (t) => {
    const { asked, queueUrl } = await sqsStandIn(t, 200);
    assert.deepEqual(await failing(queueUrl, 3, error), { batchItemFailures: [{ itemIdentifier: 'id' }] });
    assert.deepEqual(
      asked.map(({ target }) => target),
      ['AmazonSQS.ChangeMessageVisibility'],
    );
  });

  test('is given up before it has waited for an hour, which would ring another', async (t) => {
    const { asked, queueUrl } = await sqsStandIn(t, 200);
    const longest = [1, 2, 3].map((receives) => pauseAfter(receives, 1)).reduce((sum, each) => sum + each);
    assert.ok(longest < 3600);
    assert.deepEqual(await failing(queueUrl, 4, error), { batchItemFailures: [] });
    assert.deepEqual(
      asked.map(({ target }) => target),
      ['AmazonSQS.SendMessage'],
    );
  });
});

test('four pauses last over an hour, the first at most a minute, and none longer than two hours', () => {
  const pauses = (chance: number) => [1, 2, 3, 4].map((receives) => pauseAfter(receives, chance));
  assert.ok(pauses(0).reduce((sum, each) => sum + each) >= 3600);
  assert.ok(pauseAfter(1, 1) <= 60);
  assert.ok(Math.max(...pauses(1), pauseAfter(100, 1)) <= 7200);
});
