import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LadingError } from '../../core/model/errors.ts';
import { noticesIn } from '../../s3/events.ts';

/** Keys as users write them, and as S3 form-encodes them. */
const KEYS = [
  ['team/app.tar.gz', 'team/app.tar.gz'],
  ['with space.tar', 'with+space.tar'],
  ['a+b.tar', 'a%2Bb.tar'],
  ['100%.tar', '100%25.tar'],
  ['%41.tar', '%2541.tar'],
  ['ü 日本/é.tar', '%C3%BC+%E6%97%A5%E6%9C%AC/%C3%A9.tar'],
  [`it's "quoted".tar`, 'it%27s+%22quoted%22.tar'],
] as const;

function notification(key: string, more: object = {}): object {
  const bucket = { name: 'uploads', arn: 'arn:aws:s3:::uploads' };
  const object = { key, size: 1, eTag: 'e7a1', versionId: 'v1', sequencer: '0A1B' };
  return {
    eventVersion: '2.6',
    eventSource: 'aws:s3',
    eventName: 'ObjectCreated:Put',
    s3: { bucket, object },
    ...more,
  };
}

function bridgeEvent(key: string, more: object = {}): object {
  const object = { key, size: 1, etag: 'e7a1', 'version-id': 'v1', sequencer: '0A1B' };
  const detail = { version: '0', bucket: { name: 'uploads' }, object, reason: 'PutObject' };
  return { version: '0', id: '1', 'detail-type': 'Object Created', source: 'aws.s3', detail, ...more };
}

function queued(...events: object[]): object {
  return { Records: events.map((event) => ({ messageId: 'm', eventSource: 'aws:sqs', body: JSON.stringify(event) })) };
}

function notice(key: string): object {
  return { bucket: 'uploads', key, versionId: 'v1', etag: 'e7a1', sequencer: '0A1B' };
}

const badEvent = (error: unknown): boolean => error instanceof LadingError && error.code === 'bad-event';

for (const [key, encoded] of KEYS) {
  test(`the key ${key} arrives unchanged: form-encoded in a notification, as it is in EventBridge, queued or not`, () => {
    const records = { Records: [notification(encoded)] };
    for (const event of [records, bridgeEvent(key), queued(records), queued(bridgeEvent(key))]) {
      assert.deepEqual(noticesIn(event), [notice(key)]);
    }
  });
}

test('the records of an event give their notices in order', () => {
  const event = queued({ Records: [notification('a'), notification('b')] }, bridgeEvent('c'));
  assert.deepEqual(noticesIn(event), [notice('a'), notice('b'), notice('c')]);
});

test('a field that an event leaves out, or gives as empty text, is null', () => {
  const record = notification('', { s3: { bucket: { name: 'b' }, object: { key: 'k', versionId: '' } } });
  assert.deepEqual(noticesIn({ Records: [record] }), [
    { bucket: 'b', key: 'k', versionId: null, etag: null, sequencer: null },
  ]);
});

test('keys from Ceph, which are not encoded, are not decoded', () => {
  assert.deepEqual(noticesIn({ Records: [notification('a+b%.tar', { eventSource: 'ceph:s3' })] }), [
    notice('a+b%.tar'),
  ]);
});

test('the test message that S3 sends when notifications are set up is acknowledged', () => {
  const testEvent = {
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: '2026-01-01T00:00:00.000Z',
    Bucket: 'uploads',
  };
  assert.deepEqual(noticesIn(testEvent), []);
  assert.deepEqual(noticesIn(queued(testEvent)), []);
});

test('events about anything but a new object are acknowledged', () => {
  assert.deepEqual(noticesIn({ Records: [notification('a', { eventName: 'ObjectRemoved:Delete' })] }), []);
  assert.deepEqual(noticesIn(bridgeEvent('a', { 'detail-type': 'Object Deleted' })), []);
});

test('a message that is not an event of S3 is refused by name, so that the queue keeps it', () => {
  const foreign = [
    null,
    'text',
    {},
    { Records: [null] },
    { Records: [{ eventSource: 'aws:sns' }] },
    { Records: [{ body: 'not JSON' }] },
    { Records: [notification('%ZZ')] },
    { Records: [notification('')] },
    bridgeEvent(''),
    bridgeEvent('a', { source: 'aws.ec2' }),
    bridgeEvent('a', { detail: { bucket: {}, object: { key: 'a' } } }),
  ];
  for (const event of foreign) assert.throws(() => noticesIn(event), badEvent, JSON.stringify(event));
});
