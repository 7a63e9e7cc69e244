import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from '../../library/index.ts';
import { folder } from '../cli/kit.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';

test('a named pipe is refused at once, although nobody writes to it', async (t) => {
  const pipe = join(await folder(t), 'pipe');
  execFileSync('mkfifo', [pipe]);
  await assert.rejects(inspect(pipe), /is no regular file\. Pass a stream instead/);
});

test('a file that changes while it is read is an error', async (t) => {
  const file = join(await folder(t), 'a.tar');
  await writeFile(file, archive(exportEntries()));
  await assert.rejects(inspect(file, { onProgress: () => appendFileSync(file, 'x') }), { code: 'source-changed' });
});
