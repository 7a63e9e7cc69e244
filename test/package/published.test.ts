import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
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

test('each link in the pages of the package leads to something in it, apart from pictures', async () => {
  const { stdout } = await run('tar', ['-tzf', await packed()]);
  const files = stdout.split('\n').map((path) => path.replace('package/', ''));
  const pages = files.filter((file) => file.endsWith('.md'));
  for (const page of ['README.md', 'docs/library.md', 'docs/decisions/README.md'])
    assert.ok(pages.includes(page), page);
  for (const page of pages)
    for (const [, target = ''] of readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)) {
      if (/^\w+:|\.(?:png|svg)$/.test(target)) continue;
      const path = normalize(join(dirname(page), target));
      const isThere = files.some((file) => file === path || file.startsWith(path.replace(/\/?$/, '/')));
      assert.ok(isThere, `${page} links to ${target}`);
    }
});
