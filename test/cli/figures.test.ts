import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { archive } from '../support/tar-builder.ts';
import { folder, run } from './kit.ts';

/** An image of 1,000 bytes, to which the layers have 250 wasted ones. It has a set-uid file, and one without an owner. */
const IMAGE = dockerArchive([
  {
    names: ['a:1'],
    layers: [
      archive([
        { name: 'etc/passwd', body: 'root:x:0:' },
        { name: 'a', body: 'x'.repeat(250) },
        { name: 'b', body: 'x'.repeat(391), mode: 0o4755 },
      ]),
      archive([{ name: 'a', body: 'x'.repeat(600), uid: 7 }]),
    ],
  },
]);

async function place(t: TestContext) {
  const path = await folder(t);
  const file = join(path, 'image.tar');
  await writeFile(file, IMAGE);
  return { path, file };
}

test('--fail-on stops inspect when a figure is larger than its bound, and says both', async (t) => {
  const { file } = await place(t);
  const bounds: Record<string, string | null> = {
    'wasted=20%': null,
    'wasted=19.9%': 'wasted is 20.0% (wasted=19.9%)',
    'wasted=250': null,
    'wasted=0.249kB': 'wasted is 250 bytes (wasted=0.249kB)',
    'size=1000B': null,
    'size=0.9KiB': 'size is 1.0 kB (size=0.9KiB)',
    'files=3': null,
    'files=2': 'files is 3 (files=2)',
    'layers=1': 'layers is 2 (layers=1)',
    'setuid=1': null,
    'setuid=0': 'setuid is 1 (setuid=0)',
    'ownerless=0': 'ownerless is 1 (ownerless=0)',
    'duplicates=0': null,
  };
  for (const [bound, said] of Object.entries(bounds)) {
    const { code, stdout } = await run(['inspect', file, '--fail-on', bound]);
    assert.equal(code, said === null ? 0 : 9, bound);
    if (said !== null) assert.ok(stdout.includes(`Stopped by --fail-on: ${said}.`), stdout);
  }
  const zh = await run(['inspect', file, '--fail-on', 'size=1,error,wasted=0', '--lang', 'zh']);
  assert.match(zh.stdout, /已被 --fail-on 中止：size 为 1\.0 kB（size=1）、wasted 为 250 bytes（wasted=0）。/);
});

test('a bound stops a conversion before anything is written, also from a pipe, and the job summary names the figure', async (t) => {
  const { path, file } = await place(t);
  const [output, summary] = [join(path, 'out.tar'), join(path, 'summary.md')];
  const flags = ['-t', 'b:1', '-o', output, '--fail-on', 'setuid=0', '--format', 'github'];
  const env = { GITHUB_STEP_SUMMARY: summary };
  assert.equal((await run(['convert', file, ...flags], { env })).code, 9);
  assert.match(await readFile(summary, 'utf8'), /<strong>Stopped by --fail-on: setuid is 1 \(setuid=0\)\.<\/strong>/);
  assert.equal((await run(['convert', '-', ...flags], { stdin: [IMAGE] })).code, 9);
  assert.ok(!existsSync(output));
  assert.equal((await run(['convert', file, '-t', 'b:1', '-o', output, '--fail-on', 'setuid=1'])).code, 0);
});

test('a figure that is not known stops the command, too', async (t) => {
  const { path } = await place(t);
  const file = join(path, 'damaged.tar');
  // Of the second image, a path is too long for any Linux. Its files are not told.
  const layers = [archive([{ name: 'a', body: 'x' }])];
  const images = [
    { names: ['a:1'], layers },
    { names: ['b:1'], layers: [archive([{ name: 'x', pax: { path: 'd/'.repeat(2100) } }])] },
  ];
  await writeFile(file, dockerArchive(images));
  const { stdout, code } = await run(['inspect', file, '--fail-on', 'size=1GB']);
  assert.match(stdout, /Stopped by --fail-on: size is not known/);
  assert.notEqual(code, 0);
});

test('the manifest has the facts only when they are asked for, and they fit the schema', async (t) => {
  const { file } = await place(t);
  const manifest = async (...flags: string[]) =>
    JSON.parse((await run(['inspect', '--json', file, ...flags])).stdout) as ArchiveManifest;
  assert.equal((await manifest()).contents, undefined);
  const told = await manifest('--contents');
  assertManifest(told);
  assert.deepEqual(told.contents?.images[0]?.wasted, { files: 1, bytes: 250 });
  assert.equal(told.cost.bytesRead, 2 * IMAGE.length);
  const read = async (...flags: string[]) =>
    JSON.parse((await run(['convert', file, '-o', `${file}.image`, '--json', ...flags])).stdout).cost.bytesRead;
  assert.equal(await read('--contents'), (await read()) + IMAGE.length);
});

test('bounds that mean nothing are refused before anything is read', async () => {
  for (const flags of [
    ['--fail-on', 'wastde=10%'],
    ['--fail-on', 'wasted=ten'],
    ['--fail-on', 'wasted=1PB'],
    ['--fail-on', 'wasted=5constructor'],
    ['--fail-on', 'files=10%'],
    ['--fail-on', 'files=10MB'],
    ['--contents', '--quick'],
  ])
    assert.equal((await run(['inspect', '/nowhere', ...flags])).code, 2, flags.join(' '));
  const upload = await run(['upload', '/nowhere', '--uploads', 'u', '--results', 'r', '--fail-on', 'setuid=0']);
  assert.equal(upload.code, 2);
});
