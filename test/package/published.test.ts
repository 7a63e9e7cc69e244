import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { packed, ROOT } from '../support/package.ts';

const run = promisify(execFile);
const program = (name: string) => join(ROOT, 'node_modules/.bin', name);

test('publint finds nothing in the package', async () => {
  const { stdout } = await run(program('publint'), ['run', await packed(), '--strict']);
  assert.match(stdout, /All good!/);
});

test('each import of the package resolves with its types', async () => {
  // Its exit code is not 0 when it finds a problem.
  const { stdout } = await run(program('attw'), [await packed(), '--profile', 'esm-only', '--no-emoji']);
  for (const name of ['"lading"', '"lading/cdk"']) assert.ok(stdout.includes(name));
});
