import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { convert } from '../../../core/convert/convert.ts';
import { stream } from '../../../core/convert/execute.ts';
import { contentOf } from '../../../core/files/file-contents.ts';
import { layersOf, mergedFiles } from '../../../core/files/files.ts';
import type { Source } from '../../../core/model/ports.ts';
import { chunked, collect } from '../../support/bytes.ts';
import { dockerArchive, ociArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, exportEntries, member } from '../../support/tar-builder.ts';
import { ourListing } from '../../support/tar-listing.ts';
import { END, gnuSparse, paxSparse } from '../../support/tar-seeds.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

const EXTENTS: [number, number][] = [
  [0, 3],
  [4096, 600],
];
const DATA = `abc${'d'.repeat(600)}`;
const SIZE = 70_000;
const CONTENT = Buffer.alloc(SIZE);
CONTENT.write('abc');
CONTENT.fill('d', 4096, 4696);

const forms = {
  'PAX 0.0': paxSparse('0.0', EXTENTS, SIZE, DATA),
  'PAX 0.1': paxSparse('0.1', EXTENTS, SIZE, DATA),
  'PAX 1.0': paxSparse('1.0', EXTENTS, SIZE, DATA),
  'old GNU': gnuSparse(EXTENTS, SIZE, DATA),
};
const root = (...more: Buffer[]) => Buffer.concat([archive(exportEntries()).subarray(0, -1024), ...more, END]);
const sourceOf = (bytes: Buffer): Source => ({
  open: (start = 0, end = bytes.length) => chunked(bytes.subarray(start, end), 700, 3),
});

async function filesOf(bytes: Buffer) {
  const inspection = await inspectBytes(bytes, 1000);
  const layers = layersOf(inspection, 0);
  assert.ok(layers !== null);
  const source = sourceOf(bytes);
  const tree = await mergedFiles(inspection, layers, source, plainTools);
  const read = async (path: string) => {
    const led = tree.resolve(path);
    assert.ok(led.kind === 'found' && led.place.file !== null);
    const content = await collect(contentOf(led.place.file, layers, source, plainTools));
    return { size: led.place.file.size, content };
  };
  return { inspection, read };
}

for (const [name, sparse] of Object.entries(forms)) {
  test(`${name}: a sparse file has its size and content, and the member after it is read`, async () => {
    const bytes = root(sparse, member({ name: 'etc/next', body: 'next' }));
    const around = dockerArchive([{ names: ['a:1'], layers: [gzipSync(bytes)] }]);
    // A layer with the old GNU form is refused.
    for (const each of [bytes, gzipSync(bytes), ...(name === 'old GNU' ? [] : [around])]) {
      const { read } = await filesOf(each);
      assert.deepEqual(await read('var/log/lastlog'), { size: SIZE, content: CONTENT });
      assert.deepEqual(await read('etc/next'), { size: 4, content: Buffer.from('next') });
    }
    const { inspection } = await filesOf(bytes);
    const codes = new Set(inspection.findings.map(({ code }) => code));
    assert.equal(codes.has('sparse-member'), name !== 'old GNU', 'engines do not take the old form at all');
    assert.equal(codes.has('odd-member-type'), name === 'old GNU');
    if (name !== 'old GNU') assert.equal(inspection.fileBytes, SIZE + 4 + (await inspectBytes(root())).fileBytes);
  });
}

test('a sparse file in a layer of an image is named', async () => {
  const { findings } = await inspectBytes(ociArchive([{ names: ['a:1'], layers: [root(forms['PAX 1.0'])] }]));
  assert.ok(findings.some(({ code, member: path }) => code === 'sparse-member' && path === 'var/log/lastlog'));
});

test('a layer that the archive stores as a sparse file is read and written like any other layer', async () => {
  const layer = archive([...exportEntries(), { name: 'app', body: Buffer.alloc(20_000) }]);
  const whole = dockerArchive([{ names: ['a:1'], layers: [layer] }]);
  const at = whole.indexOf(layer);
  const name = whole.toString('latin1', at - 512, at).replace(/\0.*/s, '');
  const extents: [number, number][] = [[0, layer.indexOf('app\0') + 512]];
  const sparse = paxSparse('1.0', extents, layer.length, layer.toString('latin1', 0, extents[0]?.[1]), name);
  const bytes = Buffer.concat([whole.subarray(0, at - 512), sparse, whole.subarray(at + layer.length)]);
  const { inspection, read } = await filesOf(bytes);
  assert.deepEqual(
    inspection.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.equal((await read('app')).content.length, 20_000);
  const request = {
    names: [],
    nameDerived: true,
    rootfs: false,
    image: null,
    platform: null,
    config: {},
    message: null,
    compress: null,
    layout: 'both',
  };
  const converted = await convert(inspection, request as never, plainTools, { always: true });
  assert.ok(converted.kind === 'converted');
  const image = await collect(stream(converted.conversion.plan, sourceOf(bytes), plainTools));
  const again = await inspectBytes(image);
  assert.equal(again.images[0]?.layers[0]?.diffID, sha256(layer));
});

test('a sparse file that is one hole, very large or of size 0 is read', async () => {
  const listed = (bytes: Buffer) => ourListing(bytes, [513]).members.map(({ Size, Sha256 }) => [Size, Sha256]);
  const zeros = sha256(Buffer.alloc(5000)).slice(7);
  assert.deepEqual(listed(root(paxSparse('1.0', [], 5000, ''))).at(-1), [5000, zeros]);
  assert.deepEqual(listed(root(gnuSparse([], 0, ''))).at(-1), [0, sha256(Buffer.alloc(0)).slice(7)]);
  const { findings, fileBytes } = await inspectBytes(root(paxSparse('1.0', EXTENTS, 60 * 2 ** 30, DATA)));
  assert.ok(fileBytes > 60 * 2 ** 30);
  assert.match(findings.find(({ code }) => code === 'sparse-huge')?.message ?? '', /603 bytes .* 64,424,509,440 bytes/);
});

test('a sparse map that contradicts the size, the body or itself is refused', () => {
  const wrong: Record<string, Buffer> = {
    'beyond the size': paxSparse('0.1', [[0, 603]], 600, DATA),
    'less than is stored': paxSparse('0.1', [[0, 600]], SIZE, DATA),
    'more than is stored': paxSparse('1.0', [[0, 604]], SIZE, DATA),
    overlapping: gnuSparse(
      [
        [0, 300],
        [299, 303],
      ],
      SIZE,
      DATA,
    ),
    'out of order': paxSparse(
      '0.0',
      [
        [4096, 600],
        [0, 3],
      ],
      SIZE,
      DATA,
    ),
    'beyond 64 bits': paxSparse('0.1', [[2 ** 62, 2 ** 62]], SIZE, ''),
    'of a directory': member({ name: 'd', type: '5', pax: { 'GNU.sparse.map': '0,0', 'GNU.sparse.numblocks': '1' } }),
    'without an end': member({ name: 'm', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0' }, body: '9\n0\n' }),
  };
  for (const [why, bytes] of Object.entries(wrong)) {
    const { fault } = ourListing(root(bytes), [1000]);
    assert.match(fault?.message ?? '', /sparse map/, why);
  }
});
