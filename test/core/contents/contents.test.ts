import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { contentsOf } from '../../../core/contents/contents.ts';
import type { Folder, ImageContents } from '../../../core/contents/facts.ts';
import { Ledger } from '../../../core/contents/ledger.ts';
import { bytesOfReading, ReadingBudget } from '../../../core/contents/reading-budget.ts';
import { fileOf } from '../../../core/files/merged-file.ts';
import { inspect } from '../../../core/inspect/inspect.ts';
import { LIMITS } from '../../../core/limits.ts';
import type { Source } from '../../../core/model/ports.ts';
import type { LayerPlace } from '../../../core/model/recipe.ts';
import type { Member } from '../../../core/tar/member.ts';
import { chunked } from '../../support/bytes.ts';
import { dockerArchive, ociArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { sourceOf } from '../../support/memory-store.ts';
import { archive, type Entry, exportEntries } from '../../support/tar-builder.ts';
import { plainTools } from '../../support/tools.ts';

const file = (name: string, bytes: number, more: Partial<Entry> = {}): Entry => ({
  name,
  body: 'x'.repeat(bytes),
  ...more,
});
/** An empty file as the scanner reports it. */
const MEMBER: Member = {
  name: 'a',
  linkname: '',
  type: '0',
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 0,
  devmajor: 0,
  devminor: 0,
  offset: 0,
  start: 512,
  pax: null,
  sparse: null,
};

const dir = (name: string): Entry => ({ name: `${name}/`, type: '5' });
const hard = (name: string, linkname: string): Entry => ({ name, type: '1', linkname });

async function factsOf(bytes: Uint8Array): Promise<ImageContents> {
  const { images } = await contentsOf(await inspectBytes(bytes), sourceOf(bytes), plainTools);
  const [image] = images;
  assert.ok(image !== null && image !== undefined && images.length === 1);
  return image;
}

/** The facts about an image of these layers; its layers are packed in several ways, which give the same facts. */
async function factsOfLayers(...layers: Entry[][]): Promise<ImageContents> {
  const stored = layers.map((entries) => archive(entries));
  const facts = await factsOf(dockerArchive([{ names: ['a:1'], layers: stored }]));
  const packed = ociArchive([{ names: ['a:1'], layers: stored.map((each) => gzipSync(each)) }]);
  for (const other of [packed, gzipSync(packed)]) assert.deepEqual(await factsOf(other), facts);
  return facts;
}

test('each layer is told by what it adds, changes and deletes, and by what later layers waste of it', async () => {
  const { layers, wasted, bytes, files, directories, lost } = await factsOfLayers(
    [dir('etc'), file('etc/a', 10), file('etc/b', 20), dir('var'), file('var/log', 40), file('top', 1)],
    [file('etc/a', 5), file('etc/.wh.b', 0), file('new', 100), file('.wh.top', 0), file('top', 2)],
    [file('.wh.var', 0)],
  );
  assert.deepEqual(
    layers.map((each) => [each.added, each.changed, each.deleted].map((of) => [of.files, of.bytes])),
    [
      [
        [4, 71],
        [0, 0],
        [0, 0],
      ],
      [
        [1, 100],
        [2, 7],
        [1, 20],
      ],
      [
        [0, 0],
        [0, 0],
        [1, 40],
      ],
    ],
  );
  assert.deepEqual(
    layers.map((each) => [each.bytes, each.wasted]),
    [
      [71, 71],
      [107, 0],
      [0, 0],
    ],
  );
  assert.deepEqual(
    { wasted, bytes, files, directories },
    { wasted: { files: 4, bytes: 71 }, bytes: 107, files: 3, directories: 1 },
  );
  assert.deepEqual(lost[0], { path: 'var/log', bytes: 40, layer: 0, by: 2, how: 'deleted' });
  assert.deepEqual(
    lost.map((each) => each.how),
    ['deleted', 'deleted', 'replaced', 'deleted'],
  );
});

test('a content is wasted only when no hard link is left, and counts once', async () => {
  const base = [file('a', 10), hard('b', 'a'), hard('c', 'a')];
  const kept = await factsOfLayers(base, [file('.wh.a', 0), file('.wh.c', 0)]);
  assert.deepEqual([kept.bytes, kept.wasted.bytes, kept.files, kept.folders.bytes], [10, 0, 1, 10]);
  const gone = await factsOfLayers(base, [file('.wh.a', 0), file('b', 3), file('.wh.c', 0)]);
  assert.deepEqual([gone.bytes, gone.wasted.bytes, gone.files], [3, 10, 1]);
  assert.deepEqual((await factsOfLayers(base)).largest, [{ path: 'a', bytes: 10, layer: 0 }]);
});

test('a file in the place of a directory deletes what was in it, and the other way round', async () => {
  const { layers, wasted, files } = await factsOfLayers(
    [dir('d'), file('d/a', 10), file('d/b', 20), file('f', 5)],
    [file('d', 1), file('f/in', 2)],
  );
  assert.deepEqual(layers[1]?.deleted, { files: 3, bytes: 35 });
  assert.deepEqual([layers[1]?.added, wasted, files], [{ files: 2, bytes: 3 }, { files: 3, bytes: 35 }, 2]);
});

test('an opaque directory deletes what lower layers have in it, wherever the mark stands in the layer', async () => {
  const opaque = file('d/.wh..wh..opq', 0);
  const upper = [dir('d'), file('d/a', 1), opaque];
  for (const layer of [upper, upper.toReversed()]) {
    const { layers } = await factsOfLayers([dir('d'), file('d/a', 10), file('d/b', 20)], layer);
    assert.deepEqual(
      [layers[1]?.added.files, layers[1]?.changed, layers[1]?.deleted],
      [0, { files: 1, bytes: 1 }, { files: 1, bytes: 20 }],
    );
  }
});

test('a path that is written twice counts once, and its first content is wasted', async () => {
  const { layers, wasted, bytes } = await factsOf(
    archive([file('a', 10), file('a', 4), dir('d'), file('d/x', 7), file('d', 1)]),
  );
  assert.deepEqual(layers[0]?.added, { files: 2, bytes: 5 });
  assert.deepEqual([wasted.bytes, bytes, layers[0]?.bytes], [17, 5, 22]);
});

test('programs that run as their owner, and files of unknown owners, are listed', async () => {
  const passwd = { name: 'etc/passwd', body: 'root:x:0:0::/root:/bin/sh\nweb:x:33:33::/:\nbroken:x:y\n# 77:x:77:' };
  const { setuid, ownerless } = await factsOfLayers([
    dir('etc'),
    passwd,
    file('su', 1, { mode: 0o4755 }),
    file('mine', 1, { mode: 0o2711, uid: 33 }),
    file('stray', 1, { uid: 77 }),
    { name: 'spool/', type: '5', mode: 0o2755, uid: 1000 },
  ]);
  assert.deepEqual(
    setuid.first.map(({ path, mode }) => `${path} ${mode}`),
    ['mine 2711', 'su 4755'],
  );
  assert.deepEqual(ownerless, {
    files: 2,
    first: [
      { path: 'spool', uid: 1000 },
      { path: 'stray', uid: 77 },
    ],
  });
  assert.equal((await factsOfLayers([file('a', 1, { uid: 5 })])).ownerless, null);
});

test('large files with the same content are found, and no others of their size', async () => {
  const size = LIMITS.largeFileBytes;
  const other = Buffer.alloc(size, 'y');
  const { duplicates } = await factsOfLayers(
    [file('a', size), { name: 'b', body: other }, hard('link', 'a')],
    [file('srv/c', size), file('small', size - 1), file('small2', size - 1)],
  );
  assert.equal(duplicates.bytes, size);
  assert.deepEqual(
    duplicates.groups.map(({ paths }) => paths),
    [['a', 'srv/c']],
  );
});

test('files are compared in one pass over the upload, however many there are', async () => {
  const opened = async (files: number, pack: (...layers: Entry[][]) => Uint8Array) => {
    const entries = Array.from({ length: files }, (_, i) => file(`f${i}`, LIMITS.largeFileBytes));
    const bytes = pack([...exportEntries(), ...entries.slice(0, 2)], entries.slice(2));
    const source = sourceOf(bytes);
    let count = 0;
    const counted: Source = { open: (...range) => (count++, source.open(...range)) };
    const { images } = await contentsOf(await inspectBytes(bytes), counted, plainTools);
    assert.equal(images[0]?.duplicates.groups[0]?.paths.length, files);
    return count;
  };
  const image = (layers: Uint8Array[]) => ociArchive([{ names: ['a:1'], layers }]);
  const packs: ((...layers: Entry[][]) => Uint8Array)[] = [
    (...layers) => gzipSync(archive(layers.flat())),
    (...layers) => image(layers.map((each) => gzipSync(archive(each)))),
    (...layers) => gzipSync(image(layers.map(archive))),
    (...layers) => gzipSync(image(layers.map((each) => gzipSync(archive(each))))),
  ];
  for (const pack of packs) assert.equal(await opened(9, pack), await opened(3, pack));
});

test('the tree has each folder with its bytes by layer, and with those that are wasted in it', async () => {
  const { folders } = await factsOfLayers(
    [dir('usr'), file('usr/lib/big', 5000), file('usr/gone/x', 700), file('usr/bin/a', 300)],
    [file('usr/.wh.gone', 0), file('usr/bin/a', 200), file('opt/b', 50)],
  );
  const shown = ({ name, bytes, wasted, layers, entries = [] }: Folder): unknown => [
    name,
    bytes,
    wasted,
    layers.map(({ layer, bytes: of }) => `${layer}:${of}`).join(' '),
    entries.map(shown),
  ];
  assert.deepEqual(shown(folders), [
    '',
    5250,
    1000,
    '0:5000 1:250',
    [
      [
        'usr',
        5200,
        1000,
        '0:5000 1:200',
        [
          ['lib', 5000, 0, '0:5000', [['big', 5000, 0, '0:5000', []]]],
          ['gone', 0, 700, '', []],
          ['bin', 200, 300, '1:200', [['a', 200, 0, '1:200', []]]],
        ],
      ],
      ['opt', 50, 0, '1:50', [['b', 50, 0, '1:50', []]]],
    ],
  ]);
});

test('every list has a bound, and keeps what is largest', async () => {
  const many = Array.from({ length: 1200 }, (_, i) => file(`d${i % 50}/f${i}`, 1000 + i, { mode: 0o4755, uid: 9 }));
  const passwd = { name: 'etc/passwd', body: 'root:x:0:' };
  const { folders, largest, lost, setuid, ownerless } = await factsOfLayers([passwd, ...many], many);
  const count = ({ entries = [] }: Folder): number => entries.reduce((sum, each) => sum + 1 + count(each), 0);
  assert.equal(count(folders), LIMITS.folderEntries);
  assert.ok(folders.entries?.some(({ entries }) => entries?.some(({ bytes }) => bytes === 2199)));
  assert.deepEqual([largest.length, lost.length], [LIMITS.largestFiles, LIMITS.largestFiles]);
  assert.deepEqual([largest[0]?.bytes, largest.at(-1)?.bytes, lost.at(-1)?.bytes], [2199, 2100, 2100]);
  for (const some of [setuid, ownerless])
    assert.deepEqual([some?.files, some?.first.length], [1200, LIMITS.listedFiles]);
});

test('in the tree, very deep files stand in the deepest folder it has, and only the largest layers are named', async () => {
  const layers = LIMITS.folderLayers + 20;
  const deep = (i: number) => file('f', 1000 + i, { pax: { path: `${'d/'.repeat(500)}${i}` } });
  const { folders } = await factsOfLayers(...Array.from({ length: layers }, (_, i) => [deep(i)]));
  const names: string[] = [];
  for (let at = folders.entries?.[0]; at !== undefined; at = at.entries?.[0]) names.push(at.name);
  assert.equal(names.length, LIMITS.folderDepth + 1);
  assert.match(names.at(-1) ?? '', new RegExp(`^d/d/.*/${layers - 1}$`));
  assert.deepEqual(
    [folders.bytes, folders.layers.length],
    [layers * 1000 + (layers * (layers - 1)) / 2, LIMITS.folderLayers],
  );
  assert.deepEqual(folders.layers[0], { layer: layers - 1, bytes: 1000 + layers - 1 });
});

test('an image whose layers change files at very many long paths has no facts, instead of using all memory', async () => {
  const ledger = new Ledger();
  const long = 'x'.repeat(LIMITS.changedPathBytes / 4);
  const file1 = fileOf(MEMBER, 0, 0);
  const before = { file: file1, layer: 0, children: null, opaque: null };
  ledger.startLayer();
  ledger.startLayer();
  for (let i = 0; i < 3; i++) ledger.put(`${i}${long}`, file1, before);
  assert.throws(() => ledger.put(`3${long}`, file1, before), { code: 'bad-archive' });
});

test('an image that is damaged, or beyond the limits of a merged file system, has no facts', async () => {
  const long = 'd/'.repeat(LIMITS.pathBytes);
  const bytes = dockerArchive([
    { names: ['a:1'], layers: [archive([{ name: 'x', type: '0', pax: { path: `${long}x` } }])] },
  ]);
  const { images } = await contentsOf(await inspectBytes(bytes), sourceOf(bytes), plainTools);
  assert.deepEqual(images, [null]);
});

test('images that share a large layer read it again only as often as the size of the upload allows', async () => {
  const pair = ['a', 'b'].map((name) => file(name, LIMITS.largeFileBytes));
  const large = archive([{ name: 'large', body: Buffer.alloc(0.75 * LIMITS.contentsBytes) }, ...pair]);
  const images = [1, 2, 3].map((i) => ({ names: [`a:${i}`], layers: [large, archive([file(`f${i}`, 1)])] }));
  const small = gzipSync(dockerArchive(images));
  const inspection = await inspect(chunked(small, 2 ** 16), plainTools);
  const { images: facts } = await contentsOf(inspection, sourceOf(small), plainTools);
  // The first is merged and compared, the second only merged.
  assert.deepEqual(
    facts.map((image) => image?.duplicates.groups.length),
    [1, 0, undefined],
  );
});

test('a large upload may be read for the facts of all images as often as honest ones need', () => {
  const layers = Array.from({ length: LIMITS.contentsImages }, (_, i) => layersOn(2e9, i));
  const budget = new ReadingBudget(layers.flat(), 700e6);
  for (const own of layers) assert.ok(budget.take(bytesOfReading(own)));
});

/** The places of a large base layer that all images share, and of the small layer of one image, in a compressed upload. */
function layersOn(base: number, image: number): LayerPlace[] {
  const place = { outer: 'gzip', inner: 'none', sparse: false } as const;
  const start = base + image * 1e6;
  return [
    { ...place, start: 0, end: base, size: base },
    { ...place, start, end: start + 1e6, size: 1e6 },
  ];
}
