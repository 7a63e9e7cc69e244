import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { DOCKER_EXPORT, exported, folder, run, tarOf } from './kit.ts';

test('the page says what the archive is, why, and what to type next', async (t) => {
  const file = join(await folder(t), 'team_app.tar');
  await writeFile(file, await exported());
  const { code, stdout, stderr } = await run(['inspect', file]);
  assert.equal(code, 0);
  assert.equal(stderr, '');
  assert.match(stdout, /is a container archive made by `docker export`/);
  assert.match(stdout, /because .*\.dockerenv/);
  assert.match(stdout, /digest +sha256:[0-9a-f]{64}/);
  assert.match(stdout, new RegExp(`^  lading convert ${file} --name \\S+ -o image.tar$`, 'm'));
});

test('standard input is read like a file', async () => {
  const archive = await exported();
  const { code, stdout } = await run(['inspect', '-'], { stdin: [archive.subarray(0, 700), archive.subarray(700)] });
  assert.equal(code, 0);
  assert.match(stdout, /^Standard input is a container archive/);
});

test('--json prints the archive manifest, also for a bad archive', async () => {
  for (const [stdin, code, outcome] of [
    [await exported(), 0, 'recognised'],
    [Buffer.from('hello, world'), 3, 'refused'],
  ] as const) {
    const result = await run(['inspect', '-', '--json'], { stdin: [stdin] });
    const manifest = JSON.parse(result.stdout) as ArchiveManifest;
    assertManifest(manifest);
    assert.deepEqual([result.code, manifest.outcome, manifest.source.key], [code, outcome, '-']);
  }
});

test('a readable archive that no engine would take gives exit code 1 and names the member', async () => {
  const twice = await tarOf([...DOCKER_EXPORT, { name: 'bin/sh', text: 'again' }]);
  const { code, stdout } = await run(['inspect', '-'], { stdin: [twice] });
  assert.equal(code, 1);
  assert.match(stdout, /^error: .*bin\/sh/m);
  assert.doesNotMatch(stdout, /^Next/m);
});

test('for a root file system that was cut off, no conversion is suggested', async () => {
  const whole = await readFile(new URL('../../examples/web.tar.gz', import.meta.url));
  const { code, stdout } = await run(['inspect', '-'], { stdin: [whole.subarray(0, 300_000)] });
  assert.equal(code, 3);
  assert.match(stdout, /ends too early/);
  assert.doesNotMatch(stdout, /^Next/m);
});

test('an image archive is described without errors, and the page says how to load it', async (t) => {
  const file = join(await folder(t), 'saved.tar');
  const config = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } });
  const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: ['app:1'], Layers: [] }]);
  await writeFile(
    file,
    await tarOf([
      { name: 'c.json', text: config },
      { name: 'manifest.json', text: manifest },
    ]),
  );
  const { code, stdout } = await run(['inspect', file]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /names +app:1/);
  assert.match(stdout, new RegExp(`^  docker load -i ${file}$`, 'm'));
});

test('input that is not an archive, or only part of one, gives exit code 3', async () => {
  const archive = await exported(5000);
  const cases = {
    empty: Buffer.alloc(0),
    text: Buffer.from('hello\n'),
    short: archive.subarray(0, 5000),
    thrice: gzipSync(gzipSync(gzipSync(archive))),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    const { code, stdout } = await run(['inspect', '-'], { stdin: [bytes] });
    assert.equal(code, 3, name);
    assert.match(stdout, /^error: /m, name);
  }
});

test('--quiet prints nothing about a sound archive, and only the problems of another one', async () => {
  const sound = await run(['inspect', '-', '-q'], { stdin: [await exported()] });
  assert.deepEqual([sound.code, sound.stdout, sound.stderr], [0, '', '']);
  const bad = await run(['inspect', '-', '-q'], { stdin: [Buffer.from('hello')] });
  assert.deepEqual([bad.code, bad.stdout], [3, '']);
  assert.match(bad.stderr, /^error: /);
});

test('a missing file and a folder give exit code 4 with a sentence', async (t) => {
  const path = await folder(t);
  const missing = await run(['inspect', join(path, 'none.tar')]);
  assert.deepEqual(
    [missing.code, missing.stdout, missing.stderr],
    [4, '', `Cannot read ${path}/none.tar: there is no such file.\n`],
  );
  const directory = await run(['inspect', path]);
  assert.deepEqual([directory.code, directory.stderr], [4, `Cannot read ${path}: it is a folder.\n`]);
});

test('an archive is not read from a terminal', async () => {
  const { code, stderr } = await run(['inspect', '-'], { stdin: 'terminal' });
  assert.equal(code, 2);
  assert.match(stderr, /terminal/);
});

test('the name of a member cannot control the terminal', async () => {
  const evil = 'bin/\u001b]0;owned\u0007\u202etxt';
  const twice = await tarOf([...DOCKER_EXPORT, { name: evil }, { name: evil }]);
  for (const flags of [[], ['--json']]) {
    const { stdout } = await run(['inspect', '-', ...flags], { stdin: [twice] });
    assert.match(stdout, /owned/);
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  }
});

test('there is colour on a terminal, but not with NO_COLOR', async () => {
  const stdin = [await exported()];
  const colour = async (env: Record<string, string>, stdoutIsTTY: boolean) =>
    (await run(['inspect', '-'], { stdin, env, stdoutIsTTY })).stdout.includes('\u001b[');
  assert.equal(await colour({}, true), true);
  assert.equal(await colour({ NO_COLOR: '1' }, true), false);
  assert.equal(await colour({ TERM: 'dumb' }, true), false);
  assert.equal(await colour({}, false), false);
});

test('a progress bar is drawn on a terminal when the work takes over a second, and is removed afterwards', async () => {
  let time = 0;
  const stdin = [await exported(3_000_000)];
  const around = { stdin, now: () => (time += 2000), stderrIsTTY: true };
  const shown = await run(['inspect', '-'], around);
  assert.match(shown.stderr, /Reading standard input /);
  assert.ok(shown.stderr.endsWith('\r\u001b[K'));
  for (const flags of [['--no-progress'], ['-q']])
    assert.equal((await run(['inspect', '-', ...flags], around)).stderr, '');
  assert.equal((await run(['inspect', '-'], { ...around, stderrIsTTY: false })).stderr, '');
  assert.equal((await run(['inspect', '-'], { ...around, now: () => 0 })).stderr, '');
});

test('the summary speaks of a conversion exactly when the page suggests one', async (t) => {
  const path = await folder(t);
  const rootfs = DOCKER_EXPORT.map((each) => ({ ...each, name: `./${each.name}` }));
  const inFolder = DOCKER_EXPORT.map((each) => ({ ...each, name: `rootfs/${each.name}` }));
  const archives = {
    export: await exported(),
    rootfs: await tarOf(rootfs),
    folder: await tarOf(inFolder),
    plain: await tarOf([{ name: 'a' }]),
    image: (await run(['convert', '-', '-t', 'a:1'], { stdin: [await exported()] })).bytes,
  };
  for (const [name, bytes] of Object.entries(archives)) {
    const file = join(path, `${name}.tar`);
    await writeFile(file, bytes);
    const { summary, zh } = JSON.parse((await run(['inspect', file, '--json'])).stdout) as ArchiveManifest;
    const suggested = (await run(['inspect', file])).stdout.includes('lading convert');
    assert.equal(!summary.endsWith('; there is nothing to convert.'), suggested, `${name}: ${summary}`);
    assert.equal(!zh.summary.endsWith('；没有需要转换的内容。'), suggested, `${name}: ${zh.summary}`);
  }
});
