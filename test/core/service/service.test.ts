import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gunzipSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { LIMITS } from '../../../core/limits.ts';
import type { ArchiveManifest } from '../../../core/manifest/manifest.ts';
import type { ServiceDeps } from '../../../core/service/outcome.ts';
import { convertUpload, inspectUpload } from '../../../core/service/service.ts';
import { assertManifest } from '../../support/manifest-schema.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { archive, type Entry, exportEntries } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';
import { zipOf } from '../../support/zip-builder.ts';

const tar = archive(exportEntries());

function service() {
  const store = new MemoryStore();
  let now = 0;
  const deps: ServiceDeps = {
    uploads: store,
    results: store,
    tools: plainTools,
    clock: () => (now += 500),
    version: '0.0.0',
  };
  const manifest = (key: string): ArchiveManifest => {
    const bytes = store.results.get(`${key}/manifest.json`);
    assert.ok(bytes !== undefined, `there is no manifest for ${key}`);
    const found: ArchiveManifest = JSON.parse(Buffer.from(bytes).toString());
    assertManifest(found);
    return found;
  };
  return { store, deps, manifest };
}

/** Runs both functions for one upload, as its events would. */
async function run(
  bytes: Uint8Array,
  metadata: Record<string, string> = {},
  key = 'team/web:1.2.tar',
  sidecar?: object,
) {
  const { store, deps, manifest } = service();
  if (sidecar !== undefined) store.upload(`${key}.lading.json`, JSON.stringify(sidecar));
  const outcome = await inspectUpload(store.upload(key, bytes, metadata), deps);
  if (outcome.kind === 'handed-on') await convertUpload(outcome.inspectionKey, deps);
  return { store, manifest: manifest(key) };
}

test('for an export the inspection is written first, then the image, and the manifest last', async () => {
  const { store, manifest } = await run(tar, { name: 'web:1.0', change: 'CMD ["sh"]', message: 'hello' });
  assert.deepEqual(store.written, [
    'team/web:1.2.tar/inspection.json',
    'team/web:1.2.tar/image.tar',
    'team/web:1.2.tar/manifest.json',
  ]);
  assert.equal(manifest.outcome, 'converted');
  assert.equal(manifest.source.digest, sha256(tar));
  assert.deepEqual(manifest.result?.images[0]?.names, ['docker.io/library/web:1.0']);
  assert.deepEqual(manifest.result?.images[0]?.config, { Cmd: ['sh'] });
  assert.equal(manifest.result?.images[0]?.layers[0]?.diffID, sha256(tar));
  assert.equal(manifest.result?.images[0]?.history[0]?.['comment'], 'hello');
  assert.deepEqual(manifest.result?.images[0]?.platform, { os: 'linux', architecture: 'amd64' });
  assert.deepEqual(manifest.load, [
    'aws s3 cp s3://results/team/web:1.2.tar/image.tar - | docker load',
    'aws s3 cp s3://results/team/web:1.2.tar/image.tar - | podman load',
  ]);
  assert.equal(store.results.get('team/web:1.2.tar/image.tar')?.length, manifest.result?.size);
});

const TWICE = archive([...exportEntries(), { name: 'etc/twice', body: '1' }, { name: 'etc/twice', body: '2' }]);

test('an archive with a repeated path is mended when metadata or the sidecar ask for it, and it says what that cost', async () => {
  const refused = (await run(TWICE)).manifest;
  assert.deepEqual([refused.outcome, refused.cost.bytesRead, refused.mended], ['refused', TWICE.length, undefined]);
  for (const [metadata, sidecar] of [[{ mend: 'true' }], [{}, { mend: true }]] as const) {
    const { manifest, store } = await run(TWICE, metadata, 'team/web:1.2.tar', sidecar);
    assert.deepEqual([manifest.outcome, manifest.mended?.counts], ['converted', { replaced: 1 }]);
    assert.equal(manifest.cost.bytesRead, 4 * TWICE.length);
    assert.equal(store.results.get('team/web:1.2.tar/image.tar')?.length, manifest.result?.size);
  }
});

