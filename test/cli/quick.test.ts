import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { hugeImage, writeHuge } from '../support/huge.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { exported, folder, run } from './kit.ts';

const LAYER = 256 * 2 ** 20;
const MIB = 2 ** 20;

test('a quick look at an image archive of 10 GB gives all that its documents say, marked as not verified', async (t) => {
  const file = join(await folder(t), 'huge.tar');
  await writeHuge(file, hugeImage(40, LAYER));
  const { code, stdout } = await run(['inspect', '--quick', '--json', file]);
  const manifest = JSON.parse(stdout) as ArchiveManifest;
  assertManifest(manifest);
  const { quick, source, compression, images, cost, findings } = manifest;
  assert.deepEqual([code, quick, source.digest, compression.content], [0, true, null, null]);
  assert.deepEqual(
    findings.map((each) => each.code),
    ['not-verified', 'image-archive'],
  );
  const [image] = images;
  assert.deepEqual([image?.names, image?.platform], [['team/huge:1'], { os: 'linux', architecture: 'arm64' }]);
  assert.deepEqual([image?.config, image?.history.length, image?.layers.length], [{ Cmd: ['serve'] }, 40, 40]);
  assert.ok(image?.layers.every(({ size, members, digest }) => size === LAYER && members === null && digest !== null));
  assert.ok(cost.bytesRead <= 2 * MIB && (cost.requests ?? Infinity) <= 60, JSON.stringify(cost));
});

test('the page of a quick look says that it was one, and how to have everything verified', async (t) => {
  const file = join(await folder(t), 'huge.tar');
  await writeHuge(file, hugeImage(3, LAYER));
  const page = await run(['inspect', '--quick', file]);
  assert.equal(page.code, 0);
  assert.match(page.stdout, /^warning: This was a quick look: [\d,]+ of 805,\d+,\d+ bytes/m);
  assert.match(page.stdout, /names +team\/huge:1/);
  assert.match(page.stdout, /without `--quick`/);
  assert.doesNotMatch(page.stdout, /^ +digest +sha256/m);
  const chinese = await run(['inspect', '--quick', '--lang', 'zh', file]);
  assert.match(chinese.stdout, /快速查看/);
});

test('an archive that ends early gives exit code 3 with a quick look too', async (t) => {
  const file = join(await folder(t), 'huge.tar');
  await writeHuge(file, hugeImage(3, LAYER));
  await truncate(file, 2 * LAYER);
  const { code, stdout } = await run(['inspect', '--quick', '--json', file]);
  const manifest = JSON.parse(stdout) as ArchiveManifest;
  assertManifest(manifest);
  assert.deepEqual([code, manifest.outcome, manifest.quick], [3, 'refused', true]);
  assert.ok(manifest.findings.some((each) => each.code === 'truncated'));
});

test('an archive that a quick look cannot describe is refused on standard error, and standard output stays empty', async (t) => {
  const path = await folder(t);
  await writeFile(join(path, 'a.tar.gz'), gzipSync(await exported()));
  await writeFile(join(path, 'a.tar'), await exported(300_000));
  for (const [name, reason] of [
    ['a.tar.gz', /compressed \(gzip\)/],
    ['a.tar', /root file system/],
  ] as const) {
    for (const flags of [[], ['--json'], ['-q']]) {
      const { code, stdout, stderr } = await run(['inspect', '--quick', join(path, name), ...flags]);
      assert.deepEqual([code, stdout], [3, ''], name);
      assert.match(stderr, reason);
      assert.match(stderr, /without `--quick`/);
    }
  }
  const piped = await run(['inspect', '--quick', '-'], { stdin: [await exported()] });
  assert.deepEqual([piped.code, piped.stdout], [2, '']);
  assert.match(piped.stderr, /a pipe can only be read from its beginning/);
});
