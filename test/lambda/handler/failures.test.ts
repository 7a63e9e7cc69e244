import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reason } from '../../../core/service/failure.ts';
import { failureHandler } from '../../../lambda/handler/failures.ts';
import { toQueue } from '../../../lambda/handler/hand-back.ts';
import { lambdaContext, objectCreated, queued } from '../../support/functions.ts';
import { sqsStandIn } from '../../support/sqs-standin.ts';

const text = (stringValue: string) => ({ dataType: 'String', stringValue });

/** Delivers a given-up message with these attributes. Returns what was written down, and what was sent on. */
async function givenUp(
  t: Parameters<typeof sqsStandIn>[0],
  messageAttributes: object,
  { body, queue = 'given-up', status = 200 }: { body?: string; queue?: string; status?: number } = {},
) {
  const { asked, queueUrl } = await sqsStandIn(t, status);
  const passages = [
    { givenUp: `${queueUrl}/other`, deadLetters: `${queueUrl}/other-letters` },
    { givenUp: `${queueUrl}/given-up`, deadLetters: `${queueUrl}/letters` },
  ];
  const failed: [key: string, reason: Reason][] = [];
  const fail = async ({ key }: { key: string }, reason: Reason) => {
    failed.push([key, reason]);
    return { kind: 'gone', key } as const;
  };
  const { Records } = queued(objectCreated('uploads', 'a.tar')) as { Records: { body: string }[] };
  const eventSourceARN = `arn:aws:sqs:us-east-1:123456789012:${queue}`;
  const delivered = Records.map((each) => ({ ...each, body: body ?? each.body, messageAttributes, eventSourceARN }));
  const handler = failureHandler({ name: 'fail', converter: 'results', passages, fail }, () => undefined);
  const answer = handler({ Records: delivered }, lambdaContext());
  return { answer, asked, failed, queueUrl };
}

test('a given-up event is written down with its reason, and waits in the dead-letter queue of its function', async (t) => {
  for (const [attributes, reason] of [
    [{}, { kind: 'crash' }],
    [{ ERROR_CODE: text('SlowDown') }, { kind: 'error', code: 'SlowDown' }],
    [
      { ERROR_CODE: text('NO_PERMISSIONS'), RULE_ARN: text('arn') },
      { kind: 'undelivered', code: 'NO_PERMISSIONS' },
    ],
  ] as const) {
    const { answer, asked, failed, queueUrl } = await givenUp(t, attributes);
    assert.deepEqual(await answer, { batchItemFailures: [] });
    assert.deepEqual(failed, [['a.tar', reason]]);
    const [{ target, QueueUrl, MessageBody, MessageAttributes } = assert.fail(), ...more] = asked;
    assert.deepEqual([target, QueueUrl, more], ['AmazonSQS.SendMessage', `${queueUrl}/letters`, []]);
    assert.deepEqual(JSON.parse(MessageBody ?? ''), objectCreated('uploads', 'a.tar'));
    assert.deepEqual(Object.keys(MessageAttributes ?? {}), Object.keys(attributes), 'they stay for people to read');
  }
});

test('the event of a split upload whose piece never came is written down, and no dead letter rings an alarm', async (t) => {
  const { answer, asked, failed } = await givenUp(t, { ERROR_CODE: text('piece-missing') });
  assert.deepEqual(await answer, { batchItemFailures: [] });
  assert.deepEqual([failed, asked], [[['a.tar', { kind: 'error', code: 'piece-missing' }]], []]);
});

test('a message that is no event goes on to people as it is, and one that cannot go on is not acknowledged', async (t) => {
  const { answer, asked, failed } = await givenUp(t, {}, { body: 'hello' });
  await answer;
  assert.deepEqual([failed, asked[0]?.MessageBody], [[], 'hello']);
  await assert.rejects((await givenUp(t, {}, { status: 403 })).answer);
  await assert.rejects((await givenUp(t, {}, { queue: 'unknown' })).answer, { code: 'bad-event' });
});

test('an upload that is handed back comes to the inspect function as the event of S3 would, after a while', async (t) => {
  const { asked, queueUrl } = await sqsStandIn(t, 200);
  await toQueue(queueUrl, 'uploads')({ key: 'a b.tar', versionId: 'v', etag: null, sequencer: '0A' });
  const [{ MessageBody, DelaySeconds = 0 } = assert.fail()] = asked;
  const object = { key: 'a b.tar', 'version-id': 'v', sequencer: '0A' };
  assert.deepEqual(JSON.parse(MessageBody ?? ''), {
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name: 'uploads' }, object },
  });
  assert.ok(DelaySeconds >= 60, 'two functions of different versions would pass it to and fro');
});
