import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { LIMITS } from '../../../core/limits.ts';
import { NO_OPTIONS, type RawOptions } from '../../../core/options/table.ts';
import { convertCost } from '../../support/cost.ts';
import { archive, type Entry, header } from '../../support/tar-builder.ts';
import { sha256 } from '../../support/tools.ts';

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

const costly: Record<string, { make: () => Buffer; options: Partial<RawOptions>; says: RegExp }> = {
  'as many small layers as are mended': {
    make: () => unmarked(LIMITS.mendedLayers),
    options: { mend: true },
    says: /"code":"layer-mended"/,
  },
  'more small layers than are mended': {
    make: () => unmarked(4 * LIMITS.mendedLayers),
    options: { mend: true },
    says: /the layers that are mended, the most allowed is 2,000/,
  },
  'layers in zstd that stay in zstd': { make: inZstd, options: { compress: 'zstd' }, says: /"code":"written-as-zstd"/ },
};

for (const [name, { make, options, says }] of Object.entries(costly))
  test(`to plan a conversion takes less than two seconds of CPU: ${name}`, async () => {
    const { seconds, findings } = await convertCost(gzipSync(make()), { ...NO_OPTIONS, ...options }, 2);
    assert.match(findings, says);
    assert.ok(seconds < 2, `${seconds} s`);
  });
