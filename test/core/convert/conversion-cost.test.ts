import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { convert } from '../../../core/convert/convert.ts';
import { LIMITS } from '../../../core/limits.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS, type RawOptions } from '../../../core/options/table.ts';
import { convertCost } from '../../support/cost.ts';
import { INDEXES_AND_MANIFESTS } from '../../support/expensive/indexes.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, behindZeros, type Entry, exportEntries, header } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

// What is done for each layer, image or finding must stay cheap when there are thousands of them. Each upload here is
// less than a megabyte as gzip.

const LAYER = archive([{ name: 'f' }]);
const ZSTD = zstdCompressSync(LAYER);

/** A Docker archive with these files as layers, and images that list these paths, a thousand each. */
function imagesOf(files: Entry[], paths: string[], diffIDs: string[]): Buffer {
  const thousands = Array.from({ length: Math.ceil(paths.length / 1000) }, (_, i) => i * 1000);
  const configs = thousands.map((from): Entry => {
    const rootfs = { type: 'layers', diff_ids: diffIDs.slice(from, from + 1000) };
    return { name: `${from}.json`, body: JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs }) };
  });
  const list = thousands.map((from) => ({
    Config: `${from}.json`,
    RepoTags: [`app:${from}`],
    Layers: paths.slice(from, from + 1000),
  }));
  return archive([...files, ...configs, { name: 'manifest.json', body: JSON.stringify(list) }]);
}

/** Layers that each have one member and no end mark. */
function unmarked(count: number): Buffer {
  const layers = Array.from({ length: count }, (_, i) => header({ name: i === 0 ? '../f' : 'f', mtime: i }));
  const files = layers.map((body, i) => ({ name: `${i}.tar`, body }));
  return imagesOf(
    files,
    files.map(({ name }) => name),
    layers.map(sha256),
  );
}

/** Layers in zstd, and a layer with a long name that is listed thousands of times. */
function inZstd(): Buffer {
  const names = [`${'é'.repeat(130)}.tar`, ...Array.from({ length: 200 }, (_, i) => `${i}.tar`)];
  const paths = [...Array.from({ length: 6000 }, () => names[0]!), ...names];
  return imagesOf(
    names.map((name) => ({ name: 'f', pax: { path: Buffer.from(name).toString('latin1') }, body: ZSTD })),
    paths,
    paths.map(() => sha256(LAYER)),
  );
}

interface Costly {
  make: () => Buffer;
  options: Partial<RawOptions>;
  says: RegExp;
  pack?: (archive: Buffer) => Uint8Array;
}

const costly: Record<string, Costly> = {
  'as many small layers as are mended': {
    make: () => unmarked(LIMITS.mendedLayers),
    options: { mend: true },
    says: /"code":"layer-mended"/,
  },
  'more small layers than are mended': {
    make: () => unmarked(4 * LIMITS.mendedLayers),
    options: { mend: true },
    pack: (bytes) => bytes,
    says: /the layers that are mended, the most allowed is 2,000/,
  },
  'more small layers than are compressed for a small upload': {
    make: () => unmarked(2000),
    options: { compress: 'gzip' },
    says: /expansion ratio of the upload .* if the option compress asks to compress it/,
  },
  'zeros that become gzip': {
    make: () => archive([...exportEntries(), { name: 'usr/zeros', body: new Uint8Array(256 * 2 ** 20) }]),
    options: { compress: 'gzip' },
    pack: (bytes) => zstdCompressSync(bytes),
    says: /expansion ratio of the upload .* if the option compress asks to compress it/,
  },
  'more small layers than are mended and compressed': {
    make: () => unmarked(LIMITS.mendedLayers / 2),
    options: { mend: true, compress: 'gzip' },
    pack: (bytes) => bytes,
    says: /the layers that are mended, the most allowed is 500/,
  },
  'layers in zstd that stay in zstd': {
    make: inZstd,
    options: { compress: 'zstd' },
    // A smaller upload may not list as many layers (`LIMITS.listedLayerBytes`).
    pack: (bytes) => behindZeros(2 ** 21, bytes),
    says: /"code":"written-as-zstd"/,
  },
};

for (const [name, { make, options, says, pack = gzipSync }] of Object.entries(costly))
  test(`to plan a conversion takes less than two seconds of CPU: ${name}`, async () => {
    const { seconds, findings } = await convertCost(pack(make()), { ...NO_OPTIONS, ...options }, 2);
    assert.match(findings, says);
    assert.ok(seconds < 2, `${seconds} s`);
  });

test('the images of one entry share its list of names', async () => {
  const family = INDEXES_AND_MANIFESTS.find(({ name }) => name === 'indexes: platforms of one index');
  assert.ok(family !== undefined);
  const inspection = await inspectBytes(Buffer.from(family.make(20_000).archive));
  const request = parseOptions({ ...NO_OPTIONS, name: ['app:1', 'app:2'] }, 'app.tar');
  assert.ok(request.ok);
  const outcome = await convert(inspection, request.value, plainTools);
  assert.ok(outcome.kind === 'converted');
  const { images } = outcome.conversion.result;
  assert.ok(images.length > 10);
  assert.deepEqual(images[0]?.names, ['docker.io/library/app:1', 'docker.io/library/app:2']);
  assert.ok(
    images.every(({ names }) => names === images[0]?.names),
    'a thousand names may have two thousand platforms',
  );
});
