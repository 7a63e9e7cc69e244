import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { link, lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { listUploads } from '../../node/folder-listing.ts';
import { FolderResults, FolderUploads } from '../../node/folder-store.ts';
import { nativeTools } from '../../node/tools.ts';
import { exported, folder, run } from '../cli/kit.ts';

/** Two folders, a good upload in one of them, and a file beside them that must stay untouched. */
async function given(t: TestContext) {
  const path = await folder(t);
  const [up, down, secret] = [join(path, 'up'), join(path, 'down'), join(path, 'secret')];
  await mkdir(join(up, 'team'), { recursive: true });
  await mkdir(down);
  await writeFile(secret, 'secret');
  await writeFile(join(up, 'team/app.tar'), await exported());
  return { path, up, down, secret };
}

const pipe = (path: string): void => void execFileSync('mkfifo', [path]);

const outcomeOf = async (down: string, key: string) =>
  (JSON.parse(await readFile(join(down, key, 'manifest.json'), 'utf8')) as ArchiveManifest).outcome;

/** Fails when the good upload was not converted, or when the file outside was touched. */
async function assertSound({ path, up, down, secret }: Awaited<ReturnType<typeof given>>): Promise<string> {
  const { stdout } = await run(['serve', '--once', up, down]);
  assert.equal(await outcomeOf(down, 'team/app.tar'), 'converted', stdout);
  assert.equal(await readFile(secret, 'utf8'), 'secret');
  assert.deepEqual((await readdir(path)).toSorted(), ['down', 'secret', 'up']);
  return stdout;
}

test('entries among the uploads that are not files are neither opened nor followed, and the log names them', async (t) => {
  const place = await given(t);
  const { path, up } = place;
  pipe(join(up, 'pipe.tar'));
  pipe(join(up, 'team/app.tar.lading.json'));
  await symlink(place.secret, join(up, 'link.tar'));
  await symlink(path, join(up, 'out'));
  await symlink(join(up, 'team/app.tar'), join(up, 'inside.tar'));
  await symlink('/dev/zero', join(up, 'zero.tar'));
  await mkdir(join(up, 'folder.tar'));
  const said = await assertSound(place);
  const told = ['inside.tar', 'link.tar', 'out', 'zero.tar'].map(
    (key) => `${key}: passed over: it is a symbolic link.`,
  );
  told.push('pipe.tar: passed over: it is a named pipe.', 'team/app.tar.lading.json: passed over: it is a named pipe.');
  assert.deepEqual(said.match(/^.*passed over.*$/gm)?.toSorted(), told.toSorted());
  assert.deepEqual((await readdir(place.down)).toSorted(), ['team']);
});

test('folders that cannot be read or vanish, and names that are not UTF-8, do not stop the other uploads', async (t) => {
  const place = await given(t);
  const bytes = (name: string) => Buffer.concat([Buffer.from(`${place.up}/`), Buffer.from(name, 'latin1')]);
  await mkdir(bytes('caf\xe9'));
  await writeFile(bytes('caf\xe9/a.tar'), 'x');
  await writeFile(bytes('\xff\n.tar'), 'x');
  const said = await assertSound(place);
  assert.match(said, /^caf\u{fffd}: passed over: its name is not UTF-8\. Rename the file\.$/mu);
  assert.match(said, /^\u{fffd}\\x0a\.tar: passed over/mu);
});

test('a line feed in a name does not forge a log line', async (t) => {
  const place = await given(t);
  await writeFile(join(place.up, 'a\nteam/app.tar: done before'.replace('/', '\u2215')), 'x');
  assert.match(await assertSound(place), /^a\\x0ateam\u2215app\.tar: done before: refused\./m);
});

test('an entry in the place of results is not followed, read without bound, or taken for a result', async (t) => {
  const junk: Record<string, (at: string, secret: string) => unknown> = {
    'a link': (at, secret) => symlink(secret, at),
    'a hard link': (at, secret) => link(secret, at),
    'a folder': (at) => mkdir(at),
    'a named pipe': pipe,
    'no JSON': (at) => writeFile(at, '{'),
    'an empty object': (at) => writeFile(at, '{}'),
    null: (at) => writeFile(at, 'null'),
    'wrong types': (at) =>
      writeFile(at, '{"job":5,"source":{"etag":5,"sequencer":[],"versionId":{}},"converter":1,"result":1}'),
    'a huge file': (at) => writeFile(at, Buffer.alloc(30 * 1024 * 1024, ' ')),
  };
  for (const [what, put] of Object.entries(junk)) {
    const { up, down, secret } = await given(t);
    await mkdir(join(down, 'team/app.tar'), { recursive: true });
    await writeFile(join(up, 'other.tar'), 'x');
    await put(join(down, 'team/app.tar/manifest.json'), secret);
    const { stdout } = await run(['serve', '--once', up, down]);
    assert.equal(await readFile(secret, 'utf8'), 'secret', what);
    assert.equal(await outcomeOf(down, 'other.tar'), 'refused', `${what}: ${stdout}`);
    const isLeft = ['a link', 'a folder', 'a named pipe'].includes(what);
    if (isLeft) assert.match(stdout, /^team\/app\.tar: failed: Cannot write the result/m, what);
    else assert.equal(await outcomeOf(down, 'team/app.tar'), 'converted', `${what}: ${stdout}`);
  }
});

test('a link in place of a folder of results is not followed', async (t) => {
  const place = await given(t);
  const { path, up, down } = place;
  await symlink(path, join(down, 'team'));
  const { stdout } = await run(['serve', '--once', up, down]);
  assert.match(stdout, /^team\/app\.tar: failed: Cannot write the result/m);
  assert.deepEqual((await readdir(path)).toSorted(), ['down', 'secret', 'up']);
});

test('an upload that is replaced by a link or a pipe after it was found counts as gone', async (t) => {
  const { up, down, secret } = await given(t);
  const uploads = new FolderUploads(up);
  const tools = nativeTools({ threads: false });
  t.after(() => tools.close());
  const results = new FolderResults(down, uploads, tools);
  const key = 'team/app.tar';
  const etag = (await listUploads(up)).uploads.get(key) ?? assert.fail();
  const notice = { bucket: uploads.bucket, key, versionId: null, etag, sequencer: null };
  const { identity } = (await uploads.find(notice)) ?? assert.fail();
  const first = uploads.source(identity).open()[Symbol.asyncIterator]();
  for (const replace of [(at: string) => symlink(secret, at), (at: string) => Promise.resolve(pipe(at))]) {
    await rm(join(up, key), { force: true });
    await replace(join(up, key));
    assert.equal(await uploads.find(notice), null);
    assert.equal(await uploads.small(uploads.bucket, key, 100), null);
    await assert.rejects(uploads.source(identity).open()[Symbol.asyncIterator]().next(), /replaced or changed/);
  }
  await first.return?.();
  await rename(join(up, 'team'), join(up, '.team'));
  await symlink(join(up, '..'), join(up, 'team'));
  assert.equal(await uploads.small(uploads.bucket, 'team/secret', 100), null);
  assert.equal(await results.get('../secret'), null);
  assert.ok((await lstat(secret)).isFile());
});
