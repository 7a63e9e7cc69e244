import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, elf, type Entry, exportEntries } from '../../support/tar-builder.ts';
import { sha256 } from '../../support/tools.ts';

const layer = archive([{ name: 'hello', body: 'world' }]);
const layerDigest = sha256(layer);
const layerHex = layerDigest.slice(7);
const legacyId = 'a'.repeat(64);

const config = Buffer.from(
  JSON.stringify({
    architecture: 'arm64',
    os: 'linux',
    variant: 'v8',
    created: '2024-01-01T00:00:00Z',
    config: { Cmd: ['sh'] },
    rootfs: { type: 'layers', diff_ids: [layerDigest] },
    history: [{ created_by: 'ENV A=1', empty_layer: true }, { created_by: 'ADD x' }],
  }),
);
const configDigest = sha256(config);
const configHex = configDigest.slice(7);

/** The members of `docker save` before Docker 25. */
const saved = (tags: string[] | null = ['app:1']): Entry[] => [
  { name: `${legacyId}/`, type: '5' },
  { name: `${legacyId}/layer.tar`, body: layer },
  { name: `${configHex}.json`, body: config },
  {
    name: 'manifest.json',
    body: JSON.stringify([{ Config: `${configHex}.json`, RepoTags: tags, Layers: [`${legacyId}/layer.tar`] }]),
  },
  { name: 'repositories', body: '{}' },
];

const manifest = JSON.stringify({
  config: { digest: configDigest },
  layers: [{ digest: layerDigest, size: layer.length }],
});
const manifestDigest = sha256(Buffer.from(manifest));
const oci = (prefix = ''): Entry[] => [
  { name: `${prefix}blobs/sha256/${configHex}`, body: config },
  { name: `${prefix}blobs/sha256/${manifestDigest.slice(7)}`, body: manifest },
  { name: `${prefix}blobs/sha256/${layerHex}`, body: layer },
  {
    name: `${prefix}index.json`,
    body: JSON.stringify({
      manifests: [{ digest: manifestDigest, annotations: { 'org.opencontainers.image.ref.name': 'v1' } }],
    }),
  },
  { name: `${prefix}oci-layout`, body: '{"imageLayoutVersion":"1.0.0"}' },
];

const kindOf = async (entries: Entry[]) => (await inspectBytes(archive(entries))).kind;

test('a docker export is recognised by the members that Docker adds to every container', async () => {
  const { kind, rootfs, evidence } = await inspectBytes(archive(exportEntries()));
  assert.equal(kind, 'rootfs/docker-export');
  assert.match(evidence[0]?.en ?? '', /every container: \.dockerenv/);
  assert.match(evidence[0]?.zh ?? '', /每个容器的成员：\.dockerenv/);
  assert.deepEqual(rootfs, {
    distribution: { id: 'tiny', version: '1', name: 'Tiny 1' },
    platform: { os: 'linux', architecture: 'amd64' },
    elf: [{ platform: 'linux/amd64', files: 1 }],
    shells: ['/bin/sh'],
    capabilities: 0,
  });
});

test('a root file system is recognised without these members too, with or without `./`', async () => {
  const plain: Entry[] = [
    { name: './', type: '5' },
    { name: './bin/', type: '5' },
    { name: './etc/', type: '5' },
  ];
  assert.equal(await kindOf(plain), 'rootfs/generic');
  assert.equal(await kindOf(plain.map((each) => ({ ...each, name: `/${each.name.slice(2)}` }))), 'rootfs/generic');
});

