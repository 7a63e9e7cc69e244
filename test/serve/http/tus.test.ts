import assert from 'node:assert/strict';
import { createCipheriv, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Upload as TusUpload } from 'tus-js-client';
import { LIMITS } from '../../../core/limits.ts';
import { collected } from '../../../core/model/bytes.ts';
import { newClient } from '../../../s3/client.ts';
import { BucketInbox } from '../../../serve/http/bucket-inbox.ts';
import { FolderInbox } from '../../../serve/http/folder-inbox.ts';
import { FORGET_MS, type Incoming } from '../../../serve/http/inbox.ts';
import { Intake } from '../../../serve/http/intake.ts';
import { S3StandIn } from '../../support/s3-standin.ts';
import { folder } from '../../cli/kit.ts';
import { ask, begun, givenSite, metadata, offsetOf, patch, TUS, wire } from './kit.ts';

setFlagsFromString('--expose-gc');
/** Collects all objects that nothing refers to any more. */
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes that do not repeat, so that a piece in the wrong place is noticed. */
function bytesOf(size: number): Buffer {
  return createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** Sends a file with tus-js-client, which is a client that others wrote. */
async function sent(endpoint: string, bytes: Buffer, more: object = {}): Promise<TusUpload> {
  return await new Promise((resolve, reject) => {
    const upload: TusUpload = new TusUpload(bytes, {
      endpoint,
      metadata: { filename: 'team/app.tar' },
      retryDelays: [0, 20, 20, 20],
      ...more,
      onSuccess: () => resolve(upload),
      onError: reject,
    });
    upload.start();
  });
}

/** Waits until a file that is being put together in this folder has bytes. */
async function untilSomeCame(folderOfUploads: string): Promise<void> {
  for (;;) {
    const names = await readdir(folderOfUploads, { recursive: true });
    const drafts = names.filter((name) => name.endsWith('.lading-part'));
    for (const each of drafts) if ((await stat(join(folderOfUploads, each))).size > 0) return;
    await sleep(10);
  }
}

describe('uploads into a folder and into a bucket', () => {
  const standIn = new S3StandIn();
  before(async () => void (await standIn.startForProcess()));
  after(async () => await standIn.stop());
  let round = 0;

  const inFolder = async (t: TestContext) => {
    const site = await givenSite(t);
    const read = async (key: string): Promise<Buffer | null> => await readFile(join(site.up, key)).catch(() => null);
    const left = async (): Promise<string[]> =>
      (await readdir(site.up, { recursive: true })).filter((name) => name.includes('lading-part'));
    const someCame = async (): Promise<void> => await untilSomeCame(site.up);
    return { ...site, read, left, someCame };
  };
  const inBucket = async (t: TestContext) => {
    const bucket = `uploads-${(round += 1)}`;
    standIn.model.createBucket(bucket);
    const client = newClient({ S3_PATH_STYLE: 'true' });
    t.after(() => client.destroy());
    const site = await givenSite(t, { inbox: new BucketInbox({ client }, bucket) });
    const read = async (key: string): Promise<Buffer | null> => {
      const there = standIn.model.list(bucket, key).find((each) => each.key === key);
      return there === undefined ? null : Buffer.from(standIn.model.get(bucket, key).bytes);
    };
    const left = async (): Promise<string[]> => standIn.model.unfinished(bucket).map(({ key }) => key);
    const isPart = (each: { operation: string; bucket: string }): boolean =>
      each.operation === 'UploadPart' && each.bucket === bucket;
    const someCame = async (): Promise<void> => {
      while (!standIn.requests.some(isPart)) await sleep(10);
    };
    return { ...site, read, left, someCame };
  };

  for (const [where, given] of [
    ['a folder', inFolder],
    ['a bucket', inBucket],
  ] as const) {
    test(`${where}: a file of several pieces arrives byte for byte, with another client of the protocol`, async (t) => {
      const { base, read, left, arrived } = await given(t);
      const bytes = bytesOf(20_000_001);
      await sent(`${base}/uploads`, bytes, { chunkSize: 6_000_000 });
      assert.ok((await read('team/app.tar'))?.equals(bytes));
      assert.deepEqual([arrived, await left()], [['team/app.tar'], []]);
    });

    test(`${where}: after a connection that was killed, that client goes on from the bytes that had come`, async (t) => {
      const { base, port, read, left, arrived, someCame } = await given(t);
      const bytes = bytesOf(20_000_001);
      const address = await begun(base, 'team/app.tar', bytes.length);
      const path = new URL(address).pathname;
      const head = `PATCH ${path} HTTP/1.1\r\nhost: localhost\r\ntus-resumable: 1.0.0\r\nupload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: ${bytes.length}\r\n\r\n`;
      const socket = wire(t, port, head);
      const first = bytes.subarray(0, 9_000_000);
      await new Promise((resolve) => void socket.write(first, resolve));
      await someCame();
      socket.resetAndDestroy();
      const there = await offsetOf(address);
      assert.ok(there > 0 && there <= first.length, String(there));
      assert.equal(await read('team/app.tar'), null, 'nothing is seen of a part');
      let offset = Infinity;
      await sent(`${base}/uploads`, bytes, {
        uploadUrl: address,
        onProgress: (done: number) => (offset = Math.min(offset, done)),
      });
      assert.ok(offset >= there, 'nothing is sent again');
      assert.ok((await read('team/app.tar'))?.equals(bytes));
      assert.deepEqual([arrived, await left()], [['team/app.tar'], []]);
    });

    test(`${where}: options are refused at once when they are wrong, and lie beside the upload before it`, async (t) => {
      const { base, read } = await given(t);
      const put = async (address: string, body: string) => await ask(`${address}/options`, {}, { method: 'PUT', body });
      const address = await begun(base, 'app.tar', 3);
      const refused = await put(address, '{"name": ["Not A Name"]}');
      assert.equal(refused.status, 422);
      assert.match(refused.body.toString(), /Not A Name/);
      assert.equal((await put(address, '{')).status, 422);
      assert.equal((await put(address, ' '.repeat(LIMITS.sidecarBytes + 1))).status, 413);
      assert.equal((await put(address, '{"name": ["app:1"]}')).status, 204);
      assert.equal((await patch(address, 0, Buffer.from('abc'))).status, 204);
      assert.equal((await put(address, '{"name": ["app:2"]}')).status, 409, 'it is finished');
      assert.equal((await read('app.tar.lading.json'))?.toString(), '{"name": ["app:1"]}');
      const without = await begun(base, 'app.tar', 3);
      await patch(without, 0, Buffer.from('def'));
      assert.equal((await read('app.tar'))?.toString(), 'def');
      assert.equal((await read('app.tar.lading.json'))?.toString(), '{}\n', 'the options of the first do not count');
    });

    test(`${where}: an empty file arrives, and a cancelled one leaves nothing`, async (t) => {
      const { base, read, left, arrived } = await given(t);
      const empty = await begun(base, 'empty.tar', 0);
      assert.equal((await patch(empty, 0, Buffer.of())).status, 204);
      assert.equal((await read('empty.tar'))?.length, 0);
      const other = await begun(base, 'other.tar', 10);
      await patch(other, 0, Buffer.from('abc'));
      assert.equal((await left()).length, 1);
      assert.equal((await ask(other, TUS, { method: 'DELETE' })).status, 204);
      assert.deepEqual(
        [(await ask(other, TUS, { method: 'HEAD' })).status, await left(), arrived],
        [404, [], ['empty.tar']],
      );
    });

    test(`${where}: when the page ends, unfinished uploads leave nothing, even one that is arriving`, async (t) => {
      const { base, port, site, left } = await given(t);
      await begun(base, 'idle.tar', 10);
      const address = await begun(base, 'busy.tar', 1000);
      const headers = `tus-resumable: 1.0.0\r\nupload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: 1000`;
      const socket = wire(
        t,
        port,
        `PATCH ${new URL(address).pathname} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n\r\nabc`,
      );
      await sleep(50);
      await Promise.all([once(socket.resume(), 'close'), site.close()]);
      assert.deepEqual(await left(), []);
    });
  }

  test('a bucket: a piece or an end that the store refuses is tried again without a loss', async (t) => {
    const { base, read, arrived } = await inBucket(t);
    const bytes = bytesOf(17_000_000);
    const failed = new Map<string, number>();
    standIn.disturb = ({ operation }) => {
      const count = failed.get(operation) ?? 0;
      if (!/UploadPart|Complete/.test(operation) || count >= 1) return undefined;
      failed.set(operation, count + 1);
      return { status: 400, code: 'Refused' };
    };
    t.after(() => (standIn.disturb = () => undefined));
    await sent(`${base}/uploads`, bytes, { chunkSize: 5_000_000, onShouldRetry: () => true });
    assert.deepEqual([...failed.keys()].toSorted(), ['CompleteMultipartUpload', 'UploadPart']);
    // The client takes all bytes for the end. The server made the upload appear when it was asked again.
    assert.ok((await read('team/app.tar'))?.equals(bytes));
    assert.deepEqual(arrived, ['team/app.tar']);
  });
});

test(
  'a new request for an upload ends the one before it, whose connection may be dead',
  { timeout: 10_000 },
  async (t) => {
    const { base, port, up } = await givenSite(t);
    const address = await begun(base, 'a.tar', 6);
    const headers = `tus-resumable: 1.0.0\r\nupload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: 6`;
    const dead = wire(
      t,
      port,
      `PATCH ${new URL(address).pathname} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n\r\nabc`,
    );
    await untilSomeCame(up);
    assert.equal(await offsetOf(address), 3);
    dead.write('XYZ');
    assert.equal((await patch(address, 0, Buffer.from('abcdef'))).status, 409);
    assert.equal((await patch(address, 3, Buffer.from('def'))).status, 204);
    assert.equal(await readFile(join(up, 'a.tar'), 'utf8'), 'abcdef');
    assert.equal(await offsetOf(address), 6, 'the end is told again to a client that missed it');
  },
);

test('a request that is not of the protocol is refused, and changes nothing', async (t) => {
  const { base, up, arrived } = await givenSite(t);
  const post = async (headers: Record<string, string>) =>
    (await ask(`${base}/uploads`, headers, { method: 'POST' })).status;
  const { 'upload-length': length, 'upload-metadata': name, ...bare } = metadata('a.tar', 3);
  assert.equal(await post(bare), 400);
  assert.equal(await post({ ...bare, 'upload-length': length ?? '' }), 400);
  assert.equal(await post({ ...bare, 'upload-metadata': name ?? '' }), 400);
  for (const bad of ['-1', '1.5', '1e3', '9'.repeat(30), '0x10'])
    assert.equal(await post({ ...metadata('a.tar', 3), 'upload-length': bad }), 400, bad);
  assert.equal(await post({ ...metadata('a.tar', 3), 'tus-resumable': '0.2.2' }), 412);
  assert.equal(await post(metadata('a.tar', LIMITS.pageUploadBytes + 1)), 413);
  const address = await begun(base, 'a.tar', 3);
  const type = { 'content-type': 'application/offset+octet-stream' };
  const send = async (headers: Record<string, string>, body = 'abc') =>
    (await ask(address, headers, { method: 'PATCH', body })).status;
  assert.equal(await send({ ...TUS, 'upload-offset': '0' }), 415);
  assert.equal(await send({ ...type, 'upload-offset': '0' }), 412);
  assert.equal(await send({ ...TUS, ...type }), 409);
  assert.equal(await send({ ...TUS, ...type, 'upload-offset': '1' }), 409);
  assert.equal(await send({ ...TUS, ...type, 'upload-offset': '0' }, 'more than said'), 413);
  assert.equal((await ask(address, TUS, { method: 'POST' })).status, 405);
  assert.deepEqual([await offsetOf(address), arrived], [0, []]);
  assert.deepEqual(
    (await readdir(up)).filter((each) => !each.includes('lading-part')),
    [],
  );
});

test('a cancelled upload takes the folders with it that were made for it, and no others', async (t) => {
  const { base, up } = await givenSite(t);
  await mkdir(join(up, 'empty'));
  const [deep, beside] = [await begun(base, 'team/web/app.tar', 10), await begun(base, 'team/other.tar', 10)];
  const own = await begun(base, 'empty/app.tar', 10);
  await ask(deep, TUS, { method: 'DELETE' });
  assert.deepEqual(
    (await readdir(join(up, 'team'))).filter((name) => !name.includes('lading-part')),
    [],
  );
  for (const each of [beside, own]) await ask(each, TUS, { method: 'DELETE' });
  assert.deepEqual(await readdir(up, { recursive: true }), ['empty']);
});

test('no key leads out of the folder, hides the upload, or takes the place of a folder or of options', async (t) => {
  const { base, up } = await givenSite(t);
  await writeFile(join(up, 'file'), '');
  await mkdir(join(up, 'there'));
  const status = async (key: string) => (await ask(`${base}/uploads`, metadata(key, 1), { method: 'POST' })).status;
  for (const key of [
    '',
    '.',
    '..',
    '../a',
    'a/../b',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a\0',
    'a\nb',
    'a\\b',
    'a.lading.json',
    'x'.repeat(250),
    'x/'.repeat(510),
  ])
    assert.equal(await status(key), 422, JSON.stringify(key));
  for (const key of ['file/a', 'there']) assert.equal(await status(key), 409, key);
  assert.deepEqual((await readdir(join(up, '..'))).toSorted(), ['down', 'up']);
});

test('the number of unfinished uploads and the room on the disk are bounded, and old ones are forgotten', async (t) => {
  const up = await folder(t);
  const inbox = new FolderInbox(up);
  const intake = new Intake(inbox);
  t.after(async () => await intake.close());
  const many = await Promise.all(
    Array.from({ length: LIMITS.unfinishedUploads + 3 }, async (_, at) => await intake.create(`${at}.tar`, 10)),
  );
  assert.equal(many.filter((each) => typeof each === 'string').length, LIMITS.unfinishedUploads);
  assert.deepEqual([...new Set(many.map((each) => (typeof each === 'string' ? 0 : each.status)))], [0, 503]);
  for (const each of many) if (typeof each === 'string' && intake.find(each)) intake.find(each)!.moved -= FORGET_MS + 1;
  await intake.sweep();
  assert.deepEqual(await readdir(up), []);
  const left = ['.a.tar', '.b.tar'].map((name) => join(up, `${name}.${randomUUID()}.lading-part`));
  for (const each of [...left, join(up, '.other')]) await writeFile(each, 'x');
  for (const each of [left[0] ?? '', join(up, '.other')]) await utimes(each, 1, 1);
  await inbox.sweep();
  assert.equal((await readdir(up)).length, 2, 'only what a killed process left is removed');
  t.mock.method(inbox, 'free', async () => LIMITS.freeDiskBytes + 100);
  assert.equal(typeof (await intake.create('a.tar', 60)), 'string');
  const second = await intake.create('b.tar', 60);
  assert.equal(typeof second === 'string' ? 0 : second.status, 507, 'the first is still to come');
  const atOnce = await Promise.all(['c.tar', 'd.tar'].map((key) => intake.create(key, 30)));
  assert.ok(
    atOnce.some((each) => typeof each !== 'string' && each.status === 507),
    'both would need more than is left',
  );
});

test('a finished upload is remembered without what received its file, and without its options', async (t) => {
  const kept: WeakRef<object>[] = [];
  const begin = async (): Promise<Incoming> => {
    const incoming = {
      received: 0,
      append: async (chunk: Uint8Array) => void (incoming.received += chunk.length),
      finish: async () => undefined,
      discard: async () => undefined,
    };
    kept.push(new WeakRef(incoming));
    return incoming;
  };
  const intake = new Intake({ begin, free: async () => Infinity });
  t.after(async () => await intake.close());
  const id = await intake.create('a.tar', 3);
  assert.ok(typeof id === 'string');
  const upload = intake.find(id);
  assert.ok(upload);
  upload.options = new Uint8Array(1000);
  kept.push(new WeakRef(upload.options));
  await intake.take(upload, new Blob(['abc']).stream());
  assert.equal(await intake.finish(upload), true);
  // The objects that were used in this turn of the event loop are collected only after it.
  await sleep(10);
  collectGarbage();
  assert.deepEqual(
    kept.map((each) => each.deref()),
    [undefined, undefined],
  );
  assert.deepEqual([intake.find(id)?.offset, await intake.finish(upload)], [3, false]);
});

test('of a body that comes byte by byte, only the bytes are kept', async () => {
  const kept: WeakRef<object>[] = [];
  const body = async function* (): AsyncGenerator<Uint8Array> {
    for (const byte of Buffer.from('options')) {
      const chunk = Uint8Array.of(byte);
      kept.push(new WeakRef(chunk));
      yield chunk;
    }
    await sleep(10);
    collectGarbage();
    assert.deepEqual(new Set(kept.slice(0, -1).map((each) => each.deref())), new Set([undefined]));
  };
  assert.equal(Buffer.from((await collected(body(), 7)) ?? []).toString(), 'options');
  assert.equal(await collected(body(), 6), null);
});
