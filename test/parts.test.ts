import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isCurrent, testFiles } from '../scripts/test-files.ts';

const SCRIPT = fileURLToPath(new URL('../scripts/test-files.ts', import.meta.url));

function printed(part: string): string[] {
  const { stdout, status } = spawnSync(process.execPath, [SCRIPT, part], { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split('\n') : [];
}

test('every test file runs in one part of .ci/run, and none in two', () => {
  const parts = ['unit', 'oracles', 'engines', 'service'].flatMap(printed);
  assert.deepEqual(parts.toSorted(), testFiles());
});

test('the suites about verdicts, conversions, samples and files run among the engines of today, too', () => {
  const current = printed('current');
  assert.deepEqual(current, testFiles().filter(isCurrent));
  for (const suite of ['convert', 'corpus', 'files', 'verdict'])
    assert.ok(current.includes(`test/interop/${suite}.test.ts`), suite);
});
