import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { BlobReader } from '../../../core/inspect/blobs.ts';
import { inspect } from '../../../core/inspect/inspect.ts';
import { Expansion } from '../../../core/inspect/expansion.ts';
import { readArchive, scanned } from '../../../core/inspect/read.ts';
import type { Hasher } from '../../../core/model/ports.ts';
import { SumsTap } from '../../../core/model/sums.ts';
import { chunked } from '../../support/bytes.ts';
import { configOf, dockerArchive } from '../../support/image-builder.ts';
import { archive, type Entry, header } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';
import { xzBlock, xzBytes, xzStream } from '../../support/xz-builder.ts';
import { zipOf } from '../../support/zip-builder.ts';
import { zerosInZstd } from '../../support/zstd-builder.ts';

const layer = archive([{ name: 'etc/hosts', body: 'x'.repeat(3000) }, { name: 'etc/.wh.gone' }]);
const gz = gzipSync(layer);
const cut = layer.subarray(0, 2000);

async function blobsOf(bytes: Uint8Array, ...sizes: number[]) {
  const expansion = new Expansion(() => bytes.length);
  const blobs = new BlobReader(plainTools, expansion, null);
  const observer = { member: () => 0, body: () => {}, streams: () => true };
  const stored = new SumsTap(plainTools);
  const reading = await readArchive(stored.tap(chunked(bytes, ...sizes)), stored, ({ all }) =>
    scanned(all, observer, plainTools, expansion, {
      compression: 'none',
      piece: async (piece) => void (await blobs.feed(piece)),
    }),
  );
  assert.equal(reading.fault, null);
  return [...blobs.blobs.values()];
}

const outer = archive([
  { name: 'plain', body: layer },
  { name: 'gzipped', body: gz },
  { name: 'empty' },
  { name: 'text', body: 'not a layer' },
  { name: 'cut', body: cut },
  { name: 'twice', body: archive([{ name: 'a' }, { name: 'a' }]) },
]);

test('each blob is hashed as stored and as expanded, and checked as a layer, in one pass', async () => {
  for (const sizes of [[], [1], [700], [512, 3]]) {
    const [plain, gzipped, empty, text, truncated, twice] = await blobsOf(outer, ...sizes);
    assert.deepEqual([plain?.stored.digest, plain?.content?.digest, plain?.members], [sha256(layer), sha256(layer), 2]);
    assert.deepEqual([gzipped?.stored.digest, gzipped?.content?.digest], [sha256(gz), sha256(layer)]);
    assert.deepEqual([gzipped?.compression, gzipped?.clean, gzipped?.fault], ['gzip', true, null]);
    assert.deepEqual([empty?.stored.size, empty?.fault?.code], [0, 'empty-upload']);
    assert.deepEqual(
      [text?.stored.digest, text?.content, text?.fault?.code],
      [sha256(Buffer.from('not a layer')), null, 'not-a-tar'],
    );
    assert.deepEqual([truncated?.stored.digest, truncated?.fault?.code], [sha256(cut), 'truncated']);
    assert.deepEqual(
      twice?.findings.map((each) => each.code),
      ['duplicate-path'],
    );
  }
});

test('whiteouts and missing parent directories are not faults of a layer in an image', async () => {
  const [plain] = await blobsOf(outer);
  assert.deepEqual(plain?.findings, []);
});

test('a hard link must come after its target in the same layer, as lower layers are not visible when it is unpacked', async () => {
  const link: Entry = { name: 'b', type: '1', linkname: 'a' };
  const layers = [[{ name: 'a' }, link], [link, { name: 'a' }], [link]].map((entries) => archive(entries));
  const found = await blobsOf(archive(layers.map((body, i) => ({ name: `${i}`, body }))));
  assert.deepEqual(
    found.map(({ findings }) => findings.map((each) => each.code)),
    [[], ['hard-link-dangling'], ['hard-link-dangling']],
  );
});

test('the recorded offset of a blob is where the blob begins', async () => {
  for (const blob of await blobsOf(outer)) {
    const bytes = outer.subarray(blob.start, blob.start + blob.stored.size);
    assert.equal(sha256(bytes), blob.stored.digest, blob.path);
  }
});

