import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { finding } from '../../../core/catalogue/findings.ts';
import { clientVerdicts } from '../../../core/clients/verdicts.ts';
import { convert } from '../../../core/convert/convert.ts';
import { stream } from '../../../core/convert/execute.ts';
import { inspect } from '../../../core/inspect/inspect.ts';
import type { LayerCompression } from '../../../core/model/conversion-request.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS } from '../../../core/options/table.ts';
import { chunked, collect } from '../../support/bytes.ts';
import { dockerArchive, ociArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { sourceOf } from '../../support/memory-store.ts';
import { archive } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

// `compress` with an image archive: the layers are written in the form that was asked for, and nothing else changes.

const CONTENTS = ['bin/sh', 'app', 'srv'].map((name) => archive([{ name, body: name.repeat(1000) }]));
const [PLAIN, GZIP, ZSTD] = [CONTENTS[0]!, gzipSync(CONTENTS[1]!), zstdCompressSync(CONTENTS[2]!)];
const IMAGE = { names: ['web:1'], layers: [PLAIN, GZIP, ZSTD], diffIDs: CONTENTS.map(sha256), config: { Cmd: ['sh'] } };

const EXPAND: Record<LayerCompression, (bytes: Uint8Array) => Uint8Array> = {
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
  none: (bytes) => bytes,
};

async function converted(bytes: Uint8Array, compress: LayerCompression | null) {
  const request = parseOptions({ ...NO_OPTIONS, compress }, 'upload.tar');
  assert.ok(request.ok);
  const inspection = await inspect(chunked(bytes, 777), plainTools, { compress });
  const made = await convert(inspection, request.value, plainTools);
  assert.ok(made.kind === 'converted');
  const { plan, result } = made.conversion;
  const image = await collect(stream(plan, sourceOf(bytes), plainTools));
  const [written] = result.images;
  assert.ok(written !== undefined);
  const stored = written.layers.map(({ digest, size }) => {
    const at = image.indexOf(`blobs/sha256/${digest.slice(7)}\0`);
    return image.subarray(at + 512, at + 512 + size);
  });
  return { written, stored, image, codes: made.findings.map(({ code }) => code) };
}

const UPLOADS = { 'a docker archive': dockerArchive([IMAGE]), 'an OCI archive in gzip': gzipSync(ociArchive([IMAGE])) };

for (const [name, bytes] of Object.entries(UPLOADS))
  for (const compress of ['gzip', 'zstd', 'none'] as const)
    test(`${name} with compress ${compress}: layers have that form, and contents and image ID stay`, async () => {
      const { written, stored, codes } = await converted(bytes, compress);
      const before = await converted(bytes, null);
      assert.equal(written.imageId, before.written.imageId);
      assert.deepEqual(
        stored.map((layer) => sha256(EXPAND[compress](layer))),
        CONTENTS.map(sha256),
      );
      const type = `application/vnd.oci.image.layer.v1.tar${compress === 'none' ? '' : `+${compress}`}`;
      for (const { mediaType, digest, diffID } of written.layers) {
        assert.equal(mediaType, type);
        assert.equal(digest, sha256(stored[written.layers.findIndex((layer) => layer.digest === digest)]!));
        assert.ok(CONTENTS.map(sha256).includes(diffID));
      }
      const had = { gzip: GZIP, zstd: ZSTD, none: PLAIN }[compress];
      assert.ok(
        stored.some((layer) => layer.equals(had)),
        'a layer that has the form already stays byte for byte',
      );
      assert.equal(codes.includes('written-as-zstd'), compress === 'zstd');
      assert.equal(codes.includes('layer-compression'), compress !== 'zstd');
      assert.ok(!codes.includes('config-kept'));
    });

for (const path of ['web.tar', 'wéb.tar', '网.tar', 'w\u0001b.tar'])
  test(`a zstd layer that stays in zstd is no fault, whatever its path is: ${JSON.stringify(path)}`, async () => {
    const config = JSON.stringify({ os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [sha256(CONTENTS[2]!)] } });
    const list = JSON.stringify([{ Config: 'c.json', RepoTags: ['web:1'], Layers: [path] }]);
    const bytes = archive([
      { name: Buffer.from(path).toString('latin1'), body: ZSTD },
      { name: 'c.json', body: config },
      { name: 'manifest.json', body: list },
    ]);
    const { codes } = await converted(bytes, 'zstd');
    assert.ok(!codes.includes('layer-compression') && codes.includes('written-as-zstd'), codes.join());
    assert.ok((await converted(bytes, 'gzip')).codes.includes('layer-compression'));
  });

test('a gzip layer with bytes after its end is written plain, and a finding says so', async () => {
  const layers = [Buffer.concat([GZIP, Buffer.alloc(9)])];
  const { written, codes } = await converted(
    dockerArchive([{ ...IMAGE, layers, diffIDs: [sha256(CONTENTS[1]!)] }]),
    'gzip',
  );
  assert.match(written.layers[0]?.mediaType ?? '', /\.tar$/);
  assert.ok(codes.includes('layer-expanded'));
});

test('the finding about zstd names the clients that the verdict on the result names', async () => {
  const { image } = await converted(UPLOADS['a docker archive'], 'zstd');
  const { message } = finding('written-as-zstd');
  const limited = clientVerdicts(await inspectBytes(image)).filter(({ loads, since }) => !loads || since !== undefined);
  assert.deepEqual(
    limited.map(({ client }) => client),
    ['docker', 'umoci'],
  );
  for (const { client, since } of limited) assert.match(message, new RegExp(`${client} before ${since}`, 'i'));
});
