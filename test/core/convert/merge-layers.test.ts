import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { convert } from '../../../core/convert/convert.ts';
import { stream } from '../../../core/convert/execute.ts';
import { layersToMerge, withMergedLayers } from '../../../core/convert/merge-layers.ts';
import { LIMITS } from '../../../core/limits.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS } from '../../../core/options/table.ts';
import { chunked, collect } from '../../support/bytes.ts';
import { dockerArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

test('each of many images gets its own single layer, also when the decisions of some are not kept', async () => {
  const base = { name: 'base', body: 'b' };
  const numbers = Array.from({ length: 7 }, (_, i) => i);
  const upload = dockerArchive(
    numbers.map((i) => ({
      names: [`app:${i}`],
      layers: [archive([base]), archive([{ name: `top ${i}`, body: 't' }])],
    })),
  );
  const source = { open: (start = 0, end = upload.length) => chunked(upload.subarray(start, end)) };
  const request = parseOptions({ ...NO_OPTIONS, flatten: true }, 'app.tar');
  assert.ok(request.ok);
  const seen = await inspectBytes(upload);
  const merged = await withMergedLayers(seen, layersToMerge(seen, request.value), source, plainTools);
  const converted = await convert(merged, request.value, plainTools, { always: true });
  assert.ok(converted.kind === 'converted');
  const image = await inspectBytes(await collect(stream(converted.conversion.plan, source, plainTools)));
  assert.deepEqual(
    image.images.map(({ layers }) => layers.map(({ diffID }) => diffID)),
    numbers.map((i) => [sha256(archive([base, { name: `top ${i}`, body: 't' }]))]),
  );
});

test('a small upload is merged only up to a bound of members, and of bytes that images share', async () => {
  const faultOf = async (upload: Buffer) => {
    const request = parseOptions({ ...NO_OPTIONS, flatten: true }, 'app.tar');
    assert.ok(request.ok);
    const inspection = await inspectBytes(upload);
    const merge = layersToMerge(inspection, request.value);
    const source = { open: (start?: number, end?: number) => chunked(upload.subarray(start, end)) };
    const { findings } = await withMergedLayers(inspection, merge, source, plainTools);
    return findings.find(({ code }) => code === 'limit-exceeded')?.message ?? null;
  };
  const members = (count: number) => archive(Array.from({ length: count }, (_, i) => ({ name: `${i}` })));
  const two = (layer: Uint8Array) => dockerArchive([{ names: ['a:1'], layers: [layer, archive([{ name: 'top' }])] }]);
  const most = LIMITS.mergedMembers;
  assert.equal(await faultOf(two(members(most + 1))), null, 'a plain upload is large enough');
  assert.match((await faultOf(zstdCompressSync(two(members(2 * most))))) ?? '', /members of layers that are merged/);
  const zeros = (bytes: number) => archive([{ name: 'f', body: new Uint8Array(bytes) }]);
  const tooLarge = zstdCompressSync(two(zeros(LIMITS.expandedBytes / 4)));
  assert.match((await faultOf(tooLarge)) ?? '', /the bytes of layers that are merged, the most/);
  const large = zeros(LIMITS.sharedBytes / 2);
  const images = Array.from({ length: 5 }, (_, i) => ({
    names: [`a:${i}`],
    layers: [large, archive([{ name: `top ${i}` }])],
  }));
  assert.match((await faultOf(zstdCompressSync(dockerArchive(images)))) ?? '', /bytes of layers that are merged again/);
});

test('images that share a large layer are not merged again and again without a bound', async () => {
  const base = archive(Array.from({ length: 10_000 }, (_, i) => ({ name: `${i}` })));
  const sharing = async (count: number) => {
    const top = (i: number) => archive([{ name: `top ${i}` }]);
    const images = Array.from({ length: count }, (_, i) => ({ names: [`app:${i}`], layers: [base, top(i)] }));
    const request = parseOptions({ ...NO_OPTIONS, flatten: true }, 'app.tar');
    assert.ok(request.ok);
    return layersToMerge(await inspectBytes(dockerArchive(images)), request.value)?.fault?.message ?? null;
  };
  assert.equal(await sharing(12), null);
  assert.match((await sharing(40)) ?? '', /merged again for each image/);
});
