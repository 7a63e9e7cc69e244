import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { LayerRules } from '../../core/layer/layer-rules.ts';
import { cleanPath } from '../../core/tar/paths.ts';
import { TarScanner } from '../../core/tar/tar.ts';
import { mend } from '../core/mend/kit.ts';
import { randomFrom } from '../support/corpus-damage.ts';
import { nastyLayers } from '../support/nasty-layers.ts';
import { archive, type Entry } from '../support/tar-builder.ts';

const ROUNDS = Number(process.env['LADING_MEND_ROUNDS'] ?? 40);
const SEED = 20_261_129;

/** The codes of findings that mending always corrects in layers that are not refused still. */
const ALWAYS = new Set(['path-escapes', 'macos-attributes']);

test(`GNU tar unpacks ${ROUNDS} archives with repeated paths and hard links alike before and after mending`, () =>
  inFolder(async (dir) => {
    for (let seed = SEED; seed < SEED + ROUNDS; seed++) {
      const before = archive(repeated(randomFrom(seed)));
      const after = await mend(before, { chunks: [300] });
      if (after === null) continue;
      assert.deepEqual(unpacked(after.bytes, dir), unpacked(before, dir), `seed ${seed}`);
      assert.equal(await mend(after.bytes), null, `seed ${seed}: nothing is left to mend`);
      assert.ok(!codesIn(after.bytes).has('duplicate-path'), `seed ${seed}`);
    }
  }));

test('mending of layers with every oddity leaves nothing that could be mended, whatever the chunks', async () => {
  for (let seed = SEED; seed < SEED + 150; seed++) {
    for (const entries of nastyLayers(randomFrom(seed))) {
      const layer = archive(entries);
      const done = await mend(layer);
      if (done === null) continue;
      assert.ok((await mend(layer, { chunks: [97] }))?.bytes.equals(done.bytes), `seed ${seed}`);
      const codes = codesIn(done.bytes);
      if (codes.has('duplicate-path') || codes.has('hard-link-directory')) continue; // it is refused still
      assert.equal(await mend(done.bytes), null, `seed ${seed}`);
      for (const code of ALWAYS) assert.ok(!codes.has(code), `seed ${seed}: ${code}`);
    }
  }
});

/** Members with few names, each a file or a hard link to an earlier one, in a root with two directories. */
function repeated(random: () => number): Entry[] {
  const names = ['a', 'b', 'c', 'd/a', 'd/b', './a', 'd//a'];
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const entries: Entry[] = [{ name: 'd/', type: '5' }];
  for (let i = 0; i < 10; i++) {
    const name = pick(names);
    const there = entries.filter(({ type }) => type !== '5');
    if (random() < 0.45 && there.length > 0) entries.push({ name, type: '1', linkname: pick(there).name });
    else if (random() < 0.2) entries.push({ name, type: '2', linkname: `to ${i}` });
    else entries.push({ name, body: `content ${i}`, mode: 0o600 + i });
  }
  return entries;
}

/** What GNU tar makes of an archive: for each path its kind, mode and content, and the first path of the same inode. */
function unpacked(bytes: Buffer, dir: string): string[] {
  const [file, root] = [join(dir, 'archive.tar'), join(dir, 'root')];
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root);
  writeFileSync(file, bytes);
  execFileSync('tar', ['-xf', file, '-C', root], { stdio: 'pipe' });
  const first = new Map<number, string>();
  return (readdirSync(root, { recursive: true }) as string[]).toSorted().map((path) => {
    const { ino, mode } = lstatSync(join(root, path));
    const kind = mode & 0o170000;
    const same = first.get(ino) ?? path;
    first.set(ino, same);
    const content = kind === 0o100000 ? readFileSync(join(root, path), 'utf8') : '';
    return [path, mode.toString(8), same, kind === 0o120000 ? readlinkSync(join(root, path)) : content].join(' ');
  });
}

function codesIn(layer: Buffer): Set<string> {
  const rules = new LayerRules('alone');
  new TarScanner({ member: (each) => (rules.check(each, cleanPath(each.name)), 0), body() {} }).push(layer);
  return new Set(rules.findings.map(({ code }) => code));
}

async function inFolder(work: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'lading-mend-'));
  try {
    await work(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
