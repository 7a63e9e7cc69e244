import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { manifestFor } from '../../remote/state.ts';
import type { ServiceDeps } from '../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../core/service/service.ts';
import { nativeTools } from '../../node/tools.ts';
import { exported, folder, run } from '../cli/kit.ts';
import { breaks, collect } from '../contract/store-kit.ts';
import { openEngine, withoutEngine } from '../support/s3-engine.ts';
import { engineHarness, type S3Harness, standInHarness } from '../support/s3-harness.ts';
import { sha256 } from '../support/tools.ts';

const MIB = 2 ** 20;
const NAMES = ['web.tar.aa', 'web.tar.ab', 'web.tar.ac'];
const VERSION = '0.0.0';

/** A service over a store, with the first pieces of an archive and the sidecar of the last one in its bucket. */
async function given(t: TestContext, store: S3Harness) {
  t.after(async () => await store.close());
  const tools = nativeTools();
  t.after(() => tools.close());
  const deps: ServiceDeps = { ...store, tools, clock: Date.now, version: VERSION };
  const tar = await exported(24 * MIB);
  const pieces = [tar.subarray(0, 11 * MIB + 1), tar.subarray(11 * MIB + 1, 20 * MIB), tar.subarray(20 * MIB)];
  const put = async (i: number): Promise<void> => await store.upload(`team/${NAMES[i]}`, pieces[i] ?? tar);
  await store.upload(
    'team/web.tar.ac.lading.json',
    Buffer.from(JSON.stringify({ pieces: NAMES, change: ['USER web'] })),
  );
  const notice = { bucket: store.bucket, key: 'team/web.tar.ac', versionId: null, etag: null, sequencer: null };
  const convert = async (): Promise<string> => {
    const inspected = await inspectUpload(notice, deps);
    return inspected.kind === 'handed-on' ? (await convertUpload(inspected.inspectionKey, deps)).kind : inspected.kind;
  };
  const image = async (): Promise<Buffer> => {
    const found = await store.results.stat('team/web.tar.ac/image.tar');
    const identity = { ...notice, bucket: store.resultsBucket, key: 'team/web.tar.ac/image.tar' };
    return await collect(store.uploads.source({ ...identity, etag: found?.etag ?? '', size: found?.size ?? 0 }).open());
  };
  const local = async (): Promise<Buffer> => {
    const path = await folder(t);
    const files = NAMES.map((name) => join(path, name));
    for (const [i, piece] of pieces.entries()) await writeFile(files[i] ?? '', piece);
    return (await run(['convert', ...files, '-t', 'team/web', '-c', 'USER web'])).bytes;
  };
  return { deps, notice, put, convert, image, local };
}

async function madeAsOnTheCommandLine(t: TestContext, store: S3Harness): Promise<void> {
  const { deps, notice, put, convert, image, local } = await given(t, store);
  await put(0);
  await put(2);
  await assert.rejects(convert(), breaks('piece-missing'));
  assert.deepEqual(await store.resultKeys(), [], 'nothing is written while a piece is waited for');
  await put(1);
  assert.equal(await convert(), 'converted');
  assert.equal(sha256(await image()), sha256(await local()));
  const found = await deps.uploads.find(notice);
  assert.ok(found !== null);
  const buckets = { uploads: store.bucket, results: store.resultsBucket };
  const manifest = await manifestFor(found, { ...store, access: store, buckets, version: VERSION });
  assert.equal(manifest?.outcome, 'converted', 'a client recognises the result');
}

async function neverMixed(t: TestContext, store: S3Harness): Promise<void> {
  const { deps, notice, put, convert, image, local } = await given(t, store);
  for (const i of [0, 1, 2]) await put(i);
  const inspected = await inspectUpload(notice, deps);
  assert.equal(inspected.kind, 'handed-on');
  await store.upload('team/web.tar.ab', Buffer.alloc(13 * MIB));
  await assert.rejects(convertUpload('team/web.tar.ac/inspection.json', deps), breaks('piece-changed'));
  assert.equal(await store.results.stat('team/web.tar.ac/image.tar'), null);
  assert.deepEqual(await store.unfinished(), []);
  await put(1);
  assert.equal(await convert(), 'converted');
  assert.equal(sha256(await image()), sha256(await local()));
}

describe('pieces in a real S3 store', { skip: withoutEngine }, () => {
  test('they become the image of the command line', async (t) => {
    await madeAsOnTheCommandLine(t, await engineHarness(await openEngine(), false));
  });

  test('when one is replaced before the conversion, nothing is stored', async (t) => {
    await neverMixed(t, await engineHarness(await openEngine(), false));
  });
});

test('pieces in the stand-in become the image of the command line, and S3 copies from several of them', async (t) => {
  const store = await standInHarness(false);
  await madeAsOnTheCommandLine(t, store);
  const copied = store.standIn.requests.filter(({ operation }) => operation === 'UploadPartCopy');
  const sources = new Set(copied.map(({ headers }) => headers['x-amz-copy-source']));
  assert.deepEqual(
    [...sources].toSorted((a = '', b = '') => (a < b ? -1 : 1)),
    ['uploads/team/web.tar.aa', 'uploads/team/web.tar.ab'],
  );
});

test('when a piece in the stand-in is replaced before the conversion, nothing is stored', async (t) => {
  await neverMixed(t, await standInHarness(false));
});

test('in a versioned bucket, the versions are converted that were inspected', async (t) => {
  const store = await standInHarness(true);
  const { deps, notice, put, image, local } = await given(t, store);
  for (const i of [0, 1, 2]) await put(i);
  await inspectUpload(notice, deps);
  await store.upload('team/web.tar.ab', Buffer.alloc(13 * MIB));
  assert.equal((await convertUpload('team/web.tar.ac/inspection.json', deps)).kind, 'converted');
  assert.equal(sha256(await image()), sha256(await local()));
});
