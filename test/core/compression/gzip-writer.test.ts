import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gunzipSync } from 'node:zlib';
import { gzip, GzipSums } from '../../../core/compression/gzip-writer.ts';
import { nativeTools } from '../../../node/tools.ts';
import { chunked, collect } from '../../support/bytes.ts';
import { plainTools, sha256 } from '../../support/tools.ts';
import { fc } from '../../support/properties.ts';

/** Text, runs and noise, much larger than the window of deflate, and the same on every machine. */
const CONTENT = Buffer.concat(
  Array.from({ length: 40 }, (_, i) => {
    const noise = Buffer.alloc(3000);
    for (let at = 0, x = i + 1; at < noise.length; at++) noise[at] = (x = Math.imul(x, 1103515245) + 12345) >>> 16;
    return Buffer.concat([Buffer.from(`line ${i * 7919} of a file\n`.repeat(60)), noise, Buffer.alloc(2000, i)]);
  }),
);

test('the bytes have the golden digest: a change of them needs a new version', async () => {
  const made = await collect(gzip(chunked(CONTENT), plainTools));
  assert.equal(sha256(made), 'sha256:99cc9df58eddd380941861401e73c9d3661c24bb89165e84049e2d1236401645');
});

test('the bytes do not depend on how the content is cut or which tools compress it, and they expand to the content', async () => {
  const tools = [plainTools, nativeTools({ threads: true })] as const;
  const sizes = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: CONTENT.length }), sizes, async (length, cuts) => {
      const content = CONTENT.subarray(0, length);
      const made = await collect(gzip(chunked(content, ...cuts), tools[1]));
      assert.ok(gunzipSync(made).equals(content));
      assert.ok(made.equals(await collect(gzip(chunked(content), tools[0]))));
    }),
    { numRuns: 60 },
  );
});

test('size and checksums are those of the bytes that are made later', async () => {
  for (const content of [CONTENT, Buffer.alloc(0)]) {
    const sums = new GzipSums(nativeTools({ threads: false }));
    for await (const chunk of chunked(content, 1000, 7)) await sums.update(chunk);
    const made = await collect(gzip(chunked(content), plainTools));
    assert.deepEqual(await sums.sums(), { size: made.length, digest: sha256(made), crc32: crc32(made) });
  }
});

test('the header carries no name, no time and no trace of the machine', async () => {
  const made = await collect(gzip(chunked(CONTENT), plainTools));
  assert.deepEqual([...made.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
});
