import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resultKeys } from '../../core/service/keys.ts';
import { BUCKETS } from '../support/functions.ts';
import { S3StandIn } from '../support/s3-standin.ts';
import { KEYS, keysSuite } from './keys-suite.ts';

const standIn = new S3StandIn();

keysSuite('keys, over the stand-in for S3', async () => {
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const endpoint = await standIn.start();
  for (const bucket of Object.values(BUCKETS)) standIn.model.createBucket(bucket);
  return { endpoint, credentials, stop: () => standIn.stop() };
});

test('no two keys share results, and no result has a key that is too long', () => {
  const all = Object.values(KEYS).flat();
  const results = all.flatMap((key) => Object.values(resultKeys(key)));
  assert.equal(new Set(results).size, 5 * new Set(all).size);
  for (const key of results) assert.ok(Buffer.byteLength(key) <= 1024, key);
});

test('the prefix of the results is the key itself where it fits, else as much of it as fits', () => {
  for (const key of ['a', '/a', 'f'.repeat(1008)]) assert.equal(resultKeys(key).image, `${key}/image.tar`);
  for (const key of ['f'.repeat(1009), '文'.repeat(341)]) {
    const { image } = resultKeys(key);
    assert.ok(image.startsWith(key.slice(0, 300)));
    assert.match(image, /~[0-9a-f]{64}\/image\.tar$/u);
    assert.ok(!image.includes('\ufffd'), 'no character is cut in two');
  }
});
