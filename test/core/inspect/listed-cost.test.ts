import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Inspection } from '../../../core/model/inspection.ts';
import { INDEXES_AND_MANIFESTS } from '../../support/expensive/indexes.ts';
import { REWRITES } from '../../support/expensive/rewrites.ts';
import { inspectBytes } from '../../support/inspect.ts';

/** Archives whose images list very much, and how to undo their compression. */
const listing = [
  {
    name: 'layers: small layers',
    bytes: 11_000 * 2048,
    expand: zstdDecompressSync,
    what: 'layers that its images list',
  },
  {
    name: 'indexes: wrong names of many short parts for all platforms',
    bytes: 2 ** 22,
    expand: gunzipSync,
    what: 'names of its images',
  },
];

const refusal = ({ findings }: Inspection) => findings.find(({ code }) => code === 'limit-exceeded')?.message;

for (const { name, bytes, expand, what } of listing) {
  test(`images may list more the larger the upload is: ${name}`, async () => {
    const family = [...INDEXES_AND_MANIFESTS, ...REWRITES].find((each) => each.name === name);
    const { archive } = family?.make(bytes) ?? assert.fail('no such kind');
    const [small, large] = [await inspectBytes(archive), await inspectBytes(expand(archive))];
    assert.ok(refusal(small)?.includes(`mostly that for the ${what})`), refusal(small));
    assert.equal(refusal(large), undefined);
    assert.ok(large.images.length > 0);
  });
}
