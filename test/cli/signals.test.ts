import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { listing } from '../../cli/print/listing.ts';
import type { MergedFile } from '../../core/files/merged-file.ts';
import { archive } from '../support/tar-builder.ts';
import { ended, folder, start } from './kit.ts';

/** The same member many times: some seconds of work in 1 MB. */
function manyMembers(): Buffer {
  const member = archive([{ name: 'etc/f' }]).subarray(0, 512);
  const once = gzipSync(Buffer.alloc(2 ** 25, member));
  const end = gzipSync(Buffer.alloc(1024));
  return Buffer.concat([...Array.from({ length: 60 }, () => once), end]);
}

test('SIGTERM while many members are scanned ends each command within a second, and leaves nothing', async (t) => {
  if (process.platform === 'win32') return t.skip('needs signals');
  const path = await folder(t);
  const input = join(await folder(t), 'a.tar.gz');
  await writeFile(input, manyMembers());
  const output = join(path, 'image.tar');
  for (const words of [
    ['inspect', input],
    ['convert', input, '-t', 'a', '-o', output],
    ['files', input],
  ]) {
    const child = start(t, words, { env: { TMPDIR: path } });
    const end = ended(child);
    await sleep(2000);
    const killed = performance.now();
    child.kill('SIGTERM');
    const { code } = await end;
    assert.equal(code, 143, words.join(' '));
    assert.ok(performance.now() - killed < 3000, `${words.join(' ')} took ${performance.now() - killed} ms`);
    assert.deepEqual(await readdir(path), []);
  }
});

test('a list of files gives its caller a turn after a thousand of them at the latest', () => {
  const file = { type: '0', mode: 0o644, uid: 0, gid: 0, size: 1, mtime: 0, linkname: '' } as MergedFile;
  let seen = 0;
  let most = 0;
  const files = function* () {
    for (let i = 0; i < 10_000; i++) {
      most = Math.max(most, ++seen);
      yield { ...file, path: `${i}`, file };
    }
  };
  for (const _ of listing(files(), files())) seen = 0;
  assert.ok(most <= 1000, `${most}`);
});
