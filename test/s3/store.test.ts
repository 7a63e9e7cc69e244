import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { LadingError } from '../../core/model/errors.ts';
import { plan } from '../../core/model/plan.ts';
import { mergeOptions } from '../../core/options/options.ts';
import type { UploadIdentity } from '../../core/service/stores.ts';
import { nativeTools } from '../../node/tools.ts';
import { s3Store } from '../../s3/store.ts';
import { around, breaks, collect, over, sample } from '../contract/store-kit.ts';
import { standInHarness } from '../support/s3-harness.ts';
import type { SeenRequest } from '../support/s3-standin.ts';

const MIB = 2 ** 20;

function lengthOf(range: string | undefined): number {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/u.exec(range ?? '') ?? [];
  return Number(last) - Number(first) + 1;
}

describe('the S3 store on the stand-in', () => {
  let store: Awaited<ReturnType<typeof standInHarness>>;
  beforeEach(async () => {
    store = await standInHarness(true);
  });
  afterEach(async () => {
    await store.close();
  });

  const put = async (key: string, bytes: Uint8Array): Promise<UploadIdentity> => {
    await store.upload(key, bytes);
    const found = await store.uploads.find({ bucket: store.bucket, key, versionId: null, etag: null, sequencer: null });
    assert.ok(found !== null);
    return found.identity;
  };
  const requests = (operation: string): SeenRequest[] =>
    store.standIn.requests.filter((request) => request.operation === operation);
  const assembled = (identity: UploadIdentity, bytes: Uint8Array): Promise<{ bytesSent: number } | null> =>
    store.results.assemble('r/image.tar', around(bytes).made, identity, over(store.results, 'r/image.tar'));

  test('in a versioned bucket the version that the event names is read, whatever came later', async () => {
    const bytes = sample(12 * MIB);
    const identity = await put('k', bytes);
    await store.upload('k', sample(3));
    const found = await store.uploads.find({ ...identity, etag: null });
    assert.equal(found?.identity.versionId, identity.versionId);
    assert.ok((await collect(store.uploads.source(identity).open())).equals(bytes));
    await assembled(identity, bytes);
    assert.ok(around(bytes).expected.equals(store.standIn.model.get('results', 'r/image.tar').bytes));
  });

  test('user metadata comes with the upload, and a character may be split between its encoded words', async () => {
    const Metadata = { message: '=?UTF-8?B?5p6E5bs=?= =?UTF-8?B?ug==?=' };
    await store.client.send(new PutObjectCommand({ Bucket: store.bucket, Key: 'k', Body: 'x', Metadata }));
    const found = await store.uploads.find({
      bucket: store.bucket,
      key: 'k',
      versionId: null,
      etag: null,
      sequencer: null,
    });
    const options = mergeOptions({ metadata: found?.metadata ?? {} });
    assert.equal(options.ok ? options.value.message : options.problem.en, '构建');
  });

  test('every read and every copy names the version and the ETag', async () => {
    const bytes = sample(20 * MIB);
    const identity = await put('k', bytes);
    await collect(store.uploads.source(identity).open());
    await assembled(identity, bytes);
    for (const { query, headers } of requests('GetObject')) {
      assert.equal(query.get('versionId'), identity.versionId);
      assert.equal(headers['if-match'], `"${identity.etag}"`);
    }
    assert.ok(requests('UploadPartCopy').length > 0);
    for (const { headers } of requests('UploadPartCopy')) {
      assert.equal(headers['x-amz-copy-source'], `uploads/k?versionId=${identity.versionId}`);
      assert.equal(headers['x-amz-copy-source-if-match'], `"${identity.etag}"`);
    }
  });

  test('S3 copies most of a large upload: at most 12 MiB are sent', async () => {
    const bytes = sample(150 * MIB);
    const identity = await put('big', bytes);
    store.standIn.requests.length = 0;
    const { bytesSent = 0 } = (await assembled(identity, bytes)) ?? {};
    assert.ok(around(bytes).expected.equals(store.standIn.model.get('results', 'r/image.tar').bytes));
    assert.equal(store.standIn.bytesSent('UploadPart', 'PutObject'), bytesSent);
    assert.ok(bytesSent <= 12 * MIB);
    assert.equal(requests('UploadPartCopy').length, 2);
  });

  test('answers and connections that break off, and busy servers, are tried again', async () => {
    const bytes = sample(30 * MIB);
    const identity = await put('k', bytes);
    const disturbances = ['reset-mid-body', 'reset', { status: 503, code: 'SlowDown' }, 'reset-mid-body'] as const;
    let count = 0;
    store.standIn.disturb = ({ operation }) => (operation === 'GetObject' ? disturbances[count++] : undefined);
    assert.ok((await collect(store.uploads.source(identity).open())).equals(bytes));
    assert.ok(count > disturbances.length);
  });

  test('a range whose answer broke off is requested again only from there on', async () => {
    const identity = await put('k', sample(MIB));
    let first = true;
    store.standIn.disturb = () => {
      const disturbance = first ? 'reset-mid-body' : undefined;
      first = false;
      return disturbance;
    };
    await collect(store.uploads.source(identity).open());
    const [, second] = requests('GetObject');
    assert.match(second?.headers.range ?? '', /^bytes=[1-9]\d*-1048575$/u);
  });

  test('a forbidden read is not tried again, and is not taken for a missing object', async () => {
    const identity = await put('k', sample(100));
    store.standIn.requests.length = 0;
    store.standIn.disturb = () => ({ status: 403, code: 'AccessDenied' });
    await assert.rejects(collect(store.uploads.source(identity).open()), { name: 'AccessDenied' });
    assert.equal(requests('GetObject').length, 1);
    await assert.rejects(store.uploads.find(identity));
    await assert.rejects(store.uploads.small('uploads', 'k', 1), { name: 'AccessDenied' });
  });

  test('of an object that is too large no more is read than is wanted, even when its length is not told', async () => {
    await put('k', sample(20 * MIB));
    store.standIn.disturb = () => 'without-length';
    await assert.rejects(store.uploads.small('uploads', 'k', 1000), breaks('too-large'));
    assert.deepEqual((await store.uploads.small('uploads', 'k', 20 * MIB))?.length, 20 * MIB);
    assert.deepEqual(
      requests('GetObject').map(({ cancelled }) => cancelled),
      [true, false],
    );
  });

  test('ranges are read ahead, at most sixteen at a time, and within an eighth of the memory', async () => {
    const bytes = sample(60 * MIB);
    const identity = await put('k', bytes);
    for (const [memory, ranges, largest] of [
      [undefined, 16, 3.75 * MIB],
      [256 * MIB, 16, 2 * MIB],
      [32 * MIB, 4, MIB],
    ] as const) {
      let [open, most] = [0, 0];
      store.standIn.requests.length = 0;
      store.standIn.disturb = async () => {
        open += 1;
        most = Math.max(most, open);
        await delay(20);
        open -= 1;
        return undefined;
      };
      const { uploads } = s3Store({ client: store.client, memory }, 'results', nativeTools({ threads: false }));
      assert.ok((await collect(uploads.source(identity).open())).equals(bytes));
      const lengths = requests('GetObject').map(({ headers }) => lengthOf(headers.range));
      assert.deepEqual([most, Math.max(...lengths)], [ranges, largest]);
    }
  });

  test('small ranges near each other take few requests, and ranges far from each other are read alone', async () => {
    const bytes = sample(2 * MIB);
    const identity = await put('k', bytes);
    for (const [step, most] of [
      [2048, 20],
      [MIB / 4, 8],
    ] as const) {
      const ranges = Array.from(
        { length: bytes.length / step },
        (_, at) => [at * step + 512, at * step + 1536] as const,
      );
      const parts = ranges.map(([start, end]) => ({ kind: 'range', start, end }) as const);
      store.standIn.requests.length = 0;
      await store.results.assemble('r/image.tar', plan(parts), identity, over(store.results, 'r/image.tar'));
      const expected = Buffer.concat(ranges.map(([start, end]) => bytes.subarray(start, end)));
      assert.ok(expected.equals(store.standIn.model.get('results', 'r/image.tar').bytes));
      const lengths = requests('GetObject').map(({ headers }) => lengthOf(headers.range));
      assert.ok(lengths.length <= most, `${lengths.length} requests`);
      if (step > MIB / 8) assert.deepEqual(new Set(lengths), new Set([1024]));
    }
  });

  test('of the parts that S3 cannot copy, at most three are in memory', async () => {
    const identity = await put('k', sample(6 * MIB));
    const range = { kind: 'range', start: 0, end: 4 * MIB } as const;
    let [open, most] = [0, 0];
    store.standIn.disturb = async ({ operation }) => {
      if (operation !== 'UploadPart') return undefined;
      open += 1;
      most = Math.max(most, open);
      await delay(200);
      open -= 1;
      return undefined;
    };
    const ready = over(store.results, 'r/image.tar');
    await store.results.assemble('r/image.tar', plan(Array.from({ length: 10 }, () => range)), identity, ready);
    assert.deepEqual([requests('UploadPart').length, most], [5, 3]);
  });

  test('an answer that stalls, before its first byte or later, is given up and requested again', async () => {
    const bytes = sample(3 * MIB);
    const identity = await put('k', bytes);
    const { uploads } = s3Store({ client: store.client, patience: 1000 }, 'results', nativeTools({ threads: false }));
    let count = 0;
    store.standIn.disturb = ({ operation }) => {
      count += operation === 'GetObject' ? 1 : 0;
      if (count === 1) return 'stall-mid-body';
      return count === 2 ? new Promise(() => {}) : undefined;
    };
    assert.ok((await collect(uploads.source(identity).open())).equals(bytes));
    assert.ok(
      requests('GetObject')
        .slice(0, 2)
        .every(({ cancelled }) => cancelled),
    );
  });

  test('a range that breaks again and again fails in the end, and stops the other ranges', async () => {
    const identity = await put('k', sample(4 * MIB));
    store.standIn.disturb = ({ headers }) =>
      headers.range?.includes('-2097151') === true ? 'reset-mid-body' : undefined;
    await assert.rejects(collect(store.uploads.source(identity).open()));
    const tries = requests('GetObject').filter(({ headers }) => headers.range?.includes('-2097151'));
    assert.equal(tries.length, 5);
  });

  test('when the reader stops early, the ranges that were read ahead are cancelled', { timeout: 20_000 }, async () => {
    const identity = await put('k', sample(30 * MIB));
    const ahead: SeenRequest[] = [];
    store.standIn.disturb = async (request) => {
      if (request.headers.range?.startsWith('bytes=0-') === true) return undefined;
      ahead.push(request);
      while (!request.cancelled) await delay(5);
      return 'reset';
    };
    for await (const chunk of store.uploads.source(identity).open()) {
      assert.equal(chunk.length, (30 / 16) * MIB);
      break;
    }
    while (!ahead.every(({ cancelled }) => cancelled)) await delay(5);
    assert.equal(ahead.length, 15);
  });

  test('an image archive with an unexpected checksum does not appear', async () => {
    for (const size of [1 * MIB, 12 * MIB]) {
      const bytes = sample(size);
      const identity = await put('k', bytes);
      const { made, expected } = around(bytes);
      const commit = over(store.results, 'good/image.tar');
      await assert.rejects(
        store.results.assemble('bad/image.tar', { ...made, crc32: crc32(expected) ^ 1 }, identity, commit),
        breaks('output-failed'),
      );
      assert.deepEqual(await store.resultKeys(), []);
      await store.results.assemble('good/image.tar', made, identity, commit);
      store.standIn.model.remove('results', 'good/image.tar');
    }
    assert.deepEqual(await store.unfinished(), []);
  });

  test('an upload that is replaced after its last copy is noticed before the archive appears', async () => {
    const bytes = sample(12 * MIB);
    store.standIn.model.createBucket('uploads');
    const identity = await put('k', bytes);
    store.standIn.disturb = ({ operation, bucket }) => {
      if (operation === 'HeadObject' && bucket === 'uploads') store.standIn.model.remove('uploads', 'k');
      return undefined;
    };
    await assert.rejects(assembled(identity, bytes), breaks('source-changed'));
    assert.deepEqual(await store.resultKeys(), []);
    assert.deepEqual(await store.unfinished(), []);
  });

  for (const operation of ['UploadPart', 'UploadPartCopy', 'CompleteMultipartUpload']) {
    test(`when ${operation} fails for good, the multipart upload is aborted and no object appears`, async () => {
      const bytes = sample(20 * MIB);
      const identity = await put('k', bytes);
      store.standIn.disturb = (request) =>
        request.operation === operation ? { status: 400, code: 'InvalidRequest' } : undefined;
      await assert.rejects(assembled(identity, bytes), breaks('output-failed'));
      assert.deepEqual(await store.unfinished(), []);
      assert.deepEqual(await store.resultKeys(), []);
    });
  }

  test('the watch over the progress may end the work: nothing is left, and no object appears', async () => {
    const bytes = sample(20 * MIB);
    const identity = await put('k', bytes);
    const { made } = around(bytes);
    const begun: number[] = [];
    const commit = (most: number) => ({
      ...over(store.results, 'r/image.tar'),
      onProgress: (at: number) => {
        begun.push(at);
        if (at > most) throw new LadingError('bad-archive', 'no time');
      },
    });
    const assemble = (most: number) => store.results.assemble('r/image.tar', made, identity, commit(most));
    await assert.rejects(assemble(10 * MIB), breaks('bad-archive'));
    assert.deepEqual(await store.unfinished(), []);
    assert.deepEqual(await store.resultKeys(), []);
    begun.length = 0;
    assert.ok((await assemble(made.size)) !== null);
    assert.deepEqual([begun.at(0), begun.at(-1)], [5 * MIB, made.size]);
  });

  test('when the time is over, requests end, the multipart upload is aborted, and the error names the deadline', async () => {
    const bytes = sample(20 * MIB);
    const identity = await put('k', bytes);
    const deadline = new AbortController();
    const { results } = s3Store(
      { client: store.client, signal: deadline.signal },
      'results',
      nativeTools({ threads: false }),
    );
    store.standIn.disturb = async ({ operation }) => {
      if (operation !== 'UploadPartCopy') return undefined;
      deadline.abort();
      await delay(50);
      return undefined;
    };
    const { made } = around(bytes);
    await assert.rejects(
      results.assemble('r/image.tar', made, identity, over(results, 'r/image.tar')),
      breaks('deadline'),
    );
    assert.deepEqual(await store.unfinished(), []);
    assert.deepEqual(await store.resultKeys(), []);
  });
});
