import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { crc32, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { pack, PackedSums } from '../../../core/compression/layer-packer.ts';
import type { Packing } from '../../../core/model/conversion-request.ts';
import type { Tools } from '../../../core/model/ports.ts';
import { newPacker } from '../../../node/packer.ts';
import { chunked, collect } from '../../support/bytes.ts';
import { fc } from '../../support/properties.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

/** Text, runs and noise in 4.6 MB: some blocks of each compression. They are the same on every machine. */
const CONTENT = Buffer.concat(
  Array.from({ length: 700 }, (_, i) => {
    const noise = Buffer.alloc(3000);
    for (let at = 0, x = i + 1; at < noise.length; at++) noise[at] = (x = Math.imul(x, 1103515245) + 12345) >>> 16;
    return Buffer.concat([Buffer.from(`line ${i * 7919} of a file\n`.repeat(60)), noise, Buffer.alloc(2000, i)]);
  }),
);

const MiB = 2 ** 20;
const PACKERS = [1, 2, 5].map((cpus) => newPacker(cpus));
const { packer: _, ...WITHOUT_PACKER } = plainTools;
const [onThisThread, ...onThreads] = PACKERS.map((packer): Tools => ({ ...plainTools, packer }));
after(() => PACKERS.forEach((packer) => packer.close()));

const EXPANDED: Record<Packing, (bytes: Uint8Array) => Buffer> = { gzip: gunzipSync, zstd: zstdDecompressSync };
const PACKINGS = Object.keys(EXPANDED) as Packing[];

const GOLDEN: Record<Packing, string> = {
  gzip: 'sha256:f89a566efae56585fa0086fc4b24151865c3507ae30b393d991b917627491a00',
  zstd: 'sha256:5cf4ca3fbf6dfef310b5719dcd3a5cf223800dfeedb0b4eb671bcbaafdf27df1',
};

for (const packing of PACKINGS) {
  test(`the bytes of ${packing} have the golden digest: a change of them needs a new version`, async () => {
    const made = await collect(pack(chunked(CONTENT), packing, onThisThread!));
    assert.equal(sha256(made), GOLDEN[packing]);
    assert.ok(EXPANDED[packing](made).equals(CONTENT));
  });

  test(`the bytes of ${packing} do not depend on how the content is cut, nor on how many threads compress it`, async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3 * MiB }), { minLength: 1, maxLength: 4 });
    // Lengths near the ends of blocks matter most: there a block is the last one, or is not.
    const near = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: -2, max: 2 })).map(([n, d]) => n * MiB + d);
    const length = fc.oneof(near, fc.nat({ max: CONTENT.length })).map((n) => Math.max(n, 0));
    await fc.assert(
      fc.asyncProperty(length, sizes, fc.constantFrom(...onThreads), async (end, cuts, tools) => {
        const content = CONTENT.subarray(0, end);
        const made = await collect(pack(chunked(content, ...cuts, 2 * MiB), packing, tools));
        assert.ok(EXPANDED[packing](made).equals(content));
        assert.ok(made.equals(await collect(pack(chunked(content), packing, onThisThread!))));
      }),
      { numRuns: 8, examples: [[2 * MiB, [MiB], onThreads[0]!]] },
    );
  });

  test(`size and checksums are those of the ${packing} that is made later, and a copy of it is made on the way`, async () => {
    for (const content of [CONTENT, Buffer.alloc(0)]) {
      const copies: Buffer[] = [];
      const heads: Buffer[] = [];
      const sums = new PackedSums(packing, onThreads[0]!, async (piece, head) => {
        copies.push(Buffer.from(piece));
        heads.push(Buffer.from(head));
      });
      for await (const chunk of chunked(content, 100_000, 700)) await sums.update(chunk);
      const found = await sums.sums();
      const made = await collect(pack(chunked(content), packing, onThisThread!));
      assert.deepEqual(found, { size: made.length, digest: sha256(made), crc32: crc32(made) });
      assert.ok(Buffer.concat(copies).equals(made));
      assert.ok(heads[0]?.equals(content.subarray(0, 100_000)));
    }
  });
}

test('without a packer, gzip has the same bytes, and zstd is refused', async () => {
  const content = CONTENT.subarray(0, 3 * MiB);
  const made = await collect(pack(chunked(content, 70_000), 'gzip', WITHOUT_PACKER));
  assert.ok(made.equals(await collect(pack(chunked(content), 'gzip', onThreads[0]!))));
  await assert.rejects(collect(pack(chunked(content), 'zstd', WITHOUT_PACKER)), TypeError);
});

test('the gzip header carries no name, no time and no trace of the machine', async () => {
  const made = await collect(pack(chunked(CONTENT.subarray(0, 100)), 'gzip', plainTools));
  assert.deepEqual([...made.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
});
