import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveManifest } from '../../../core/manifest/manifest.ts';
import { assertManifest } from '../../support/manifest-schema.ts';
import { ended, exported, folder, run, start } from '../kit.ts';

async function given(t: TestContext) {
  const path = await folder(t);
  const [up, down] = [join(path, 'up'), join(path, 'down')];
  await mkdir(join(up, 'team'), { recursive: true });
  return { path, up, down };
}

const manifestIn = async (down: string, key: string) =>
  JSON.parse(await readFile(join(down, key, 'manifest.json'), 'utf8')) as ArchiveManifest;

test('--once takes every upload, with its sidecar, through the two functions, and ends', async (t) => {
  const { up, down } = await given(t);
  await writeFile(join(up, 'team/app.tar'), await exported());
  await writeFile(join(up, 'team/app.tar.lading.json'), '{"name": ["ghcr.io/team/app:2"]}');
  await writeFile(join(up, 'notes.txt'), 'no archive\n');
  await writeFile(join(up, '.hidden'), 'left alone');
  const { code, stdout } = await run(['serve', '--once', up, down]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^notes\.txt: refused\./m);
  assert.match(stdout, /^team\/app\.tar: inspected.*\nteam\/app\.tar: converted\./m);
  assert.deepEqual((await readdir(down)).toSorted(), ['notes.txt', 'team']);
  assert.deepEqual(await readdir(join(down, 'team')), ['app.tar']);
  assert.deepEqual((await readdir(join(down, 'team/app.tar'))).toSorted(), [
    'image.tar',
    'inspection.json',
    'manifest.json',
  ]);
  const manifest = await manifestIn(down, 'team/app.tar');
  assertManifest(manifest);
  assert.deepEqual(manifest.result?.images[0]?.names, ['ghcr.io/team/app:2']);
  assert.equal((await manifestIn(down, 'notes.txt')).outcome, 'refused');
});

test('the service goes on when nobody reads its log any more', async (t) => {
  const { up, down } = await given(t);
  for (const key of ['one.txt', 'two.txt']) await writeFile(join(up, key), 'no archive\n');
  const child = start(t, ['serve', '--once', up, down]);
  child.stdout?.destroy();
  assert.equal((await ended(child)).code, 0);
  assert.deepEqual((await readdir(down)).toSorted(), ['one.txt', 'two.txt']);
});

test('with --reports each upload has its manifest as a page, also one that is refused, and a replaced upload a new one', async (t) => {
  const { up, down } = await given(t);
  const serve = async () => {
    const { code, stdout } = await run(['serve', '--once', '--reports', up, down]);
    assert.equal(code, 0, stdout);
    return stdout;
  };
  const assertShown = async (key: string, outcome: string): Promise<void> => {
    const manifest = await manifestIn(down, key);
    assertManifest(manifest);
    assert.deepEqual([manifest.outcome, manifest.report], [outcome, true]);
    const page = await readFile(join(down, key, 'report.html'), 'utf8');
    const { cost: _, ...shown } = JSON.parse(/id="manifest">(.*?)<\/script>/.exec(page)?.[1] ?? '');
    const { cost: __, ...said } = manifest;
    assert.deepEqual(shown, { ...said, source: { ...said.source, bucket: null } });
  };
  await writeFile(join(up, 'app.tar'), await exported());
  await writeFile(join(up, 'notes.txt'), 'no archive\n');
  assert.match(await serve(), /app\.tar\/report\.html and .*app\.tar\/manifest\.json$/m);
  await assertShown('app.tar', 'converted');
  await assertShown('notes.txt', 'refused');
  await writeFile(join(up, 'app.tar'), 'no archive any more\n');
  await serve();
  await assertShown('app.tar', 'refused');
  await writeFile(join(up, 'app.tar'), await exported());
  await run(['serve', '--once', up, down]);
  assert.deepEqual(
    [(await manifestIn(down, 'app.tar')).report, await readdir(join(down, 'app.tar'))],
    [undefined, ['image.tar', 'inspection.json', 'manifest.json']],
  );
});

