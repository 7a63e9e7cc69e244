import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import { inspectCost } from '../../support/cost.ts';
import { TARS } from '../../support/expensive/tars.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, exportEntries, member, paxBody } from '../../support/tar-builder.ts';
import { END, paxSparse } from '../../support/tar-seeds.ts';

const MiB = 2 ** 20;

for (const { name, make } of TARS.filter(({ reader }) => reader === 'headers in zstd')) {
  test(`160 MiB of ${name}, which are almost nothing, are refused within two seconds`, async () => {
    const { archive: bytes } = make(160 * MiB);
    assert.ok(bytes.length < 200_000, `${bytes.length} bytes`);
    const { seconds, findings } = await inspectCost(bytes, 2);
    assert.ok(seconds < 2, `${seconds} s`);
    assert.ok(findings.includes('expansion ratio'), findings.slice(0, 1000));
  });
}

test('the largest sparse map and the most attributes that a file may have are far below the limit', async () => {
  const extents = Array.from({ length: 40_000 }, (_, i): [number, number] => [i * 65_536, 1]);
  const disk = paxSparse('1.0', extents, 50 * 2 ** 30, 'd'.repeat(extents.length), 'var/disk');
  const value = 'v'.repeat(65_536);
  const attributes = Array.from({ length: 15 }, (_, i) => paxBody({ [`SCHILY.xattr.user.${i}`]: value }));
  const file = [member({ name: 'p', type: 'x', body: Buffer.concat(attributes) }), member({ name: 'etc/f' })];
  const bytes = Buffer.concat([archive(exportEntries()).subarray(0, -1024), disk, ...file, END]);
  const { findings } = await inspectBytes(bytes);
  assert.ok(!findings.some(({ code }) => code === 'limit-exceeded'));
  assert.ok(extents.length * LIMITS.entryBytes * 20 < LIMITS.expandedBytes);
});
