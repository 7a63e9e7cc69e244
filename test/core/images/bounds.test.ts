import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonExtent } from '../../../core/json/json-extent.ts';
import { LIMITS } from '../../../core/limits.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, behindZeros, type Entry } from '../../support/tar-builder.ts';
import { sha256 } from '../../support/tools.ts';

const layer = archive([{ name: 'a', body: 'x' }]);
const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const config = (layers = 1, more: object = {}) => ({
  architecture: 'amd64',
  os: 'linux',
  rootfs: { type: 'layers', diff_ids: Array(layers).fill(sha256(layer)) },
  ...more,
});

interface Item {
  Config: string;
  RepoTags: string[];
  Layers: string[];
}
const item = (more: Partial<Item> = {}): Item => ({ Config: 'c.json', RepoTags: ['a:1'], Layers: ['l.tar'], ...more });
const numbered = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

/** An archive in the format of `docker save`, with one layer and one config. */
function docker(items: Item[], described: object | string = config(), more: Entry[] = []): Buffer {
  const body = typeof described === 'string' ? described : JSON.stringify(described);
  return archive([
    { name: 'l.tar', body: layer },
    { name: 'c.json', body },
    ...more,
    { name: 'manifest.json', body: JSON.stringify(items) },
  ]);
}

/** Entries of an index for blobs that have numbers as digests. */
const id = (i: number) => i.toString(16).padStart(64, '0');
const entry = (i: number, mediaType: string) => ({ mediaType, digest: `sha256:${id(i)}`, size: 2 });