test('a file whose name is not UTF-8 is skipped, and the log says so', async (t) => {
  const { up, down } = await given(t);
  await writeFile(Buffer.concat([Buffer.from(`${up}/`), Buffer.from('caf\xe9.tar', 'latin1')]), await exported());
  const { code, stdout } = await run(['serve', '--once', up, down]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^caf\u{fffd}\.tar: passed over: its name is not UTF-8\./mu);
  assert.deepEqual(await readdir(down), []);
});

test('the service and the command line give the same bytes', async (t) => {
  const { up, down } = await given(t);
  await writeFile(join(up, 'app.tar'), await exported(100_000));
  await writeFile(join(up, 'app.tar.lading.json'), JSON.stringify({ name: ['app:1'], change: ['USER web'] }));
  await run(['serve', '--once', up, down]);
  const converted = await run(['convert', join(up, 'app.tar'), '-t', 'app:1', '-c', 'USER web']);
  assert.ok(converted.bytes.equals(await readFile(join(down, 'app.tar/image.tar'))));
});

test('the pieces of an archive give the bytes of the command line, as soon as the last missing one is there', async (t) => {
  const { up, down } = await given(t);
  const tar = await exported(100_000);
  const pieces = ['aa', 'ab', 'ac'].map((letters) => join(up, `team/web.tar.${letters}`));
  const contents = [tar.subarray(0, 700), tar.subarray(700, 70_000), tar.subarray(70_000)];
  await writeFile(join(up, 'team/web.tar.ac.lading.json'), '{"pieces": ["web.tar.aa", "web.tar.ab", "web.tar.ac"]}');
  for (const i of [0, 2]) await writeFile(pieces[i] ?? '', contents[i] ?? '');
  const alone = await run(['serve', '--once', up, down]);
  assert.equal(alone.code, 4, alone.stdout);
  assert.match(alone.stdout, /team\/web\.tar\.ac: failed: .*the piece team\/web\.tar\.ab is missing/);
  const child = start(t, ['serve', up, down]);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!/waits: .*team\/web\.tar\.ab is missing/.test(said)) await sleep(20);
  await writeFile(join(up, 'notes.txt'), 'so that the folder is looked at again\n');
  while (!said.includes('notes.txt: refused')) await sleep(20);
  await writeFile(pieces[1] ?? '', contents[1] ?? '');
  while (!said.includes('team/web.tar.ac: converted')) await sleep(20);
  child.kill('SIGTERM');
  assert.equal(said.match(/waits:/g)?.length, 1);
  const image = await readFile(join(down, 'team/web.tar.ac/image.tar'));
  assert.ok((await run(['convert', ...pieces, '-t', 'team/web'])).bytes.equals(image));
});

test('an upload that is finished is not converted again until it changes', async (t) => {
  const { up, down } = await given(t);
  const file = join(up, 'app.tar');
  await writeFile(file, await exported());
  await run(['serve', '--once', up, down]);
  const before = await stat(join(down, 'app.tar/manifest.json'));
  assert.equal((await run(['serve', '--once', up, down])).stdout, '');
  assert.equal((await stat(join(down, 'app.tar/manifest.json'))).ino, before.ino);
  await utimes(file, 1, 1);
  assert.match((await run(['serve', '--once', up, down])).stdout, /converted/);
});

test('wrong folders are named in the message', async (t) => {
  const { path, up, down } = await given(t);
  const missing = await run(['serve', '--once', join(path, 'none'), down]);
  assert.deepEqual([missing.code, missing.stderr], [4, `Cannot read ${path}/none: there is no such file.\n`]);
  for (const results of [up, join(up, 'results'), path])
    assert.equal((await run(['serve', '--once', up, results])).code, 2, results);
});

test('the command watches: it converts an upload that arrives later in a new folder, and ends at Ctrl-C', async (t) => {
  const { up, down } = await given(t);
  const child = start(t, ['serve', up, down]);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const exit = new Promise((resolve) => child.on('exit', resolve));
  while (!said.includes('Watching')) await sleep(20);
  await mkdir(join(up, 'later'));
  await writeFile(join(up, 'later/app.tar'), await exported());
  while (!said.includes('later/app.tar: converted')) await sleep(20);
  child.kill('SIGINT');
  assert.equal(await exit, 0);
  assert.equal((await manifestIn(down, 'later/app.tar')).outcome, 'converted');
});
