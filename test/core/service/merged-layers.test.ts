import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib';
import { LIMITS } from '../../../core/limits.ts';
import type { ArchiveManifest } from '../../../core/manifest/manifest.ts';
import type { ServiceDeps } from '../../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../../core/service/service.ts';
import { dockerArchive, type ImageSpec } from '../../support/image-builder.ts';
import { indexArchive } from '../../support/index-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { assertManifest } from '../../support/manifest-schema.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { archive, type Entry, exportEntries } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

const file = (name: string, body = ''): Entry => ({ name, body });
const LAYERS = [[file('a', 'one'), file('b', 'two')], [file('.wh.a'), file('c', 'three')], [file('c', 'four')]].map(
  (entries) => archive(entries),
);
const step = (n: number, empty = false) => ({
  created: `2024-01-0${n}T00:00:00Z`,
  created_by: `step ${n}`,
  ...(empty && { empty_layer: true }),
});
const IMAGE: ImageSpec = {
  names: ['app:1'],
  layers: LAYERS,
  history: [step(1), step(2, true), step(3), step(5, true), step(4)],
  more: { 'x-number': '12345678901234567890' },
};

async function run(
  bytes: Uint8Array,
  metadata: Record<string, string>,
  limits: Partial<ServiceDeps> = {},
  onRead: () => void = () => {},
) {
  const store = new MemoryStore();
  const uploads: ServiceDeps['uploads'] = {
    find: (notice) => store.find(notice),
    small: (...asked) => store.small(...asked),
    source: (identity) => ({ open: (...range) => (onRead(), store.source(identity).open(...range)) }),
  };
  const deps = { uploads, results: store, tools: plainTools, clock: () => 0, version: '0.0.0', ...limits };
  const outcome = await inspectUpload(store.upload('app.tar', bytes, metadata), deps);
  if (outcome.kind === 'handed-on') await convertUpload(outcome.inspectionKey, deps);
  const manifest = JSON.parse(
    Buffer.from(store.results.get('app.tar/manifest.json') ?? '').toString(),
  ) as ArchiveManifest;
  assertManifest(manifest);
  const result = (name: string): Buffer => Buffer.from(store.results.get(`app.tar/${name}`) ?? '');
  return { manifest, image: result('image.tar'), rootfs: result('rootfs.tar') };
}

test('all layers become one, and the history has one step with the newest time', async () => {
  const upload = dockerArchive([IMAGE]);
  const { manifest, image } = await run(upload, { flatten: 'true' });
  const [made] = manifest.result?.images ?? [];
  const merged = archive([file('b', 'two'), file('c', 'four')]);
  assert.deepEqual(
    made?.layers.map(({ diffID, size }) => [diffID, size]),
    [[sha256(merged), merged.length]],
  );
  assert.deepEqual(made?.history, [
    { created: '2024-01-05T00:00:00Z', created_by: 'layers 1 to 3 became one', comment: 'Merged by Lading' },
  ]);
  assert.deepEqual(made?.names, ['docker.io/library/app:1']);
  const again = await inspectBytes(image);
  assert.deepEqual(
    again.findings.filter(({ severity }) => severity === 'error'),
    [],
  );
  const remark = manifest.findings.find(({ code }) => code === 'layers-merged');
  assert.match(
    remark?.message ?? '',
    /^Layers 1 to 3 of image .* became one layer of 3,072 bytes\. Before, they had 7,680 bytes together/,
  );
  // The upload once, the layers twice for their checksums, and twice to write them.
  assert.equal(manifest.cost.bytesRead, upload.length + 4 * LAYERS.reduce((sum, { length }) => sum + length, 0));
});

test('the upper layers become one, and the lower ones stay with their steps', async () => {
  const { manifest } = await run(gzipSync(dockerArchive([IMAGE])), { squash: '2' });
  const [made] = manifest.result?.images ?? [];
  const merged = archive([file('.wh.a'), file('c', 'four')]);
  assert.deepEqual(
    made?.layers.map(({ diffID }) => diffID),
    [sha256(LAYERS[0] ?? merged), sha256(merged)],
  );
  assert.deepEqual(
    made?.history.map((each) => each['created_by']),
    ['step 1', 'layers 2 to 3 became one'],
  );
});

test('each image of an archive is merged, and one with a single layer stays as it is', async () => {
  const single: ImageSpec = { names: ['other:1'], layers: LAYERS.slice(0, 1) };
  const { manifest } = await run(dockerArchive([IMAGE, single]), { flatten: 'true' });
  assert.deepEqual(
    manifest.result?.images.map(({ layers }) => layers.length),
    [1, 1],
  );
  const codes = new Set(manifest.findings.map(({ code }) => code));
  assert.ok(codes.has('layers-merged') && codes.has('nothing-to-merge'));
});

test('the result can be the root file system, with what to run in the manifest', async () => {
  const upload = dockerArchive([{ ...IMAGE, config: { Cmd: ['sh'] } }]);
  const { manifest, image, rootfs } = await run(upload, { as: 'rootfs' });
  assert.deepEqual(rootfs, archive([file('b', 'two'), file('c', 'four')]));
  assert.deepEqual([manifest.result?.key, manifest.result?.as, image.length], ['app.tar/rootfs.tar', 'rootfs', 0]);
  assert.deepEqual(manifest.result?.images[0]?.config, { Cmd: ['sh'] });
  assert.equal(manifest.result?.crc32, crc32(rootfs).toString(16).padStart(8, '0'));
  assert.deepEqual(manifest.load, ['aws s3 cp s3://results/app.tar/rootfs.tar - | docker import -']);
  assert.match(manifest.summary, /its root file system was written/);
  const single = await run(dockerArchive([{ ...IMAGE, layers: IMAGE.layers.slice(0, 1), history: [] }]), {
    as: 'rootfs',
  });
  assert.equal(single.rootfs.length > 0, true);
  assert.ok(!single.manifest.findings.some(({ code }) => code === 'layers-merged'), 'one layer is not merged');
});

