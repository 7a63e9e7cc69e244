import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { LadingError } from '../../core/model/errors.ts';
import { plan } from '../../core/model/plan.ts';
import type { Bytes, Tools } from '../../core/model/ports.ts';
import type { UploadNotice } from '../../core/service/stores.ts';
import { FolderResults, FolderUploads } from '../../node/folder-store.ts';
import { collected, folder } from '../cli/kit.ts';
import { over } from '../contract/store-kit.ts';

// The tests of this file neither hash nor inflate.
const NO_TOOLS: Tools = {
  newHasher: () => assert.fail('no hash is needed'),
  newInflate: () => assert.fail('nothing is inflated'),
  newZstd: () => assert.fail('nothing is expanded'),
  crc32: () => assert.fail('no sum is needed'),
  sumsCrc32: false,
};

async function stores(t: TestContext) {
  const path = await folder(t);
  const [up, down] = [join(path, 'up'), join(path, 'down')];
  await mkdir(up);
  await writeFile(join(path, 'secret'), 'secret');
  const uploads = new FolderUploads(up);
  return { path, up, down, uploads, results: new FolderResults(down, uploads, NO_TOOLS) };
}

const notice = (key: string): UploadNotice => ({ bucket: 'up', key, versionId: null, etag: null, sequencer: null });

const all = async (bytes: Bytes) => (await collected(bytes)).toString();

const ESCAPES = [
  '../secret',
  '..',
  'a/../../secret',
  '/etc/passwd',
  'a//b',
  './a',
  '',
  'a/',
  'a\0b',
  'link',
  'out/secret',
  'out/made/secret',
];

test('no key reads a file outside the folder', async (t) => {
  const { path, up, uploads, results } = await stores(t);
  await symlink(join(path, 'secret'), join(up, 'link'));
  await symlink(path, join(up, 'out'));
  for (const key of ESCAPES) {
    assert.equal(await uploads.find(notice(key)), null, key);
    assert.equal(await uploads.small('up', key, 100), null, key);
    assert.equal(await results.get(key), null, key);
  }
});

test('no key writes a file outside the folder', async (t) => {
  const { path, down, results } = await stores(t);
  await mkdir(down);
  await symlink(join(path, 'secret'), join(down, 'link'));
  await symlink(path, join(down, 'out'));
  for (const key of ESCAPES) {
    const failed = (error: unknown) => error instanceof LadingError && error.code === 'output-failed';
    await assert.rejects(results.put(key, Buffer.from('x'), 'text/plain', null), failed, key);
  }
  assert.equal(await readFile(join(path, 'secret'), 'utf8'), 'secret');
  assert.deepEqual((await readdir(path)).toSorted(), ['down', 'secret', 'up']);
});

test('a key with odd characters is one file, and its results are in folders', async (t) => {
  const { up, down, uploads, results } = await stores(t);
  const key = 'team/größe +%2e "1".tar';
  await mkdir(join(up, 'team'));
  await writeFile(join(up, key), 'bytes');
  assert.equal((await uploads.find(notice(key)))?.identity.size, 5);
  await results.put(`${key}/manifest.json`, Buffer.from('{}'), 'application/json', null);
  assert.equal(await readFile(join(down, key, 'manifest.json'), 'utf8'), '{}');
  assert.equal(String((await results.get(`${key}/manifest.json`))?.bytes), '{}');
});

test('an upload that is replaced or changed is noticed by find and by every read', async (t) => {
  const { up, uploads } = await stores(t);
  const changed = (error: unknown) => error instanceof LadingError && error.code === 'source-changed';
  await writeFile(join(up, 'a'), 'first');
  const found = await uploads.find(notice('a'));
  assert.ok(found !== null);
  const source = uploads.source(found.identity);
  assert.equal(await all(source.open(1, 3)), 'ir');
  await writeFile(join(up, 'b'), 'other');
  await rename(join(up, 'b'), join(up, 'a'));
  await assert.rejects(all(source.open()), changed);
  assert.equal(await uploads.find({ ...notice('a'), etag: found.identity.etag }), null);
});

test('a plan becomes one file, or no file when the upload changes during the write', async (t) => {
  const { up, down, uploads, results } = await stores(t);
  await writeFile(join(up, 'a'), 'upload');
  const found = await uploads.find(notice('a'));
  assert.ok(found !== null);
  const image = plan([
    { kind: 'bytes', bytes: Buffer.from('<') },
    { kind: 'range', start: 2, end: 6 },
    { kind: 'bytes', bytes: Buffer.from('>') },
  ]);
  assert.deepEqual(await results.assemble('a/image.tar', image, found.identity, over(results, 'a/image.tar')), {
    bytesSent: 6,
  });
  assert.equal(await readFile(join(down, 'a/image.tar'), 'utf8'), '<load>');
  await writeFile(join(up, 'a'), 'another upload');
  await assert.rejects(results.assemble('b/image.tar', image, found.identity, over(results, 'b/image.tar')));
  assert.deepEqual(await readdir(join(down, 'b')), []);
});

test('a small object that is too large is refused', async (t) => {
  const { up, uploads } = await stores(t);
  await writeFile(join(up, 'a'), '12345');
  assert.equal(String(await uploads.small('up', 'a', 5)), '12345');
  await assert.rejects(
    uploads.small('up', 'a', 4),
    (error) => error instanceof LadingError && error.code === 'too-large',
  );
});
