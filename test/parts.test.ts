import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filesOf, homeOf, isCurrent, testFiles } from '../scripts/test-files.ts';

test('every test file belongs to exactly one part of .ci/run', () => {
  const parts = ['unit', 'oracles', 'engines', 'service', 'package', 'pipelines', 'web'].flatMap(filesOf);
  assert.deepEqual(parts.toSorted(), testFiles().toSorted());
});

test('the suites about verdicts, conversions, samples and files also run among the engines of today', () => {
  const current = filesOf('current');
  assert.deepEqual(current, testFiles().filter(isCurrent));
  for (const suite of ['convert', 'corpus', 'files', 'verdict'])
    assert.ok(current.includes(`test/interop/${suite}.test.ts`), suite);
});

test('the suites of a store run over each S3 engine, and those with a runtime or an emulator over one', () => {
  const stores = filesOf('stores');
  for (const suite of ['contract/store', 'remote/resume-engine', 'faults/crash-engine', 'faults/keys-engine'])
    assert.ok(stores.includes(`test/${suite}.test.ts`), suite);
  for (const file of stores) assert.equal(homeOf(file), 'service', file);
  assert.ok(!stores.some((file) => /^test\/(?:runtime|deploy)\//.test(file)));
});
