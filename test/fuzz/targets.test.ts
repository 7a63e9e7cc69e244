import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWithinBounds } from '../../fuzz/cost.ts';
import { choicesFrom, withChecksums } from '../../fuzz/inputs.ts';
import { TARGETS } from '../../fuzz/targets.ts';
import { inspectBytes } from '../support/inspect.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';

// The fuzzer itself runs in `.ci/run fuzz`. Here its targets are tested: their seeds must break no promise.

// This test must be the first, as it measures by how much the peak memory of this process rises.
test('an input that takes memory out of all proportion is a fault', async () => {
  const run = (): undefined => void Buffer.alloc(600 * 2 ** 20, 1);
  await assert.rejects(readWithinBounds({ seeds: () => [], run }, Buffer.of(1)), /1 bytes took \d+ MiB of memory/);
});

for (const [name, target] of Object.entries(TARGETS)) {
  test(`${name}: the seeds of the fuzzer are read within the bounds`, async () => {
    const seeds = await target.seeds();
    assert.ok(seeds.length > 0);
    for (const seed of seeds) await readWithinBounds(target, seed);
  });
}

test('an error that a target throws is passed on', async () => {
  const target = { seeds: () => [], run: () => assert.fail('broken') };
  await assert.rejects(readWithinBounds(target, Buffer.of(1)), /broken/);
});

test('a changed header gets a valid checksum, unless the archive is not a whole number of blocks', async () => {
  const tar = archive(exportEntries());
  tar.write('x', 0, 'latin1');
  const codes = async (bytes: Uint8Array) =>
    (await inspectBytes(withChecksums(bytes))).findings.map(({ code }) => code);
  assert.deepEqual(await codes(tar), []);
  assert.notDeepEqual(await codes(tar.subarray(0, -1)), []);
});

test('the bytes of an input are choices, and without further bytes the first option is chosen', () => {
  const next = choicesFrom(Buffer.of(128, 255));
  assert.deepEqual([next(), next(), next()], [0.5, 255 / 256, 0]);
});
