import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuSeconds } from '../../support/cpu.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { longName, member, paxBody } from '../../support/tar-builder.ts';
import { END, gnuSparse, paxSparse } from '../../support/tar-seeds.ts';

const MiB = 2 ** 20;
const record = (key: string, value: string) => paxBody({ [key]: value });
const pax = (...records: Buffer[]) =>
  Buffer.concat([
    member({ name: 'p', type: 'x', body: Buffer.concat(records).subarray(0, MiB) }),
    member({ name: 'f' }),
    END,
  ]);
const repeated = (bytes: string) => Buffer.from(bytes.repeat(MiB / bytes.length));
const extents = (count: number) => Array.from({ length: count }, (_, i): [number, number] => [i, 0]);

const costly: Record<string, () => Buffer> = {
  'the shortest records': () => pax(repeated('5 a=\n')),
  'a length of zeros': () => pax(repeated('0')),
  'a number of zeros, and no number': () => pax(record('size', `${'0'.repeat(MiB - 99)}x`)),
  'a map of commas': () => pax(record('GNU.sparse.numblocks', '1'), record('GNU.sparse.map', ','.repeat(MiB - 99))),
  'a map in one record': () => paxSparse('0.1', extents(140_000), MiB, ''),
  'a map in many records': () => paxSparse('0.0', extents(16_000), MiB, ''),
  'a map in the body': () => paxSparse('1.0', extents(120_000), MiB, ''),
  'a map without lines': () =>
    member({ name: 'm', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }, body: '1'.repeat(MiB) }),
  'an old map': () => gnuSparse(extents(42_000), MiB, ''),
  'names that are replaced': () =>
    Buffer.concat([1, 2, 3, 4].map(() => member(longName('L', 'n'.repeat(MiB / 4 - 1024))))),
  'layers of an image that are one hole each': () =>
    Buffer.concat([0, 1, 2, 3].map((i) => paxSparse('1.0', [], 2 ** 52, '', `blobs/sha256/${`${i}`.repeat(64)}`))),
};

for (const [name, make] of Object.entries(costly)) {
  test(`1 MiB of headers takes less than a second of CPU: ${name}`, async () => {
    const bytes = Buffer.concat([make(), END]);
    const seconds = cpuSeconds();
    await inspectBytes(bytes, 65_536);
    const took = seconds();
    assert.ok(took < 1, `${took} s`);
  });
}
