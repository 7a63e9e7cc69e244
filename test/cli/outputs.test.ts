import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { exported, folder, run } from './kit.ts';

const TWICE = /^Cannot write to \S+ twice: (?:-o|--manifest) names it, too\.\nChoose another name with --\w+\.\n$/;
const AN_INPUT = /^Cannot write to \S+: the command reads that file\.\nChoose another name with -\S+\.\n$/;
const NO_FOLDER = /^Cannot write \S+: there is no such folder\.\n$/;

// For each command: the files that it would write, and the sentence with which it refuses.
const REFUSED: [command: string, ...flags: [flag: string, file: string][], sentence: RegExp][] = [
  ['convert', ['-o', 'in.tar'], AN_INPUT],
  ['convert', ['-o', 'out.tar'], ['--manifest', 'in.tar'], AN_INPUT],
  ['convert', ['-o', 'out.tar'], ['--manifest', 'out.tar'], TWICE],
  ['convert', ['--manifest', 'out.x'], ['--html', 'out.x'], TWICE],
  ['convert', ['-o', 'out.tar'], ['--html', 'nowhere/out.html'], NO_FOLDER],
  ['inspect', ['--html', 'in.tar'], AN_INPUT],
  ['inspect', ['--manifest', 'in.tar'], AN_INPUT],
  ['rootfs', ['-o', 'in.tar'], AN_INPUT],
  ['rootfs', ['-o', 'out.tar'], ['--config', 'in.tar'], AN_INPUT],
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

test('no output takes the place of the file of --inspect', async (t) => {
  const dir = await folder(t);
  const [archive, inspect] = [join(dir, 'in.tar'), join(dir, 'inspect.json')];
  await writeFile(archive, await exported());
  await writeFile(inspect, '[{}]');
  for (const flag of ['-o', '--manifest']) {
    const { stderr } = await run(['convert', archive, '--inspect', inspect, flag, inspect]);
    assert.match(stderr, AN_INPUT);
    assert.equal(await readFile(inspect, 'utf8'), '[{}]');
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
    assert.match(stderr, AN_INPUT);
  }
  assert.deepEqual(Buffer.concat(await Promise.all(pieces.map((piece) => readFile(piece)))), archive);
});
