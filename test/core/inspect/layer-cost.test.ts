import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { inspectCost } from '../../support/cost.ts';
import { LAYERS } from '../../support/expensive/layers.ts';
import { TARS } from '../../support/expensive/tars.ts';
import { archive } from '../../support/tar-builder.ts';

const MiB = 2 ** 20;

for (const { name, make } of [...TARS, ...LAYERS].filter((each) =>
  /broken archives full|of many kinds/.test(each.name),
)) {
  test(`32 MiB of ${name} take less than two seconds of CPU`, async () => {
    const { seconds } = await inspectCost(make(32 * MiB).archive, 2);
    assert.ok(seconds < 2, `${seconds} s`);
  });
}

test('400 compressed layers whose content looks like headers take less than two seconds of CPU', async () => {
  const body = gzipSync(Buffer.alloc(70 * 1024, 'ustar\x01\x02\x037\0aaa', 'latin1'));
  const layers = Array.from({ length: 400 }, (_, i) => ({ name: `${i}.tar`, body }));
  const { seconds } = await inspectCost(zstdCompressSync(archive(layers)), 2);
  assert.ok(seconds < 2, `${seconds} s`);
});
