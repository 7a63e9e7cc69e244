import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseImages } from '../../../core/convert/choose-images.ts';
import { LIMITS } from '../../../core/limits.ts';
import { inspectCost } from '../../support/cost.ts';
import { cpuSeconds } from '../../support/cpu.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, type Entry } from '../../support/tar-builder.ts';
import { sha256 } from '../../support/tools.ts';

const layer = archive([{ name: 'a', body: 'x' }]);
const numbered = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const id = (i: number) => i.toString(16).padStart(64, '0');
const config = (more: object = {}) => ({
  architecture: 'amd64',
  os: 'linux',
  rootfs: { type: 'layers', diff_ids: [sha256(layer)] },
  ...more,
});
const named = (count: number, value: (i: number) => unknown) =>
  Object.fromEntries(numbered(count, (i) => [`key${i}`, value(i)]));

function docker(items: object[], described: object, more: Entry[] = []): Buffer {
  return archive([
    { name: 'l.tar', body: layer },
    { name: 'c.json', body: JSON.stringify(described) },
    ...more,
    { name: 'manifest.json', body: JSON.stringify(items) },
  ]);
}
const item = { Config: 'c.json', RepoTags: ['a:1'], Layers: ['l.tar'] };
const oneWith = (more: object) => docker([item], config(more));

/** An index with `entries` entries, each with its own name, that point to two manifests in turn. */
function index(entries: number): Buffer {
  const manifest = {
    schemaVersion: 2,
    config: { digest: `sha256:${id(9)}` },
    layers: numbered(100, (i) => ({ digest: `sha256:${id(i + 100)}` })),
  };
  const manifests = numbered(entries, (i) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: `sha256:${id(i % 2)}`,
    size: 2,
    annotations: { 'io.containerd.image.name': `a:${i}` },
  }));
  return archive([
    { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
    { name: `blobs/sha256/${id(0)}`, body: JSON.stringify(manifest) },
    { name: `blobs/sha256/${id(1)}`, body: JSON.stringify({ ...manifest, annotations: { a: 'b' } }) },
    { name: `blobs/sha256/${id(9)}`, body: JSON.stringify(config()) },
    { name: 'index.json', body: JSON.stringify({ manifests }) },
  ]);
}

/** Makers of archives that grow with a size; the archive of twice the size is still within all bounds. */
const growing: Record<string, { size: number; make: (size: number) => Buffer }> = {
  'members of a config': { size: 5000, make: (size) => oneWith(named(size, () => 1)) },
  labels: { size: 5000, make: (size) => oneWith({ config: { Labels: named(size, () => 'x') } }) },
  'labels of the wrong type': { size: 500, make: (size) => oneWith({ config: { Labels: named(size, (i) => i) } }) },
  variables: { size: 10000, make: (size) => oneWith({ config: { Env: numbered(size, (i) => `e${i}=`) } }) },
  'steps of the history': {
    size: 2500,
    make: (size) => oneWith({ history: numbered(size, () => ({ empty_layer: true })) }),
  },
  diffIDs: { size: 5000, make: (size) => oneWith({ rootfs: { diff_ids: numbered(size, id) } }) },
  'images of one config': {
    size: 450,
    make: (size) =>
      docker(
        numbered(size, () => item),
        config(),
      ),
  },
  names: { size: 1125, make: (size) => docker([{ ...item, RepoTags: numbered(size, (i) => `a:${i}`) }], config()) },
  'layers that are not there': {
    size: 450,
    make: (size) => docker([{ ...item, Layers: numbered(size, (i) => `${i}.tar`) }], config()),
  },
  'entries of an index': { size: 750, make: index },
};

/** The CPU time of an inspection in ms: the minimum of two runs, because the machine has other work too. */
async function cost(bytes: Buffer): Promise<number> {
  const costs = [];
  for (let run = 0; run < 2; run++) {
    const began = process.cpuUsage();
    await inspectBytes(bytes, 65_536);
    costs.push(process.cpuUsage(began).user / 1000);
  }
  return Math.min(...costs);
}

for (const [name, { size, make }] of Object.entries(growing)) {
  test(`twice as many take about twice the time: ${name}`, async () => {
    const [once, twice] = [await cost(make(size)), await cost(make(size * 2))];
    // Quadratic cost would be a factor of four. Very short times cannot be compared.
    assert.ok(twice < 60 || twice < once * 3.2, `${once} ms, ${twice} ms`);
  });
}

test('a long name in the option image is compared with all names of an archive at little cost', async () => {
  const names = numbered(LIMITS.imageNames - 100, (i) => `a:${i}`);
  const inspection = await inspectBytes(docker([{ ...item, RepoTags: names }], config()), 65_536);
  const seconds = cpuSeconds();
  const chosen = chooseImages(inspection, { image: 'a/'.repeat(60_000), platform: null });
  const took = seconds();
  assert.ok('code' in chosen && chosen.code === 'image-not-found');
  assert.ok(took < 0.5, `${took} s`);
});

test('names that are too long and have many parts take little time', async () => {
  for (const part of ['a/', 'A/']) {
    const names = numbered(1000, (i) => `${part.repeat(1990)}a:${i}`);
    const bytes = docker([{ ...item, RepoTags: names }], config());
    const { seconds } = await inspectCost(bytes, 1);
    assert.ok(seconds < 1, `${seconds} s`);
  }
});
