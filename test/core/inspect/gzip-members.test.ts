import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gzipSync } from 'node:zlib';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';

/** Cuts bytes at these offsets, and makes a gzip member of each piece. */
function membersOf(bytes: Uint8Array, cuts: readonly number[]): Buffer {
  const ends = [...cuts, bytes.length];
  return Buffer.concat(ends.map((end, i) => gzipSync(bytes.subarray(ends[i - 1] ?? 0, end))));
}

test('the CRC-32 of the content is that of all members of gzip together', async () => {
  const tar = archive(exportEntries());
  for (const cuts of [[], [0, 0], [1, 1000, 1000, 1001], [tar.length]]) {
    const { content, upload } = await inspectBytes(membersOf(tar, cuts));
    assert.equal(content?.crc32, crc32(tar), `cut at ${cuts.join(', ')}`);
    assert.equal(upload?.crc32, crc32(membersOf(tar, cuts)));
  }
});
