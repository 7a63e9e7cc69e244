import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { contentOf } from '../../../core/files/file-contents.ts';
import { layersOf, memberReader, mergedFiles, mergeLayers } from '../../../core/files/files.ts';
import type { MergedTree } from '../../../core/files/merge.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { LayerPlace } from '../../../core/model/recipe.ts';
import type { Source } from '../../../core/model/ports.ts';
import { chunked, collect } from '../../support/bytes.ts';
import { dockerArchive, ociArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, exportEntries, longName } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

const base = archive([
  { name: 'etc/', type: '5' },
  { name: 'etc/long', body: 'l'.repeat(5000) },
  { name: 'etc/empty' },
  { name: 'etc/hard', type: '1', linkname: 'etc/long' },
]);
const top = archive([{ name: 'app', body: 'top' }, { name: 'etc/.wh.empty' }]);

/** A source over the bytes that records the offset of each read. */
function watched(bytes: Uint8Array): { source: Source; ranges: number[] } {
  const ranges: number[] = [];
  const open = (start = 0, end = bytes.length) => {
    ranges.push(Math.min(end, bytes.length) - start);
    return chunked(bytes.subarray(start, end), 700, 3, 1024);
  };
  return { source: { open }, ranges };
}

async function opened(bytes: Uint8Array, image = 0) {
  const inspection = await inspectBytes(bytes);
  const layers = layersOf(inspection, image);
  assert.ok(layers !== null);
  const { source, ranges } = watched(bytes);
  const tree = await mergedFiles(inspection, layers, source, plainTools);
  ranges.length = 0;
  return { layers, tree, source, ranges };
}

async function read(path: string, tree: MergedTree, layers: LayerPlace[], source: Source): Promise<string> {
  const led = tree.resolve(path);
  assert.ok(led.kind === 'found' && led.place.file !== null);
  return (await collect(contentOf(led.place.file, layers, source, plainTools))).toString();
}

const images: Record<string, Buffer> = {
  plain: dockerArchive([{ names: ['a:1'], layers: [base, top] }]),
  'gzip layers': ociArchive([{ names: ['a:1'], layers: [gzipSync(base), gzipSync(top)] }]),
  'gzip around it': gzipSync(dockerArchive([{ names: ['a:1'], layers: [base, top] }])),
  'the only file in another archive': archive([
    { name: 'a.tar', body: dockerArchive([{ names: ['a:1'], layers: [base, top] }]) },
  ]),
  'gzip around gzip layers': gzipSync(ociArchive([{ names: ['a:1'], layers: [gzipSync(base), gzipSync(top)] }])),
};

for (const [name, bytes] of Object.entries(images)) {
  test(`${name}: the layers are merged, and each file is read from the layer that holds it`, async () => {
    const { layers, tree, source } = await opened(bytes);
    assert.deepEqual(
      [...tree.list()].map(({ path }) => path),
      ['app', 'etc', 'etc/hard', 'etc/long'],
    );
    assert.equal(await read('etc/long', tree, layers, source), 'l'.repeat(5000));
    assert.equal(await read('etc/hard', tree, layers, source), 'l'.repeat(5000));
    assert.equal(await read('app', tree, layers, source), 'top');
  });
}

test('a layer of no bytes hides nothing, wherever it lies', async () => {
  const nothing = gzipSync('');
  for (const at of [0, 1, 2]) {
    const layers = [gzipSync(base), gzipSync(top)].toSpliced(at, 0, nothing);
    const { tree, layers: places, source } = await opened(ociArchive([{ names: ['a:1'], layers }]));
    const paths = [...tree.list()].map(({ path }) => path);
    assert.deepEqual(paths, ['app', 'etc', 'etc/hard', 'etc/long'], `at ${at}`);
    assert.equal(await read('app', tree, places, source), 'top');
  }
});

test('in an uncompressed archive only the bytes of the file are read', async () => {
  const { layers, tree, source, ranges } = await opened(images['plain'] ?? Buffer.alloc(0));
  await read('etc/long', tree, layers, source);
  assert.deepEqual(ranges, [5000]);
});

test('each of several images has its own files', async () => {
  const both = dockerArchive([
    { names: ['a:1'], layers: [base] },
    { names: ['b:1'], layers: [top] },
  ]);
  const { tree } = await opened(both, 1);
  assert.deepEqual(
    [...tree.list()].map(({ path }) => path),
    ['app'],
  );
});