test('an upload for whose mending the time is too short is refused', async () => {
  const { store, deps, manifest } = service();
  let left = 900_000;
  const opened = deps.uploads.source.bind(deps.uploads);
  let times = 0;
  const source: typeof opened = (identity) => {
    if (++times > 1) left = 1000;
    return opened(identity);
  };
  const uploads = Object.assign(Object.create(deps.uploads) as typeof deps.uploads, { source });
  await inspectUpload(store.upload('a.tar', TWICE, { mend: 'true' }), { ...deps, uploads, timeLeft: () => left });
  assert.deepEqual([manifest('a.tar').outcome, manifest('a.tar').findings[0]?.code], ['refused', 'no-time']);
});

test('without a name option the key gives the name, and the manifest says so', async () => {
  const { manifest } = await run(tar);
  assert.deepEqual(
    [manifest.result?.images[0]?.names, manifest.result?.nameDerived],
    [['docker.io/team/web:1.2'], true],
  );
  assert.ok(manifest.findings.some((each) => each.code === 'name-derived'));
});

test('each option in the sidecar replaces the same option in metadata', async () => {
  const { manifest } = await run(tar, { name: 'meta:1', message: 'from metadata' }, 'a.tar', {
    name: ['side:1', 'side:2'],
  });
  assert.deepEqual(manifest.result?.images[0]?.names, ['docker.io/library/side:1', 'docker.io/library/side:2']);
  assert.equal(manifest.result?.images[0]?.history[0]?.['comment'], 'from metadata');
});

test('the image has the same bytes whenever it is made, and others when other options are given', async () => {
  const image = async (metadata: Record<string, string>) => {
    const { store } = await run(tar, metadata);
    return sha256(store.results.get('team/web:1.2.tar/image.tar') ?? new Uint8Array());
  };
  assert.equal(await image({ name: 'a:1' }), await image({ name: 'a:1' }));
  assert.notEqual(await image({ name: 'a:1' }), await image({ name: 'a:2' }));
});

test('a gzip upload is kept as the layer, byte for byte; the diffID is the digest of its content', async () => {
  const gz = gzipSync(tar);
  const { store, manifest } = await run(gz, { name: 'a:1' });
  const [layer] = manifest.result?.images[0]?.layers ?? [];
  assert.deepEqual(
    [layer?.mediaType, layer?.digest, layer?.diffID, layer?.size],
    ['application/vnd.oci.image.layer.v1.tar+gzip', sha256(gz), sha256(tar), gz.length],
  );
  assert.ok(Buffer.from(store.results.get('team/web:1.2.tar/image.tar') ?? '').includes(gz));
});

test('a gzip upload with bytes after its end is expanded to a plain layer, as not every client would accept it', async () => {
  const { store, manifest } = await run(Buffer.concat([gzipSync(tar), Buffer.from('junk')]), { name: 'a:1' });
  const [layer] = manifest.result?.images[0]?.layers ?? [];
  assert.deepEqual([layer?.mediaType, layer?.digest], ['application/vnd.oci.image.layer.v1.tar', sha256(tar)]);
  assert.ok(Buffer.from(store.results.get('team/web:1.2.tar/image.tar') ?? '').includes(tar));
  assert.ok(manifest.findings.some((each) => each.code === 'compressed-trailing-bytes'));
});

test('with `compress` any upload that is not gzip becomes a gzip layer, the same one for the same content', async () => {
  const uploads = [tar, zstdCompressSync(tar), zipOf([{ name: 'a.tar', body: tar }])];
  const images = new Set<string>();
  for (const bytes of uploads) {
    const { store, manifest } = await run(bytes, { name: 'a:1', compress: 'gzip' });
    const [layer] = manifest.result?.images[0]?.layers ?? [];
    assert.deepEqual([layer?.mediaType, layer?.diffID], ['application/vnd.oci.image.layer.v1.tar+gzip', sha256(tar)]);
    const image = Buffer.from(store.results.get('team/web:1.2.tar/image.tar') ?? '');
    const at = image.indexOf(`blobs/sha256/${layer?.digest.slice(7)}`, image.lastIndexOf('blobs/')) + 512;
    const blob = image.subarray(at, at + (layer?.size ?? 0));
    assert.equal(sha256(blob), layer?.digest);
    assert.ok(gunzipSync(blob).equals(tar));
    assert.equal(crc32(image).toString(16).padStart(8, '0'), manifest.result?.crc32);
    assert.equal(manifest.cost.bytesRead, 2 * bytes.length);
    images.add(sha256(image));
  }
  assert.equal(images.size, 1);
});

