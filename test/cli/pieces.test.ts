import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pieceFault, wholeName } from '../../core/inspect/piece-names.ts';
import type { ArchiveManifest } from '../../core/manifest/manifest.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { exported, folder, run } from './kit.ts';

test('the pieces of a file are read as the file: convert, inspect, plan and files give what it gives', async (t) => {
  const path = await folder(t);
  const tar = await exported(300_000);
  const image = join(path, 'image.tar');
  for (const bytes of [tar, gzipSync(tar)]) {
    const whole = join(path, 'web.tar');
    await writeFile(whole, bytes);
    // One piece is so short that it ends inside the first header, and one is empty.
    const borders = [0, 100, 100, Math.floor(bytes.length / 2) + 1, bytes.length];
    const pieces = ['aa', 'ab', 'ac', 'ad'].map((letters) => join(path, `web.tar.${letters}`));
    for (const [i, piece] of pieces.entries()) await writeFile(piece, bytes.subarray(borders[i], borders[i + 1]));
    await run(['convert', whole, '-o', image]);
    const wanted = await readFile(image);
    const { code, stderr } = await run(['convert', ...pieces, '-o', image]);
    assert.equal(code, 0, stderr);
    assert.ok(wanted.equals(await readFile(image)), 'also under the name that the whole file gives');
    assert.ok((await run(['convert', ...pieces])).bytes.equals(wanted), 'to standard output');
    assert.equal((await run(['plan', ...pieces])).stdout, (await run(['plan', whole])).stdout);
    const listed = await run(['files', ...pieces, 'etc']);
    assert.deepEqual([listed.code, listed.stdout], [0, (await run(['files', whole, 'etc'])).stdout]);
    const manifest = JSON.parse((await run(['inspect', ...pieces, '--json'])).stdout) as ArchiveManifest;
    assertManifest(manifest);
    assert.deepEqual(
      manifest.source.pieces?.map(({ key, size }) => [key, size]),
      pieces.map((key, i) => [key, borders[i + 1]! - borders[i]!]),
    );
    const alone = JSON.parse((await run(['inspect', whole, '--json'])).stdout) as ArchiveManifest;
    assert.deepEqual(
      [manifest.source.digest, manifest.findings],
      [alone.source.digest, alone.findings],
      'no finding takes it for a piece',
    );
  }
});

test('a piece that is missing is named before anything is read, and no piece is written over', async (t) => {
  const path = await folder(t);
  const pieces = ['aa', 'ac'].map((letters) => join(path, `web.tar.${letters}`));
  const { code, stderr } = await run(['inspect', ...pieces]);
  assert.equal(code, 2);
  assert.match(stderr, /The piece .*web\.tar\.ab is missing/);
  const [one = '', two = ''] = ['1', '2'].map((number) => join(path, `web.tar.00${number}`));
  const tar = await exported();
  await writeFile(one, tar.subarray(0, 1000));
  await writeFile(two, tar.subarray(1000));
  for (const command of ['convert', 'rootfs']) {
    const over = await run([command, one, two, '-o', two]);
    assert.equal(over.code, 2, command);
    assert.ok((await readFile(two)).equals(tar.subarray(1000)), command);
  }
  const cut = await run(['inspect', one]);
  assert.match(cut.stdout, /piece/);
});

test('names are judged as pieces by their counter alone', () => {
  const sound: [string, ...string[]][] = [
    ['web.tar', 'web.tar.aa', 'web.tar.ab', 'web.tar.ac'],
    ['web.tar.gz', 'web.tar.gz.001', 'web.tar.gz.002'],
    ['web.tar', 'web.tar.part0', 'web.tar.part1'],
    ['web.tar.gz', 'web.part1.tar.gz', 'web.part2.tar.gz'],
    ['web.tar', 'web.tar.1of2', 'web.tar.2of2'],
    ['v2/xaa', 'v2/xaa', 'v2/xab'],
    ['web.tar', ...Array.from({ length: 11 }, (_, i) => `web.tar.part${i + 1}`)],
    [
      'web.tar',
      ...Array.from({ length: 28 }, (_, i) => `web.tar.${i < 26 ? 'a' : 'b'}${'abcdefghijklmnopqrstuvwxyz'[i % 26]}`),
    ],
  ];
  for (const [whole, ...names] of sound) {
    assert.equal(pieceFault(names), null, names.join(' '));
    assert.equal(wholeName(names[0] ?? ''), whole);
  }
  const faulty: [RegExp, ...string[]][] = [
    [/web\.tar\.aa is missing/, 'web.tar.ab', 'web.tar.ac'],
    [/web\.tar\.az is missing/, ...Array.from('abcdefghijklmnopqrstuvwxy', (each) => `web.tar.a${each}`), 'web.tar.ba'],
    [/web\.tar\.aa is not in its place/, 'web.tar.ab', 'web.tar.aa'],
    [/web\.tar\.ab is not in its place/, 'web.tar.aa', 'web.tar.ac', 'web.tar.ab'],
    [/web\.tar\.001 is missing/, 'web.tar.002', 'web.tar.003'],
    [/web\.tar\.3of3 is missing/, 'web.tar.1of3', 'web.tar.2of3'],
    [/web\.tar\.ab does not come after web\.tar\.ab/, 'web.tar.aa', 'web.tar.ab', 'web.tar.ab'],
    [/db\.tar\.ab is not named like a piece of the same file as web\.tar\.aa/, 'web.tar.aa', 'db.tar.ab'],
    [/b\.tar is not named like/, 'a.tar', 'b.tar'],
  ];
  for (const [sentence, ...names] of faulty) assert.match(pieceFault(names)?.en ?? '', sentence, names.join(' '));
});