test('what is no layer is described by its first kilobyte, and a disk image by its late magic number', async () => {
  const text = Buffer.concat([Buffer.alloc(1024, '{"a": '), Buffer.alloc(40_000, 1)]);
  const disk = Buffer.alloc(66_000);
  disk.write('_BHRfS_M', 0x10040);
  const said = (
    await blobsOf(
      archive([
        { name: 'text', body: text },
        { name: 'disk', body: disk },
      ]),
    )
  ).map(({ fault }) => fault?.message ?? '');
  assert.match(said[0] ?? '', /a JSON document/);
  assert.match(said[1] ?? '', /btrfs/i);
});

test('a list of images that is a member again and again is hashed no more often than one that is there once', async () => {
  const hashersOf = async (times: number): Promise<number> => {
    let made = 0;
    const newHasher = () => (made++, plainTools.newHasher());
    const [list, ...others] = dockerMembers;
    const bytes = archive([...others, ...Array.from({ length: times }, () => list)]);
    const { kind } = await inspect(chunked(bytes), { ...plainTools, newHasher });
    assert.equal(kind, 'image/docker');
    return made;
  };
  assert.equal(await hashersOf(100), await hashersOf(1));
});

const dockerMembers = [
  { name: 'manifest.json', body: '[{"Config": "c.json", "RepoTags": ["a:1"], "Layers": ["l.tar"]}]' },
  { name: 'c.json', body: configOf({ names: [], layers: [layer] }) },
  { name: 'l.tar', body: layer },
] as const;

test('every hasher is ended, by its digest or without one, whatever is damaged', async () => {
  const damaged = Buffer.from(gz);
  damaged[damaged.length - 8]! ^= 1;
  // An LZMA2 chunk that is not compressed, and the end mark.
  const stored = Buffer.from([1, (layer.length - 1) >> 8, (layer.length - 1) & 255, ...layer, 0]);
  const inputs: Record<string, Uint8Array> = {
    'a damaged layer in an image': archive([{ name: 'l.tar', body: damaged }]),
    'a damaged upload': damaged,
    'an upload that is cut off': cut,
    'a sound image': archive([...dockerMembers]),
    'a sound archive': gz,
    'an archive in a zip': zipOf([{ name: 'a.tar.gz', body: gz }]),
    'a damaged archive in a zip': zipOf([{ name: 'a.tar.gz', body: damaged }]),
    'an xz block with SHA-256 that has not its stated size': xzBytes(
      xzStream(10, [
        xzBlock({ data: stored, contentSize: layer.length + 1, check: Buffer.alloc(32), statesSizes: true }),
      ]),
    ),
  };
  for (const [name, bytes] of Object.entries(inputs)) {
    const open = new Set<Hasher>();
    const newHasher = () => {
      const inner = plainTools.newHasher();
      const hasher: Hasher = {
        update: (chunk) => inner.update(chunk),
        digest: () => (open.delete(hasher), inner.digest()),
        discard: () => void open.delete(hasher),
      };
      open.add(hasher);
      return hasher;
    };
    await inspect(chunked(bytes), { ...plainTools, newHasher }, { compress: 'zstd' });
    assert.equal(open.size, 0, name);
  }
});

for (const name of ['a.json', 'a/layer.tar', 'app.tar']) {
  test(`the only file of an upload is hashed once, though it may be a blob and an archive: ${name}`, async () => {
    const size = 2 ** 22;
    let hashed = 0;
    const newHasher = (): Hasher => {
      const hasher = plainTools.newHasher();
      return { ...hasher, update: (chunk) => ((hashed += chunk.length), hasher.update(chunk)) };
    };
    const upload = zerosInZstd(header({ name, size }), size + 1024);
    const { content } = await inspect(chunked(upload), { ...plainTools, newHasher });
    const once = (content?.size ?? 0) + size;
    assert.ok(hashed < 1.1 * once, `${hashed} bytes were hashed for ${once}`);
  });
}

test('an image archive that is the only file of an upload has the digests of its layers, compressed or not', async () => {
  const image = dockerArchive([{ names: ['a:1'], layers: [layer] }]);
  for (const body of [image, gzipSync(image)]) {
    const { sources } = await inspect(chunked(archive([{ name: 'app.tar', body }]), 700), plainTools);
    assert.deepEqual(
      sources.map((source) => source?.layers.map(({ stored }) => stored.digest)),
      [[sha256(layer)]],
    );
  }
});