test('with `compress` a gzip upload is not compressed again: it becomes the layer, or a finding says why not', async () => {
  const gz = gzipSync(tar);
  const clean = await run(gz, { name: 'a:1', compress: 'gzip' });
  assert.equal(clean.manifest.result?.images[0]?.layers[0]?.digest, sha256(gz));
  const { manifest } = await run(Buffer.concat([gz, Buffer.alloc(9)]), { name: 'a:1', compress: 'gzip' });
  assert.equal(manifest.result?.images[0]?.layers[0]?.digest, sha256(tar));
  assert.ok(manifest.findings.some((each) => each.code === 'layer-expanded'));
  assert.ok(clean.manifest.findings.every((each) => each.code !== 'layer-expanded'));
});

test('an export that is the only file in another archive becomes the layer, wherever it is, compressed or not', async () => {
  const around = archive([
    { name: 'backup/', type: '5' },
    { name: 'backup/web.tar', body: tar },
  ]);
  const image = async (bytes: Uint8Array, options: Record<string, string>) => {
    const { store, manifest } = await run(bytes, { name: 'a:1', ...options });
    assert.equal(manifest.archive.kind, 'rootfs/docker-export');
    assert.match(manifest.archive.evidence[0] ?? '', /`backup\/web\.tar`/);
    const inside = manifest.findings.find((each) => each.code === 'archive-inside');
    assert.deepEqual([inside?.mended, inside?.member], [true, 'backup/web.tar']);
    return sha256(store.results.get('team/web:1.2.tar/image.tar') ?? new Uint8Array());
  };
  for (const options of [{}, { compress: 'gzip' }]) {
    const { store } = await run(tar, { name: 'a:1', ...options });
    const wanted = sha256(store.results.get('team/web:1.2.tar/image.tar') ?? new Uint8Array());
    for (const bytes of [around, gzipSync(around), zstdCompressSync(around)]) {
      assert.equal(await image(bytes, options), wanted);
    }
  }
});

test('an upload that cannot be converted gets only a manifest, which says why', async () => {
  const twice: Entry = { name: 'etc/hosts' };
  const cases: [Uint8Array, ArchiveManifest['outcome'], string][] = [
    [Buffer.alloc(0), 'refused', 'empty-upload'],
    [Buffer.from('only text'), 'refused', 'not-a-tar'],
    [tar.subarray(0, 5000), 'refused', 'truncated'],
    [gzipSync(tar).subarray(0, 300), 'refused', 'gzip-truncated'],
    [gzipSync(gzipSync(gzipSync(tar))), 'refused', 'compressed-twice'],
    [archive([...exportEntries(), twice]), 'refused', 'duplicate-path'],
    [archive([{ name: 'README', body: 'x' }]), 'recognised', 'plain-archive'],
  ];
  for (const [bytes, outcome, code] of cases) {
    const { store, manifest } = await run(bytes, { name: 'a:1' });
    assert.equal(manifest.outcome, outcome, code);
    assert.ok(
      manifest.findings.some((each) => each.code === code),
      code,
    );
    assert.deepEqual([manifest.result, manifest.load, store.written.length], [null, [], 1]);
  }
});

test('an archive of plain files becomes an image when the user says that it is a root file system', async () => {
  const { manifest } = await run(archive([{ name: 'README', body: 'x' }]), { name: 'a:1', rootfs: 'true' });
  assert.equal(manifest.outcome, 'converted');
  assert.ok(manifest.findings.every((each) => each.code !== 'plain-archive'));
  assert.ok(manifest.findings.some((each) => each.code === 'platform-assumed'));
});

