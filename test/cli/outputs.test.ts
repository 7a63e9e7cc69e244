import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { exported, folder, run } from './kit.ts';

const TWICE = /^Cannot write to \S+ twice: (?:-o|--manifest) names it, too\.\nChoose another name with --\w+\.\n$/;
const ITSELF = /^Cannot write to \S+: that is the archive itself\.\nChoose another name with -\S+\.\n$/;
const NO_FOLDER = /^Cannot write \S+: there is no such folder\.\n$/;

// For each command: the files that it would write, and the sentence with which it refuses.
const REFUSED: [command: string, ...flags: [flag: string, file: string][], sentence: RegExp][] = [
  ['convert', ['-o', 'in.tar'], ITSELF],
  ['convert', ['-o', 'out.tar'], ['--manifest', 'in.tar'], ITSELF],
  ['convert', ['-o', 'out.tar'], ['--manifest', 'out.tar'], TWICE],
  ['convert', ['--manifest', 'out.x'], ['--html', 'out.x'], TWICE],
  ['convert', ['-o', 'out.tar'], ['--html', 'nowhere/out.html'], NO_FOLDER],
  ['inspect', ['--html', 'in.tar'], ITSELF],
  ['inspect', ['--manifest', 'in.tar'], ITSELF],
  ['rootfs', ['-o', 'in.tar'], ITSELF],
  ['rootfs', ['-o', 'out.tar'], ['--config', 'in.tar'], ITSELF],
  ['rootfs', ['-o', 'out.tar'], ['--config', 'out.tar'], TWICE],
  ['rootfs', ['-o', 'out.tar'], ['--config', 'nowhere/out.json'], NO_FOLDER],
];

test('no output takes the place of the archive or of another output, and nothing is written before', async (t) => {
  const dir = await folder(t);
  const archive = await exported();
  await writeFile(join(dir, 'in.tar'), archive);
  for (const [command, ...rest] of REFUSED) {
    const sentence = rest.pop() as RegExp;
    const flags = (rest as [string, string][]).flatMap(([flag, file]) => [flag, join(dir, file)]);
    const { stderr, bytes } = await run([command, join(dir, 'in.tar'), ...flags]);
    assert.match(stderr, sentence);
    assert.deepEqual([bytes.length, await readdir(dir)], [0, ['in.tar']], flags.join(' '));
    assert.deepEqual(await readFile(join(dir, 'in.tar')), archive);
  }
});

test('no output takes the place of a piece of a split archive', async (t) => {
  const dir = await folder(t);
  const archive = await exported();
  const pieces = ['in.tar.aa', 'in.tar.ab'].map((name) => join(dir, name));
  const half = archive.length / 2;
  for (const [at, piece] of pieces.entries()) await writeFile(piece, archive.subarray(at * half, (at + 1) * half));
  for (const command of ['convert', 'rootfs']) {
    const { stderr } = await run([command, ...pieces, '-o', join(dir, 'in.tar.ab')]);
    assert.match(stderr, ITSELF);
  }
  assert.deepEqual(Buffer.concat(await Promise.all(pieces.map((piece) => readFile(piece)))), archive);
});