test('an archive that is not an image is listed as it is', async () => {
  const { tree, layers, source } = await opened(
    gzipSync(archive([...exportEntries(), { name: 'srv/.wh.x', body: 'kept' }])),
  );
  assert.equal(await read('srv/.wh.x', tree, layers, source), 'kept');
});

test('for an archive inside another one, its own files are listed', async () => {
  const root = archive([...exportEntries(), { name: 'srv/app', body: 'inside' }]);
  const around = archive([{ name: 'root.tar', body: root }]);
  for (const bytes of [around, gzipSync(around)]) {
    const { tree, layers, source } = await opened(bytes);
    assert.equal(await read('srv/app', tree, layers, source), 'inside');
  }
});

test('an archive that is damaged or could not be read is not listed', async () => {
  const whole = images['plain'] ?? Buffer.alloc(0);
  assert.equal(layersOf(await inspectBytes(whole.subarray(0, 3000)), 0), null);
  const flipped = Buffer.from(whole);
  const at = flipped.indexOf('llllll');
  flipped[at] = 0x6d;
  assert.equal(layersOf(await inspectBytes(flipped), 0), null);
});

/** An image archive whose layers lie in it in another order than the image lists them. */
function listing(files: Record<string, Buffer>, listed: string[]): Buffer {
  const diffIds = listed.map((name) => sha256(files[name] ?? Buffer.alloc(0)));
  const config = { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: diffIds } };
  return archive([
    { name: 'manifest.json', body: JSON.stringify([{ Config: 'c.json', RepoTags: ['a:1'], Layers: listed }]) },
    { name: 'c.json', body: JSON.stringify(config) },
    ...Object.entries(files).map(([name, body]) => ({ name, body })),
  ]);
}

test('layers that lie in any order and are listed again are merged in the order of the list, and each is read once', async () => {
  const gone = archive([{ name: 'etc/.wh.long' }]);
  const bytes = listing({ 'gone.tar': gone, 'base.tar': base }, ['base.tar', 'gone.tar', 'base.tar', 'gone.tar']);
  for (const upload of [bytes, gzipSync(bytes)]) {
    const layers = layersOf(await inspectBytes(upload), 0) ?? [];
    const { source, ranges } = watched(upload);
    const tree = await mergeLayers(layers, 'applied', plainTools, memberReader(source, plainTools));
    assert.deepEqual(
      [...tree.list()].map(({ path }) => path),
      ['etc', 'etc/empty', 'etc/hard'],
    );
    assert.ok(ranges.reduce((sum, each) => sum + each, 0) <= upload.length, ranges.join());
  }
});

test('a layer of many members that is listed again and again is refused', async () => {
  const many = archive(Array.from({ length: 30_000 }, (_, i) => ({ name: `${i}` })));
  const bytes = listing({ 'l.tar': many }, ['l.tar', 'l.tar', 'l.tar', 'l.tar', 'l.tar']);
  await assert.rejects(opened(bytes), /listed more than once/);
});

test('layers with very many long names or link targets are refused, instead of using all memory', async () => {
  const cases = [
    {
      layer: archive([longName('K', 'x'.repeat(1_000_000)), { name: 'a', type: '2', linkname: 'x' }]),
      times: LIMITS.mergedTargetBytes / 1_000_000,
      says: /the link targets of all members/,
    },
    {
      layer: archive([longName('L', `${'n'.repeat(200)}/`.repeat(20)), { name: 'a' }]),
      times: LIMITS.mergedNameBytes / 4020,
      says: /the names and link targets of all members/,
    },
  ];
  for (const { layer, times, says } of cases) {
    const place = {
      outer: 'none',
      start: 0,
      end: layer.length,
      inner: 'none',
      sparse: false,
      size: layer.length,
    } as const;
    const reader = memberReader(watched(layer).source, plainTools);
    const merging = (count: number): Promise<MergedTree> =>
      mergeLayers([place], 'names', plainTools, async (layers, begin) => {
        const take = begin(place);
        await reader(layers, () => (member) => Array.from({ length: count }, () => take(member)).includes(true));
      });
    await merging(times - 1);
    await assert.rejects(() => merging(times + 1), says);
  }
});