test('docker save, before Docker 25: image, names, platform, config, history and layers are read', async () => {
  const found = await inspectBytes(archive(saved()));
  assert.equal(found.kind, 'image/docker');
  assert.deepEqual(
    found.findings.map((each) => [each.code, each.severity]),
    [
      ['image-archive', 'info'],
      ['docker-only', 'info'],
    ],
  );
  assert.match(found.findings[0]?.message ?? '', /an image, `app:1`/);
  assert.deepEqual(found.images, [
    {
      names: ['app:1'],
      tags: [],
      platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
      configDigest,
      manifestDigest: null,
      created: '2024-01-01T00:00:00Z',
      layers: [
        {
          path: `${legacyId}/layer.tar`,
          mediaType: null,
          compression: 'none',
          digest: layerDigest,
          diffID: layerDigest,
          size: layer.length,
          contentSize: layer.length,
          members: 1,
          createdBy: 'ADD x',
        },
      ],
      config: { Cmd: ['sh'] },
      history: [{ created_by: 'ENV A=1', empty_layer: true }, { created_by: 'ADD x' }],
    },
  ]);
});

test('manifest.json keys may be in any letter case, and names may be missing', async () => {
  const lower = saved(null).map((entry) =>
    entry.name === 'manifest.json'
      ? { ...entry, body: String(entry.body).replace('"Config"', '"config"').replace('"Layers"', '"layers"') }
      : entry,
  );
  const found = await inspectBytes(archive(lower));
  assert.deepEqual([found.kind, found.images[0]?.names], ['image/docker', []]);
});

test('an OCI layout is recognised with and without `./`, and so is a hybrid of both formats', async () => {
  const found = await inspectBytes(archive(oci('./')));
  assert.equal(found.kind, 'image/oci');
  assert.deepEqual([found.images[0]?.tags, found.images[0]?.manifestDigest], [['v1'], manifestDigest]);
  assert.equal(found.images[0]?.layers[0]?.digest, layerDigest);
  const hybrid = await inspectBytes(archive([...oci(), ...saved()]));
  assert.deepEqual([hybrid.kind, hybrid.images[0]?.manifestDigest], ['image/hybrid', manifestDigest]);
});

test('an archive from before Docker 1.10 is recognised', async () => {
  const legacy = [
    { name: `${legacyId}/json`, body: '{"architecture":"amd64","os":"linux"}' },
    { name: `${legacyId}/layer.tar`, body: layer },
    { name: 'repositories', body: `{"a":{"latest":"${legacyId}"}}` },
  ];
  assert.equal(await kindOf(legacy), 'image/docker-v1');
});

test('an image archive whose layer is missing is incomplete, and the blob is named', async () => {
  const found = await inspectBytes(archive(saved().filter((each) => !each.name.endsWith('layer.tar'))));
  assert.equal(found.kind, 'image/incomplete');
  const incomplete = found.findings.find((each) => each.code === 'image-incomplete');
  assert.match(incomplete?.message ?? '', new RegExp(`${legacyId}/layer.tar`));
});

test('an image archive that was imported and exported again is never taken for a root file system', async () => {
  assert.equal(await kindOf([...exportEntries(), ...saved()]), 'image/nested-in-export');
});

