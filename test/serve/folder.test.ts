import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { overlaps } from '../../serve/folder.ts';
import { folder } from '../cli/kit.ts';

test('a results folder in the uploads folder is noticed before it exists, also by a relative path and behind a link', async (t) => {
  const here = await folder(t);
  const uploads = join(here, 'in');
  await mkdir(uploads);
  await symlink(uploads, join(here, 'link'));
  for (const results of [
    uploads,
    join(uploads, 'new/out'),
    join(here, 'link/out'),
    relative('.', join(uploads, 'out')),
    here,
  ])
    assert.ok(await overlaps(uploads, results), results);
  assert.ok(await overlaps(relative('.', uploads), join(uploads, 'out')));
  for (const results of [join(here, 'out'), join(here, 'in2'), relative('.', join(here, 'in-out'))])
    assert.ok(!(await overlaps(uploads, results)), results);
});