for (const [compress, expanded] of [
  ['gzip', gunzipSync],
  ['zstd', zstdDecompressSync],
] as const)
  test(`a merged layer is written as ${compress} when that is asked for, like the layers below it`, async () => {
    const { manifest, image } = await run(dockerArchive([IMAGE]), { squash: '2', compress });
    const merged = archive([file('.wh.a'), file('c', 'four')]);
    const layers = manifest.result?.images[0]?.layers ?? [];
    const stored = layers.map(({ digest, size }) => {
      const at = image.indexOf(`blobs/sha256/${digest.slice(7)}\0`) + 512;
      return expanded(image.subarray(at, at + size));
    });
    assert.deepEqual(stored, [LAYERS[0], merged]);
    assert.deepEqual(layers[1]?.diffID, sha256(merged));
    assert.ok(!manifest.findings.some(({ code }) => code === 'layer-expanded'));
    const again = await inspectBytes(image);
    assert.ok(!again.findings.some(({ severity }) => severity === 'error'));
  });

test('one image alone has a root file system, so one of several must be chosen', async () => {
  const upload = dockerArchive([IMAGE, { names: ['other:1'], layers: LAYERS.slice(0, 1) }]);
  const { manifest, rootfs } = await run(upload, { as: 'rootfs' });
  const refusal = manifest.findings.find(({ severity }) => severity === 'error');
  assert.match(
    refusal?.message ?? '',
    /2 images, and a root file system can be made of one of them only: 1: app:1 .*; 2: other:1/,
  );
  assert.deepEqual([manifest.outcome, rootfs.length, manifest.cost.bytesRead], ['refused', 0, upload.length]);
  const chosen = await run(upload, { as: 'rootfs', image: '2' });
  assert.deepEqual(chosen.rootfs, LAYERS[0]);
});

test('an image without layers has an empty root file system', async () => {
  const { manifest, rootfs } = await run(dockerArchive([{ names: ['app:1'], layers: [] }]), { as: 'rootfs' });
  assert.deepEqual([manifest.outcome, rootfs], ['converted', archive([])]);
});

test('the root file system of a multi-platform image is that of one platform, and the manifest says of which', async () => {
  const platforms = ['arm64', 'amd64'].map((architecture, at) => ({ architecture, layers: LAYERS.slice(at) }));
  const { manifest, rootfs } = await run(indexArchive([{ names: ['docker.io/library/app:1'], platforms }]), {
    as: 'rootfs',
  });
  assert.deepEqual(rootfs, archive([file('c', 'four')]));
  const told = (code: string) => manifest.findings.filter((each) => each.code === code).map(({ message }) => message);
  assert.match(told('platforms-left-out').join(), /linux\/arm64, linux\/amd64.*for linux\/amd64 only/);
  assert.equal(told('layers-merged').length, 1);
});

test('a container archive comes out uncompressed as a root file system', async () => {
  const tar = archive(exportEntries());
  const { manifest, rootfs } = await run(gzipSync(tar), { as: 'rootfs' });
  assert.deepEqual([manifest.result?.as, rootfs], ['rootfs', tar]);
});

test('the image archive of an earlier upload goes when the root file system of a newer one comes, and back', async () => {
  const store = new MemoryStore();
  const deps = { uploads: store, results: store, tools: plainTools, clock: () => 0, version: '0.0.0' };
  for (const as of ['image', 'rootfs', 'image']) {
    const outcome = await inspectUpload(store.upload('app.tar', dockerArchive([IMAGE]), { as, flatten: 'true' }), deps);
    if (outcome.kind === 'handed-on') await convertUpload(outcome.inspectionKey, deps);
    const made = ['image.tar', 'rootfs.tar'].filter((name) => store.results.has(`app.tar/${name}`));
    assert.deepEqual(made, [`${as}.tar`]);
    const manifest = JSON.parse(Buffer.from(store.results.get('app.tar/manifest.json') ?? '').toString());
    assert.equal(manifest.result.key, `app.tar/${as}.tar`);
  }
});

test('layers that cannot become one in time are refused, and nothing is written', async () => {
  // Time passes quickly as soon as the upload is read again.
  let readings = 0;
  const { manifest, image } = await run(
    dockerArchive([IMAGE]),
    { flatten: 'true' },
    { timeLeft: () => (readings > 1 ? 1000 : 900_000) },
    () => readings++,
  );
  assert.deepEqual([manifest.outcome, manifest.findings[0]?.code, image.length], ['refused', 'no-time', 0]);
});

test('more members than the convert function has memory for are refused', async () => {
  const many = archive(Array.from({ length: 3 }, (_, i) => file(`f${i}`)));
  const limit = LIMITS.rewrittenMembers;
  Object.assign(LIMITS, { rewrittenMembers: 5 });
  const images = ['a:1', 'b:1'].map((name): ImageSpec => ({ names: [name], layers: [many, many], config: { name } }));
  try {
    for (const options of [{ flatten: 'true' }, { flatten: 'true', image: 'b:1' }, { as: 'rootfs', image: 'b:1' }]) {
      const { manifest } = await run(dockerArchive(images), options);
      assert.deepEqual([manifest.outcome, manifest.findings[0]?.code], ['refused', 'limit-exceeded']);
    }
  } finally {
    Object.assign(LIMITS, { rewrittenMembers: limit });
  }
});
