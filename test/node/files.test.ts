import assert from 'node:assert/strict';
import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CHUNK_BYTES, readRange } from '../../node/files.ts';
import { folder } from '../cli/kit.ts';

test('a signal during the read of a large file ends the read soon, even when the reading never waits', async (t) => {
  const path = join(await folder(t), 'large.tar');
  writeFileSync(path, '');
  truncateSync(path, 64 * CHUNK_BYTES);
  const fd = openSync(path, 'r');
  t.after(() => closeSync(fd));
  const interruption = new AbortController();
  setImmediate(() => interruption.abort(new Error('interrupted')));
  let chunks = 0;
  const reading = async () => {
    for await (const chunk of readRange(fd, 0, Number.MAX_SAFE_INTEGER, interruption.signal))
      chunks += chunk.length > 0 ? 1 : 0;
  };
  await assert.rejects(reading, /interrupted/);
  assert.ok(chunks < 32, `${chunks} chunks were read`);
});