function layout(manifests: object[], blobs: Record<number, object>): Buffer {
  return archive([
    { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
    ...Object.entries(blobs).map(([i, body]) => ({ name: `blobs/sha256/${id(+i)}`, body: JSON.stringify(body) })),
    { name: 'index.json', body: JSON.stringify({ manifests }) },
  ]);
}

/** An entry for a blob that is not in the archive, with the name of its operating system. */
const ofSystem = (os: string) => ({ ...entry(1, MANIFEST), platform: { os } });

/** An OCI layout in which hard links to one large document stand for several manifests. */
function linked(count: number): Buffer {
  return archive([
    { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'c.json', body: listOf(40_000) },
    ...numbered(count, (i): Entry => ({ name: `blobs/sha256/${id(i)}`, type: '1', linkname: 'c.json' })),
    { name: 'index.json', body: JSON.stringify({ manifests: numbered(count, (i) => entry(i, MANIFEST)) }) },
  ]);
}

/** An archive from before Docker 1.10, with many tags for the topmost of some layers. */
function legacy(tags: number, layers: number, lowest = ''): Buffer {
  const parent = (i: number) => (i === 0 ? lowest : id(i - 1));
  const names = Object.fromEntries(numbered(tags, (i) => [`t${i}`, id(layers - 1)]));
  return archive([
    ...numbered(layers, (i) => [
      { name: `${id(i)}/json`, body: JSON.stringify({ ...config(), id: id(i), parent: parent(i) }) },
      { name: `${id(i)}/layer.tar`, body: layer },
    ]).flat(),
    { name: 'repositories', body: JSON.stringify({ a: names }) },
  ]);
}

const nested = (depth: number) => `{"architecture":"amd64","os":"linux","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
const below = (depth: number) =>
  Object.fromEntries(numbered(depth, (i) => [i + 1, { manifests: i + 1 < depth ? [entry(i + 2, INDEX)] : [] }]));
const listOf = (count: number) => JSON.stringify(config(1, { x: Array(count).fill(0) }));
/** The number of values in such a config besides those of the list. */
const around = jsonExtent(Buffer.from(listOf(0))).values;
const strings = (bytes: number) => JSON.stringify(config(1, { x: 'y'.repeat(bytes) }));

/** For each bound, an archive at the bound, an archive beyond it, and the words of the refusal. */
const cases: Record<string, { words: RegExp; atBound?: () => Buffer; beyond: () => Buffer }> = {
  images: {
    words: /: images, the most allowed is 2,000/,
    atBound: () => docker(numbered(LIMITS.images, (i) => item({ RepoTags: [`a:${i}`] }))),
    beyond: () => docker(numbered(LIMITS.images + 1, (i) => item({ RepoTags: [`a:${i}`] }))),
  },
  imageNames: {
    words: /names and tags of images/,
    atBound: () => docker([item({ RepoTags: numbered(LIMITS.imageNames, (i) => `a:${i}`) })]),
    beyond: () => docker([item({ RepoTags: numbered(LIMITS.imageNames + 1, (i) => `a:${i}`) })]),
  },
  imageLayers: {
    words: /layers of one image/,
    atBound: () => docker([item({ Layers: Array(LIMITS.imageLayers).fill('l.tar') })], config(LIMITS.imageLayers)),
    beyond: () =>
      docker([item({ Layers: Array(LIMITS.imageLayers + 1).fill('l.tar') })], config(LIMITS.imageLayers + 1)),
  },
  'a layer whose parent is itself': { words: /layers of one image/, beyond: () => legacy(1, 1, id(0)) },
  listedLayers: {
    words: /layers that its images list/,
    // A small upload may not list as many (`LIMITS.listedLayerBytes`).
    atBound: () => behindZeros(6 * 2 ** 20, legacy(LIMITS.listedLayers / 200, 200)),
    beyond: () => legacy(LIMITS.listedLayers / 200 + 1, 200),
  },
  indexDepth: {
    words: /indexes that lie below each other/,
    atBound: () => layout([entry(1, INDEX)], below(LIMITS.indexDepth - 1)),
    beyond: () => layout([entry(1, INDEX)], below(LIMITS.indexDepth)),
  },
  'indexes that list each other': {
    words: /indexes that lie below each other|entries of its indexes/,
    beyond: () => layout(Array(20).fill(entry(1, INDEX)), { 1: { manifests: Array(20).fill(entry(1, INDEX)) } }),
  },
  descriptors: {
    words: /entries of its indexes/,
    beyond: () =>
      layout(Array(400).fill(entry(1, INDEX)), { 1: { manifests: Array(400).fill(entry(2, MANIFEST)) }, 2: {} }),
  },
  platformCharacters: {
    words: /characters in the names of a platform/,
    atBound: () => layout([ofSystem('x'.repeat(LIMITS.platformCharacters))], {}),
    beyond: () => layout([ofSystem('x'.repeat(LIMITS.platformCharacters + 1))], {}),
  },
  jsonDepth: {
    words: /lists and objects within each other/,
    atBound: () => docker([item()], nested(LIMITS.jsonDepth - 1)),
    beyond: () => docker([item()], nested(LIMITS.jsonDepth)),
  },
  documentValues: {
    words: /values in one document/,
    beyond: () =>
      docker([item()], config(), [{ name: 'index.json', body: `[${'0,'.repeat(LIMITS.documentValues)}0]` }]),
  },
  imageValues: {
    words: /values in a config, or another document of one image/,
    atBound: () => docker([item()], listOf(LIMITS.imageValues - around)),
    beyond: () => docker([item()], listOf(LIMITS.imageValues - around + 2)),
  },
  jsonValues: {
    words: /values in its documents/,
    beyond: () =>
      docker(
        numbered(20, () => item()),
        listOf(LIMITS.jsonValues / 20),
      ),
  },
  'a document to which many links lead': {
    words: /values in its documents/,
    atBound: () => linked(4),
    beyond: () => linked(13),
  },
  describedBytes: {
    words: /bytes of documents, each counted once for every image/,
    atBound: () =>
      docker(
        numbered(3, () => item()),
        strings(3 * 2 ** 20),
      ),
    beyond: () =>
      docker(
        numbered(5, () => item()),
        strings(3 * 2 ** 20),
      ),
  },
  documentBytes: { words: /bytes of one document/, beyond: () => docker([item()], strings(LIMITS.documentBytes)) },
  documentsBytes: {
    words: /: bytes of documents, the most/,
    beyond: () => {
      const body = strings(LIMITS.documentBytes - 1024);
      return docker(
        [item({ Config: '8.json' })],
        config(),
        numbered(9, (i) => ({ name: `${i}.json`, body })),
      );
    },
  },
  mistypedValues: {
    words: /values of the wrong type in one document/,
    beyond: () => docker([item()], config(1, { config: { Env: Array(LIMITS.mistypedValues + 1).fill(1) } })),
  },
  imageFindings: {
    words: /faults of its images/,
    beyond: () =>
      docker(numbered(LIMITS.imageFindings / 500 + 1, (i) => item({ Layers: numbered(500, (j) => `${i}-${j}.tar`) }))),
  },
  'images that are not in the archive': {
    words: /faults of its images/,
    atBound: () => layout(Array(LIMITS.imageFindings).fill(entry(1, MANIFEST)), {}),
    beyond: () => layout(Array(LIMITS.imageFindings + 1).fill(entry(1, MANIFEST)), {}),
  },
  blobs: {
    words: /members that belong to images/,
    beyond: () =>
      docker(
        [item()],
        config(),
        numbered(LIMITS.blobs, (i) => ({ name: `${i}.json` })),
      ),
  },
};

for (const [name, { words, atBound, beyond }] of Object.entries(cases)) {
  test(`an image archive beyond a bound is refused by the name of the bound: ${name}`, async () => {
    const { findings, images, sources } = await inspectBytes(beyond());
    const refusal = findings.find(({ code }) => code === 'limit-exceeded');
    assert.match(refusal?.message ?? '', words);
    assert.deepEqual([images, sources], [[], []]);
  });
  if (atBound === undefined) continue;
  test(`an image archive at a bound is read: ${name}`, async () => {
    const { findings } = await inspectBytes(atBound());
    assert.deepEqual(
      findings.filter(({ code }) => code === 'limit-exceeded').map(({ message }) => message),
      [],
    );
  });
}

test('members that are named like blobs are no reason to refuse what is no image archive', async () => {
  const bytes = archive(numbered(LIMITS.blobs + 10, (i) => ({ name: `data/${i}.json` })));
  const { kind, findings } = await inspectBytes(bytes);
  assert.equal(kind, 'plain');
  assert.ok(findings.every(({ code }) => code !== 'limit-exceeded'));
});

test('a root file system may hold a document of any size and depth at its top', async () => {
  const folders = ['bin', 'etc', 'usr', 'var'].map((name) => ({ name: `${name}/`, type: '5' }));
  const body = `[${'['.repeat(20_000)}`;
  const { kind } = await inspectBytes(archive([...folders, { name: 'manifest.json', body }]));
  assert.equal(kind, 'rootfs/generic');
});

test('the extent of a JSON text is that of what is in it, strings left out', () => {
  const extent = (text: string) => jsonExtent(Buffer.from(text));
  assert.deepEqual(extent('{"a":[1,2,{"b":"[{,:\\""}]}'), { values: 8, depth: 3 });
  assert.deepEqual(extent('"\\'), { values: 1, depth: 0 });
  assert.equal(extent(']]]['.repeat(10)).depth, 0);
});