test('an option that cannot be understood is refused in its own words, and the archive is still described', async () => {
  const { store, manifest } = await run(tar, { name: 'Not A Name' });
  assert.equal(manifest.outcome, 'refused');
  assert.equal(manifest.archive.kind, 'rootfs/docker-export');
  const finding = manifest.findings.find((each) => each.code === 'option-invalid');
  assert.match(finding?.message ?? '', /Not A Name/);
  assert.match(finding?.zh.message ?? '', /^不能使用镜像名称 "Not A Name"/);
  assert.deepEqual([manifest.summary, manifest.zh.summary], [finding?.message, finding?.zh.message]);
  assert.match(manifest.zh.evidence.join(), /每个容器的成员/);
  assert.deepEqual(store.written, ['team/web:1.2.tar/manifest.json']);
});

test('an upload that is removed or replaced between the functions is acknowledged, and nothing is written for it', async () => {
  const { store, deps } = service();
  const notice = store.upload('a.tar', tar);
  const outcome = await inspectUpload(notice, deps);
  store.upload('a.tar', 'something else');
  assert.equal(outcome.kind, 'handed-on');
  assert.deepEqual(await convertUpload('a.tar/inspection.json', deps), { kind: 'gone', key: 'a.tar/inspection.json' });
  store.uploads.clear();
  assert.deepEqual(await inspectUpload(notice, deps), { kind: 'gone', key: 'a.tar' });
  assert.deepEqual(store.written, ['a.tar/inspection.json']);
});

test('the manifest counts the bytes read and sent, and the time of both functions', async () => {
  const { manifest } = await run(tar, { name: 'a:1' });
  assert.deepEqual(manifest.cost, { bytesRead: tar.length, bytesSent: manifest.result?.size, seconds: 1 });
});

test('an archive that is mostly zeros is not taken for an attack, however small zstd makes it', async () => {
  const hollow = archive([...exportEntries(), { name: 'etc/disk', body: Buffer.alloc(64 * 2 ** 20) }]);
  const small = zstdCompressSync(hollow);
  assert.ok(hollow.length / small.length > 1100);
  const { manifest } = await run(small, { name: 'a:1' });
  assert.equal(manifest.outcome, 'converted', manifest.summary);
});

test('operators can choose the names of images that nobody named', async () => {
  const nameOf = async (metadata: Record<string, string>, key: string) => {
    const { store, deps, manifest } = service();
    const policy = { nameTemplate: 'ghcr.io/team/{name}:{tag}-export' };
    const outcome = await inspectUpload(store.upload(key, tar, metadata), { ...deps, policy });
    if (outcome.kind === 'handed-on') await convertUpload(outcome.inspectionKey, deps);
    return manifest(key).result?.images[0]?.names;
  };
  assert.deepEqual(await nameOf({}, 'web:1.2.tar'), ['ghcr.io/team/web:1.2-export']);
  assert.deepEqual(await nameOf({}, 'shop/web.tar'), ['ghcr.io/team/shop/web:latest-export']);
  assert.deepEqual(await nameOf({ name: 'mine' }, 'web.tar'), ['docker.io/library/mine:latest']);
});

test('an upload beyond the limit of the operators is refused by its size, and never read whole', async () => {
  const image = Buffer.concat([tar, Buffer.alloc(2 ** 20)]);
  const refusal = async (maxUploadBytes: number) => {
    const { store, deps, manifest } = service();
    await inspectUpload(store.upload('large.tar', image), { ...deps, policy: { maxUploadBytes } });
    return store.results.has('large.tar/manifest.json') ? manifest('large.tar') : null;
  };
  assert.equal(await refusal(image.length), null);
  const refused = await refusal(image.length - 1);
  assert.deepEqual(
    refused?.findings.filter((each) => each.severity === 'error').map((each) => each.code),
    ['limit-exceeded'],
  );
  assert.ok((refused?.cost.bytesRead ?? Infinity) < image.length);
});

test('options beyond a bound give a refusal, not a failure that is tried again', async () => {
  const { store, deps, manifest } = service();
  store.upload('a.tar.lading.json', ' '.repeat(LIMITS.sidecarBytes + 1));
  const outcome = await inspectUpload(store.upload('a.tar', tar), deps);
  assert.equal(outcome.kind, 'refused');
  const finding = manifest('a.tar').findings.find((each) => each.severity === 'error');
  assert.equal(finding?.code, 'limit-exceeded');
  assert.match(finding.message, /options file.* 524,288/);
});
