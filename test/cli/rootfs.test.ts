import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { dockerArchive } from '../support/image-builder.ts';
import { entriesOf } from '../support/rewrite.ts';
import { archive, type Entry, exportEntries } from '../support/tar-builder.ts';
import { folder, run } from './kit.ts';

const file = (name: string, body = ''): Entry => ({ name, body, mode: 0o755 });
const LAYERS = [
  archive([file('bin/sh', 'shell'), file('etc/old')]),
  gzipSync(archive([file('etc/.wh.old'), file('etc/new', 'new')])),
];
const WEB = { names: ['web:1'], layers: LAYERS, config: { Cmd: ['/bin/sh'], Env: ['A=b'] } };

test('the file system goes to a file, and the config beside it comes back with convert', async (t) => {
  const dir = await folder(t);
  const [saved, output] = [join(dir, 'saved.tar'), join(dir, 'root.tar')];
  await writeFile(saved, dockerArchive([WEB]));
  const { code, stdout } = await run(['rootfs', saved, '-o', output]);
  assert.equal(code, 0);
  assert.match(stdout, /^The root file system is in .*root\.tar \([\d,]+ bytes\), its config in .*root\.json\.\n$/);
  const names = entriesOf(await readFile(output)).map(({ name }) => name);
  assert.deepEqual(names, ['bin/', 'bin/sh', 'etc/', 'etc/new']);
  const image = join(dir, 'image.tar');
  const made = await run(['convert', output, '--inspect', join(dir, 'root.json'), '--rootfs', '--json', '-o', image]);
  const { result } = JSON.parse(made.stdout);
  assert.deepEqual(result.images[0].config, { Env: ['A=b'], Cmd: ['/bin/sh'] });
});

test('a file that only happens to have the name of the config is not replaced', async (t) => {
  const dir = await folder(t);
  const [saved, output, own] = [join(dir, 'saved.tar'), join(dir, 'root.tar'), join(dir, 'root.json')];
  await writeFile(saved, dockerArchive([WEB]));
  await writeFile(own, 'mine');
  const { code, stderr } = await run(['rootfs', saved, '-o', output]);
  assert.equal(code, 2);
  assert.match(stderr, /root\.json: a file of that name is already there/);
  assert.equal(await readFile(own, 'utf8'), 'mine');
  const named = ['rootfs', saved, '-o', output, '--config', own];
  assert.equal((await run(named)).code, 0);
  assert.notEqual(await readFile(own, 'utf8'), 'mine');
  // With the file system of an earlier run beside it, both are written anew.
  assert.equal((await run(['rootfs', saved, '-o', output])).code, 0);
});

test('it goes to standard output alone, and a container archive comes out uncompressed', async (t) => {
  const dir = await folder(t);
  const tar = archive(exportEntries());
  await writeFile(join(dir, 'web.tar.gz'), gzipSync(tar));
  const { code, bytes, stderr } = await run(['rootfs', join(dir, 'web.tar.gz')]);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(bytes, tar);
});

test('what is no file system is refused, and so is a hard link without a file', async (t) => {
  const dir = await folder(t);
  const [plain, dangling] = [join(dir, 'plain.tar'), join(dir, 'dangling.tar')];
  await writeFile(plain, archive([file('README')]));
  const refused = await run(['rootfs', plain, '-o', join(dir, 'out.tar')]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /neither an image nor a root file system/);
  const link = archive([{ name: 'a', type: '1', linkname: 'gone' }]);
  await writeFile(dangling, dockerArchive([{ ...WEB, layers: [link] }]));
  const { code, stderr } = await run(['rootfs', dangling, '-o', join(dir, 'out.tar')]);
  assert.equal(code, 3);
  assert.match(stderr, /hard link a points to gone/);
});

test('of several images one must be chosen', async (t) => {
  const dir = await folder(t);
  const two = join(dir, 'two.tar');
  await writeFile(two, dockerArchive([WEB, { names: ['db:1'], layers: LAYERS.slice(0, 1) }]));
  assert.equal((await run(['rootfs', two, '-o', join(dir, 'out.tar')])).code, 2);
  assert.equal((await run(['rootfs', two, '--image', 'db:1', '-o', join(dir, 'out.tar')])).code, 0);
});

test('a container archive that convert refuses is refused, with the reason', async (t) => {
  const dir = await folder(t);
  const [twice, output] = [join(dir, 'twice.tar'), join(dir, 'out.tar')];
  await writeFile(twice, archive([...exportEntries(), file('bin/sh'), file('bin/sh')]));
  for (const command of [['rootfs'], ['convert', '--as', 'rootfs']]) {
    const { code, stderr } = await run([...command, twice, '-o', output]);
    assert.equal(code, 3);
    assert.match(stderr, /bin\/sh/);
  }
});

test('the only image is not given for another platform', async (t) => {
  const dir = await folder(t);
  const saved = join(dir, 'saved.tar');
  await writeFile(saved, dockerArchive([WEB]));
  for (const command of ['rootfs', 'files']) {
    const output = command === 'rootfs' ? ['-o', join(dir, 'out.tar')] : [];
    const { code, stderr } = await run([command, saved, '--platform', 'linux/s390x', ...output]);
    assert.equal(code, 2);
    assert.match(stderr, /no image for linux\/s390x/);
  }
  const converted = await run(['convert', saved, '--platform', 'linux/s390x', '-o', join(dir, 'out.tar')]);
  assert.equal(converted.code, 0);
  assert.match(converted.stdout, /were not applied: platform\./);
});

test('the archive manifest counts each reading, also of the layers that are not merged', async (t) => {
  const dir = await folder(t);
  const saved = join(dir, 'saved.tar');
  const [low, ...high] = ['low', 'middle', 'high'].map((name) => archive([file(name, name.repeat(1e5))]));
  await writeFile(saved, dockerArchive([{ ...WEB, layers: [low!, ...high] }]));
  const { stdout } = await run(['convert', saved, '--squash', '2', '--json', '-o', join(dir, 'out.tar')]);
  const { cost, source } = JSON.parse(stdout);
  const merged = high.reduce((sum, layer) => sum + layer.length, 0);
  assert.equal(cost.bytesRead, source.size + 2 * merged + low!.length);
});
