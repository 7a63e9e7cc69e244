import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { Completion } from '../../../core/service/completion.ts';
import { toEventBridge } from '../../../lambda/handler/announce.ts';
import { EventBusStandIn } from '../../support/event-bus.ts';
import { assertCompletionEvent } from '../../support/manifest-schema.ts';

const completion: Completion = {
  completionVersion: 1,
  job: 'a'.repeat(64),
  source: { bucket: 'uploads', key: 'a "ü".tar', versionId: null, etag: 'e', sequencer: '0A', size: 1, digest: null },
  outcome: 'refused',
  kind: 'not-an-archive',
  findings: [{ code: 'not-a-tar', severity: 'error' }],
  manifest: { key: 'a "ü".tar/manifest.json' },
  result: null,
  summary: 'It is text.',
  images: [],
  shortened: false,
  cost: { bytesRead: 1, bytesSent: 0, seconds: 0.5 },
  converter: { name: 'lading', version: '0.0.0' },
};

describe('a completion event, over a stand-in for EventBridge', () => {
  const standIn = new EventBusStandIn();
  let client: EventBridgeClient;
  before(async () => {
    const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
    client = new EventBridgeClient({ endpoint: await standIn.start(), region: 'us-east-1', credentials });
  });
  after(async () => {
    client.destroy();
    await standIn.stop();
  });
  beforeEach(() => {
    standIn.disturb = () => undefined;
    standIn.events.length = 0;
  });
  const announceOn = (bus: string) => toEventBridge({ client, bus, resultsBucket: 'results' });

  test('says what was completed, and which bucket holds the results', async () => {
    await announceOn(standIn.bus)(completion);
    const { detail, Source, DetailType } = standIn.events[0] ?? assert.fail();
    assert.deepEqual([Source, DetailType], ['lading', 'Archive Completed']);
    assert.deepEqual(detail, { ...completion, resultsBucket: 'results' });
    assertCompletionEvent(detail);
  });

  test('is sent again when EventBridge fails for a moment', async () => {
    let failures = 2;
    standIn.disturb = () => (failures-- > 0 ? 500 : undefined);
    await announceOn(standIn.bus)(completion);
    assert.equal(standIn.events.length, 1);
  });

  test('that is refused is an error, even in an answer that succeeds as a whole', async () => {
    const fault = { code: 'unannounced', message: /^Cannot announce a "ü"\.tar on the event bus / };
    await assert.rejects(announceOn('another')(completion), fault);
    standIn.disturb = () => 'refused';
    await assert.rejects(announceOn(standIn.bus)(completion), fault);
    standIn.disturb = () => 400;
    await assert.rejects(announceOn(standIn.bus)(completion), fault);
    assert.deepEqual(standIn.events, []);
  });
});
