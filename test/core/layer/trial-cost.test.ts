import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../core/limits.ts';
import { inspectCost } from '../../support/cost.ts';
import { dockerArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, behindZeros, type Entry, exportEntries } from '../../support/tar-builder.ts';

const entries = (count: number, entry: (index: number) => Entry): Entry[] =>
  Array.from({ length: count }, (_, index) => entry(index));
const image = (layer: Entry[]): Buffer =>
  dockerArchive([{ names: ['app:1'], layers: [archive(exportEntries()), archive(layer)] }]);

const MOST = LIMITS.triedOdd - 100;
const OPAQUE = 'd/.wh..wh..opq';
const longLink = (name: string, linkpath: string): Entry => ({ name, type: '2', linkname: 'long', pax: { linkpath } });
const DANGLING: Entry = { name: 'h', type: '1', linkname: 'nothing' };

const THROUGH_ITSELF: Entry[] = [
  { name: 'a', type: '2', linkname: '../a/a/c' },
  ...entries(3000, (i) => ({ name: `a/a/${i}` })),
];

const costly: Record<string, Entry[]> = {
  'a full folder that is made opaque again and again': [
    ...entries(MOST / 2, (i) => ({ name: `d/${i}/x` })),
    ...entries(MOST / 2, () => ({ name: OPAQUE })),
  ],
  'files and opaque marks in turn': entries(MOST, (i) => ({ name: i % 2 === 0 ? OPAQUE : `d/${i}/x` })),
  'folders, and a link to nothing': [...entries(MOST, (i) => ({ name: `d${i}/`, type: '5' })), DANGLING],
  'files below a chain of symbolic links': [
    ...entries(39, (i) => ({ name: `s${i + 1}`, type: '2', linkname: `s${i}` })),
    { name: 's0/', type: '5' },
    ...entries(MOST - 40, (i) => ({ name: `s39/${i}` })),
  ],
  'files below a link whose target goes through the link itself': THROUGH_ITSELF,
  'files below a chain of links with long targets': [
    ...entries(250, (i) => longLink(`s${i + 1}`, `/${'./'.repeat(2000)}s${i}`)),
    { name: 's0/', type: '5' },
    ...entries(10_000, (i) => ({ name: `s250/${i}` })),
  ],
  'more than are tried': [...entries(90_000, (i) => ({ name: `d/${i}` })), DANGLING],
};

for (const [name, layer] of Object.entries(costly)) {
  test(`to try a layer takes less than two seconds of CPU: ${name}`, async () => {
    const { seconds } = await inspectCost(image(layer), 2);
    assert.ok(seconds < 2, `${seconds} s`);
  });
}

/** An archive of images that all have the given layer, and above it two of 60 small layers, each image others. */
function sharing(layer: Entry[], images: number): Buffer {
  const small = entries(60, (i) => ({ name: `${i}.tar`, body: archive([{ name: `f${i}` }]) }));
  const items = Array.from({ length: images }, (_, i) => ({
    Config: 'c.json',
    Layers: ['shared.tar', `${Math.floor(i / 60)}.tar`, `${i % 60}.tar`],
  }));
  return archive([
    { name: 'shared.tar', body: archive(layer) },
    ...small,
    { name: 'c.json', body: '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}' },
    { name: 'manifest.json', body: JSON.stringify(items) },
  ]);
}

const manyParts = Array.from({ length: 195 }, (_, i) => String(i).padStart(18, '0')).join('/');
const shared: Record<string, () => Buffer> = {
  'long names of links': () =>
    sharing(
      [
        ...entries(2000, (i) => ({ name: 'f', type: '2', linkname: 'q', pax: { path: `${manyParts}/f${i}` } })),
        DANGLING,
      ],
      100,
    ),
  'directories without members': () =>
    sharing(
      entries(240, (i) => ({ name: `${i}/${'a/'.repeat(100)}f`, pax: { path: `${i}/${'a/'.repeat(160)}f` } })),
      1500,
    ),
};

for (const [name, make] of Object.entries(shared)) {
  test(`to try a layer for each of the images that share it takes less than two seconds of CPU: ${name}`, async () => {
    // A smaller upload may not list as many layers (`LIMITS.listedLayerBytes`).
    const { seconds, findings } = await inspectCost(behindZeros(2 ** 20, make()), 2);
    assert.ok(seconds < 2, `${seconds} s`);
    assert.doesNotMatch(findings, /limit-exceeded/);
  });
}

test('links that lead back to themselves take so little effort that thousands of members behind them are tried', async () => {
  const inspection = await inspectBytes(image(THROUGH_ITSELF));
  assert.doesNotMatch(JSON.stringify(inspection), /layers-untried/);
});

test('a layer with more odd members than are tried is judged by what was seen, and one with fewer is tried', async () => {
  const folders = (count: number): Entry[] => [...entries(count, (i) => ({ name: `d${i}/`, type: '5' })), DANGLING];
  const faults = async (count: number) => {
    const inspection = await inspectBytes(image(folders(count)));
    return JSON.stringify(inspection);
  };
  assert.doesNotMatch(await faults(1000), /layers-untried/);
  assert.match(await faults(LIMITS.triedOdd), /layers-untried/);
});
