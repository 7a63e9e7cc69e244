import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { resultKeys } from '../../core/service/keys.ts';
import { serveBuckets } from '../../serve/buckets.ts';
import type { BucketService } from '../../serve/running.ts';
import { exported } from '../cli/kit.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { S3StandIn, type SeenRequest } from '../support/s3-standin.ts';

const NONE = { contentType: '', metadata: {} };

describe('the service over two buckets of the stand-in for S3', () => {
  const standIn = new S3StandIn();
  before(async () => void (await standIn.startForProcess()));
  after(async () => await standIn.stop());
  let round = 0;
  let buckets = { uploads: '', results: '' };
  beforeEach(() => {
    round += 1;
    buckets = { uploads: `uploads-${round}`, results: `results-${round}` };
    for (const name of Object.values(buckets)) standIn.model.createBucket(name);
    standIn.disturb = () => undefined;
    standIn.requests.length = 0;
  });

  /** A service that runs until the test ends it, and its log. */
  const given = (t: TestContext, more: Partial<BucketService> = {}) => {
    const log: string[] = [];
    const stop = new AbortController();
    const ended = serveBuckets({
      buckets,
      listen: null,
      http: null,
      secret: null,
      atOnce: 2,
      listEvery: 50,
      once: false,
      version: '0.0.0',
      say: async (line) => void log.push(line),
      env: { S3_PATH_STYLE: 'true' },
      signal: stop.signal,
      ...more,
    });
    t.after(() => stop.abort());
    /** Waits until the log has a line like this, and returns it. */
    const said = async (what: RegExp): Promise<string> => {
      for (;;) {
        const line = log.find((each) => what.test(each));
        if (line !== undefined) return line;
        await sleep(10);
      }
    };
    return { log, said, ended, stop: () => stop.abort() };
  };
  const upload = (key: string, bytes: Buffer): void =>
    void standIn.model.put(buckets.uploads, key, bytes, { ...NONE, metadata: { name: 'app:1' } });
  const resultsNow = (): string[] => standIn.model.list(buckets.results, '').map(({ key }) => key);

  const manifestNow = (key: string): ArchiveManifest => {
    const manifest = JSON.parse(standIn.model.get(buckets.results, resultKeys(key).manifest).bytes.toString());
    assertManifest(manifest);
    return manifest as ArchiveManifest;
  };

  test('with `once` it handles what is there and ends; a second run finds everything done', async (t) => {
    upload('a b/app+1.tar', await exported());
    upload('note', Buffer.from('no archive'));
    upload('app.tar.lading.json', Buffer.from('{}'));
    const first = given(t, { once: true });
    assert.equal(await first.ended, 0);
    assert.match(first.log.join('\n'), /^a b\/app\+1\.tar: converted\./m);
    const { image, inspection, manifest } = resultKeys('a b/app+1.tar');
    assert.deepEqual(resultsNow().toSorted(), [image, inspection, manifest, resultKeys('note').manifest].toSorted());
    const second = given(t, { once: true });
    assert.deepEqual([await second.ended, second.log], [0, []]);
  });

  test('later listings ask about an upload again only when it has changed', async (t) => {
    upload('app.tar', await exported());
    const { said, stop, ended } = given(t);
    await said(/app\.tar: converted/);
    const heads = (requests: SeenRequest[]) =>
      requests.filter(({ operation, bucket }) => operation === 'HeadObject' && bucket === buckets.uploads).length;
    const listings = () =>
      standIn.requests.filter(({ bucket, operation }) => bucket === buckets.uploads && operation === 'ListObjectsV2')
        .length;
    const until = async (count: number): Promise<void> => {
      while (listings() < count) await sleep(10);
    };
    await until(listings() + 2);
    const asked = heads(standIn.requests);
    await until(listings() + 3);
    assert.equal(heads(standIn.requests), asked);
    upload('app.tar', Buffer.from('another one'));
    await said(/app\.tar: refused/);
    stop();
    assert.equal(await ended, 0);
  });

  test('an upload that fails is tried again, and given up after the last try; the others are handled', async (t) => {
    upload('bad.tar', await exported());
    upload('good.tar', await exported());
    standIn.disturb = ({ operation, key }) =>
      operation === 'GetObject' && key === 'bad.tar' ? { status: 403, code: 'AccessDenied' } : undefined;
    const { log, ended } = given(t, { once: true, pauses: [1, 1] });
    assert.equal(await ended, 1);
    assert.equal(log.filter((line) => line.startsWith('bad.tar: failed: ')).length, 2);
    assert.match(log.join('\n'), /^bad\.tar: failed at every try, given up: .*AccessDenied/m);
    assert.equal(manifestNow('bad.tar').outcome, 'failed');
    assert.match(log.join('\n'), /^good\.tar: converted/m);
    assert.ok(!resultsNow().some((key) => key.startsWith('.lading/')));
    standIn.disturb = () => undefined;
    assert.equal(await given(t, { once: true }).ended, 0, 'the next start tries it again');
    assert.equal(manifestNow('bad.tar').outcome, 'converted');
  });

  test('a conversion that fails at every try is given up, too', async (t) => {
    upload('app.tar', await exported(12e6));
    standIn.disturb = ({ operation }) =>
      operation === 'CreateMultipartUpload' ? { status: 403, code: 'AccessDenied' } : undefined;
    assert.equal(await given(t, { once: true, pauses: [] }).ended, 1);
    assert.equal(manifestNow('app.tar').outcome, 'failed');
  });

  test('when it is told to end, it takes back what does not end by itself: no multipart upload and no lease is left', async (t) => {
    upload('app.tar', await exported(12e6));
    const { log, ended, stop } = given(t, { stopMs: 100 });
    const stuck = Promise.withResolvers<undefined>();
    standIn.disturb = async ({ operation }) => {
      if (operation !== 'UploadPartCopy') return undefined;
      stop();
      return await stuck.promise;
    };
    assert.equal(await ended, 0);
    stuck.resolve(undefined);
    assert.match(log.at(-1) ?? '', /^app\.tar: not finished/);
    assert.deepEqual(standIn.model.unfinished(buckets.results), []);
    assert.deepEqual(resultsNow(), [resultKeys('app.tar').inspection]);
  });

  test('when it is told to end, it lets work end by itself that is nearly done', async (t) => {
    upload('app.tar', await exported(12e6));
    const { log, ended, stop } = given(t);
    standIn.disturb = ({ operation }) => void (operation === 'UploadPartCopy' && stop());
    assert.equal(await ended, 0);
    assert.match(log.at(-1) ?? '', /^app\.tar: converted/);
  });

  test('the health follows the listings, and a notification starts the work', async (t) => {
    const { said, ended, stop } = given(t, { listen: { host: '127.0.0.1', port: 0 } });
    const [, address = ''] = /(http:\S+)/.exec(await said(/^Listening/)) ?? [];
    const healthIs = async (status: number): Promise<void> => {
      while ((await fetch(`${address}/healthz`)).status !== status) await sleep(20);
    };
    await healthIs(200);
    const isListing = ({ operation, bucket }: SeenRequest) =>
      operation === 'ListObjectsV2' && bucket === buckets.uploads;
    while (standIn.requests.filter(isListing).length < 2) await sleep(10);
    standIn.disturb = (request) => (isListing(request) ? { status: 403, code: 'AccessDenied' } : undefined);
    await healthIs(503);
    await said(/^Cannot list s3:\/\/uploads-\d+: S3 denies access/);
    upload('app.tar', await exported());
    const record = (bucket: string, key: string) => ({
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: bucket }, object: { key } },
    });
    const Records = [
      record('elsewhere', 'x'),
      record(buckets.uploads, 'x.lading.json'),
      record(buckets.uploads, 'app.tar'),
    ];
    assert.equal((await fetch(address, { method: 'POST', body: JSON.stringify({ Records }) })).status, 200);
    await said(/^app\.tar: converted/);
    standIn.disturb = () => undefined;
    await healthIs(200);
    stop();
    assert.equal(await ended, 0);
  });

  test('a store that is not there yet is waited for, and the door is open meanwhile', async (t) => {
    upload('app.tar', await exported());
    standIn.disturb = () => 'reset';
    const { said, ended, stop } = given(t, { listen: { host: '127.0.0.1', port: 0 } });
    const [, address = ''] = /(http:\S+)/.exec(await said(/^Listening/)) ?? [];
    assert.equal((await fetch(`${address}/healthz`)).status, 503);
    await said(/^Cannot use s3:\/\/results-\d+: the connection to S3 failed .* The next try is in 5 seconds/);
    standIn.disturb = () => undefined;
    await said(/^app\.tar: converted/);
    stop();
    assert.equal(await ended, 0);
  });

  test('a store that cannot be used is an error at the start', async (t) => {
    const wrong = given(t, { buckets: { ...buckets, results: 'none' } });
    await assert.rejects(wrong.ended, {
      code: 'store-failed',
      message: 'Cannot use s3://none: there is no such bucket.',
    });
    const other = given(t, { buckets: { ...buckets, uploads: 'none' } });
    await assert.rejects(other.ended, { message: 'Cannot list s3://none: there is no such bucket.' });
    assert.deepEqual(resultsNow(), []);
  });
});
