import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Leases } from '../../serve/leases.ts';
import { keepsConditions } from '../../serve/probe.ts';
import { MultipartUpload } from '../../s3/multipart.ts';
import { standInHarness } from '../support/s3-harness.ts';

/** A term in milliseconds that passes soon in a test, and is long for requests on this machine. */
const TERM = 1500;

async function given(t: TestContext) {
  const harness = await standInHarness(false);
  t.after(async () => await harness.close());
  const { standIn, client, resultsBucket: bucket } = harness;
  const access = { client };
  const resultKeys = async () => await harness.resultKeys();
  const unfinished = async () => await harness.unfinished();
  const process = (term = TERM) => new Leases(access, bucket, term);
  /** Leaves a lease of a process that was killed, and a multipart upload that it had begun. */
  const dead = async (key: string): Promise<void> => {
    const holder = process();
    await holder.take(key);
    const [at = ''] = await resultKeys();
    const { bytes } = standIn.model.get(bucket, at);
    await MultipartUpload.create(access, { bucket, key: `${key}/image.tar` }, { ContentType: 'a/b', Metadata: {} });
    standIn.disturb = ({ operation, key: asked }) =>
      operation === 'PutObject' && asked === at ? { status: 403, code: 'AccessDenied' } : undefined;
    await sleep(TERM);
    standIn.disturb = () => undefined;
    standIn.model.put(bucket, at, bytes, { contentType: '', metadata: {} });
  };
  return { standIn, access, bucket, process, dead, resultKeys, unfinished };
}

test('a key has one holder at a time, and nothing is left when the lease is released', async (t) => {
  const { process, resultKeys } = await given(t);
  const [one, other] = [process(), process()];
  const lease = await one.take('a');
  assert.ok(lease !== null);
  assert.deepEqual([await other.take('a'), await one.take('a')], [null, null]);
  assert.ok((await other.take('b')) !== null, 'another key is free');
  await lease.release();
  const next = await other.take('a');
  await next?.release();
  assert.deepEqual([next?.lost.aborted, (await resultKeys()).length], [false, 1]);
});

test('a lease that is renewed stays its holder’s for longer than a term', async (t) => {
  const { process } = await given(t);
  const lease = await process().take('a');
  const other = process();
  for (let round = 0; round < 6; round += 1) {
    await other.sweep();
    await sleep(TERM / 2);
  }
  assert.deepEqual([lease?.lost.aborted, await other.take('a')], [false, null]);
  await lease?.release();
});

test('the lease of a dead process is removed after a term, with its multipart upload, and the key is free', async (t) => {
  const { process, dead, resultKeys, unfinished } = await given(t);
  await dead('a');
  const other = process();
  await other.sweep();
  assert.deepEqual([(await resultKeys()).length, await unfinished()], [1, ['a/image.tar']], 'not before the term');
  assert.equal(await other.take('a'), null);
  await sleep(TERM + 50);
  await Promise.all([other.sweep(), process().sweep()]);
  assert.deepEqual([await resultKeys(), await unfinished()], [[], []]);
  const lease = await other.take('a');
  assert.ok(lease !== null);
  await lease.release();
});

test('of two processes that find an expired lease, the later one spares the lease that a third has taken', async (t) => {
  const { standIn, process, dead } = await given(t);
  await dead('a');
  const [one, other, third] = [process(), process(), process()];
  await Promise.all([one.sweep(), other.sweep()]);
  await sleep(TERM + 50);
  let lease = null;
  standIn.disturb = async ({ operation, headers }) => {
    // Ceph 16 ignores the condition of a removal.
    if (operation === 'DeleteObject') delete headers['if-match'];
    if (operation !== 'PutObject') return;
    standIn.disturb = () => undefined;
    await one.sweep();
    lease = await third.take('a');
  };
  await other.sweep();
  assert.ok(lease !== null && (await one.take('a')) === null);
});

test('a holder whose lease was taken over learns it, and leaves the other one alone', async (t) => {
  const { standIn, bucket, process, resultKeys } = await given(t);
  const lease = await process().take('a');
  const [at = ''] = await resultKeys();
  standIn.model.put(bucket, at, Buffer.from('{"holder": "other"}'), { contentType: '', metadata: {} });
  while (lease?.lost.aborted !== true) await sleep(10);
  await lease.release();
  assert.deepEqual(await resultKeys(), [at]);
});

test('a holder that cannot reach the store gives its lease up before the term ends', async (t) => {
  const { standIn, process } = await given(t);
  const lease = await process(4 * TERM).take('a');
  const since = performance.now();
  standIn.disturb = () => 'reset';
  while (lease?.lost.aborted !== true) await sleep(10);
  assert.ok(performance.now() - since < 4 * TERM);
});

test('a lease is taken although the answer of the store was lost', async (t) => {
  const { standIn, process, resultKeys } = await given(t);
  let lost = false;
  standIn.disturb = ({ operation }) => {
    if (operation !== 'PutObject' || lost) return undefined;
    lost = true;
    return 'reset-after';
  };
  const lease = await process().take('a');
  assert.ok(lost && lease !== null);
  await lease.release();
  assert.deepEqual(await resultKeys(), []);
});

test('the probe tells whether a store keeps conditions, and leaves nothing', async (t) => {
  const { standIn, access, bucket, resultKeys } = await given(t);
  assert.equal(await keepsConditions(access, bucket), true);
  standIn.disturb = ({ headers }) => void delete headers['if-none-match'];
  assert.equal(await keepsConditions(access, bucket), false);
  assert.deepEqual(await resultKeys(), []);
});