test('a root file system may hold a manifest.json, an empty index.json and an oci-layout of its own', async () => {
  const webApp: Entry = { name: 'manifest.json', body: '{"name":"web app"}' };
  assert.equal(await kindOf([...exportEntries(), webApp]), 'rootfs/docker-export');
  assert.equal(await kindOf([...exportEntries(), { ...webApp, body: '[]' }]), 'rootfs/docker-export');
  const empty = [
    { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', body: '{"manifests":[]}' },
  ];
  assert.equal(await kindOf([...exportEntries(), ...empty]), 'rootfs/docker-export');
});

test('two files manifest.json are reported, as clients read different ones', async () => {
  const found = await inspectBytes(archive([...saved(['one:1']), ...saved(['two:1']).slice(3, 4)]));
  assert.ok(found.findings.some((each) => each.code === 'manifest-twice' && each.member === 'manifest.json'));
});

test('a folder packed together with its name is recognised by its content', async () => {
  for (const folder of ['web', 'root', 'opt', 'home', 'srv', 'run']) {
    const rootfs = exportEntries().map((each) => ({ ...each, name: `${folder}/${each.name}` }));
    const [finding] = (await inspectBytes(archive([{ name: `${folder}/`, type: '5' }, ...rootfs]))).findings;
    assert.equal(finding?.code, 'wrapped', folder);
    assert.match(finding?.message ?? '', new RegExp(`the folder \`${folder}\`.*a root file system`));
  }
  const image = await inspectBytes(archive(oci('img/')));
  assert.deepEqual([image.kind, image.findings.some((each) => each.code === 'wrapped')], ['image/oci', true]);
});

test('any other archive is described by the names at its top level', async () => {
  const found = await inspectBytes(
    archive([
      { name: 'package/index.js', body: '1' },
      { name: 'README', body: 'x' },
    ]),
  );
  assert.equal(found.kind, 'plain');
  assert.match(found.findings.map((each) => each.message).join(), /its top level holds package, README/);
  const minimal = await inspectBytes(archive([{ name: 'app', body: elf(183) }]));
  assert.deepEqual([minimal.kind, minimal.rootfs?.platform?.architecture], ['rootfs/minimal', 'arm64']);
  assert.equal(await kindOf([]), 'empty');
});

test('the platform is that of most executables', async () => {
  const mixed = archive([
    ...exportEntries(),
    { name: 'bin/a', body: elf(183) },
    { name: 'bin/b', body: elf(183, { type: 3 }) },
  ]);
  const { rootfs } = await inspectBytes(mixed);
  assert.deepEqual(rootfs?.elf, [
    { platform: 'linux/arm64', files: 2 },
    { platform: 'linux/amd64', files: 1 },
  ]);
  const table: [Buffer, string][] = [
    [elf(3), '386'],
    [elf(40), 'arm'],
    [elf(22, { big: true }), 's390x'],
    [elf(21), 'ppc64le'],
    [elf(21, { big: true }), 'ppc64'],
    [elf(243), 'riscv64'],
    [elf(258), 'loong64'],
    [elf(8), 'mips64le'],
  ];
  for (const [body, expected] of table) {
    const { rootfs: facts } = await inspectBytes(archive([{ name: 'bin/x', body }, { name: 'etc/x' }]));
    assert.equal(facts?.platform?.architecture, expected);
  }
});

test('each kind of input that is not an archive gets its own sentence', async () => {
  const tar = archive(exportEntries());
  const cases: [Uint8Array, string, RegExp][] = [
    [Buffer.alloc(0), 'empty-upload', /0 bytes/],
    [Buffer.from('PK\x03\x04 and so on'), 'not-a-tar', /a zip file/],
    [Buffer.from('hello\nworld\n'), 'not-a-tar', /a text file \(it begins "hello"\)/],
    [Buffer.from('<!DOCTYPE html><title>Login</title>'), 'not-a-tar', /a web page/],
    [Buffer.from('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'), 'not-a-tar', /an XML document/],
    [Buffer.from('{"message":"denied"}'), 'not-a-tar', /a JSON document/],
    [Buffer.from('version https://git-lfs.github.com/spec/v1\n'), 'not-a-tar', /Git LFS pointer/],
    [Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('etc\0', 'utf16le')]), 'powershell-redirect', /PowerShell/],
    [gzipSync(gzipSync(gzipSync(tar))), 'compressed-twice', /gzip data inside gzip in gzip/],
    [gzipSync('only text '.repeat(200)), 'not-a-tar', /a text file .* inside gzip/],
    [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), 'compressed-truncated', /xz data ends too early/],
    [Buffer.from('BZh91AY'), 'compressed-truncated', /bzip2 data ends too early/],
    [Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'compressed-truncated', /zstd data ends too early/],
    [Buffer.from([0x50, 0x2a, 0x4d, 0x18]), 'compressed-truncated', /zstd data ends too early/],
    [Buffer.alloc(700, 0xd7), 'not-a-tar', /unknown format/],
  ];
  for (const [bytes, code, sentence] of cases) {
    const { findings, upload } = await inspectBytes(bytes, 300);
    assert.equal(findings.length, 1);
    assert.equal(findings[0]?.code, code);
    assert.match(findings[0]?.message ?? '', sentence);
    assert.notEqual(findings[0]?.remedy, '');
    assert.equal(upload, null);
  }
});
