import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, gzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { convert } from '../../../core/convert/convert.ts';
import { stream } from '../../../core/convert/execute.ts';
import { foreseenOffset } from '../../../core/convert/layer-offset.ts';
import { manifestOf } from '../../../core/manifest/manifest.ts';
import type { ConversionRequest } from '../../../core/model/conversion-request.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS, type RawOptions } from '../../../core/options/table.ts';
import { collect } from '../../support/bytes.ts';
import { dockerArchive, type ImageSpec } from '../../support/image-builder.ts';
import { indexArchive } from '../../support/index-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { assertManifest } from '../../support/manifest-schema.ts';
import { sourceOf } from '../../support/memory-store.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

function request(options: Partial<RawOptions>): ConversionRequest {
  const parsed = parseOptions({ ...NO_OPTIONS, layout: 'docker', ...options }, 'upload.tar');
  assert.ok(parsed.ok);
  return parsed.value;
}

async function converted(bytes: Uint8Array, options: Partial<RawOptions> = {}) {
  const inspection = await inspectBytes(bytes, 777);
  const made = await convert(inspection, request(options), plainTools);
  assert.ok(made.kind === 'converted', JSON.stringify(made.findings));
  const image = await collect(stream(made.conversion.plan, sourceOf(bytes), plainTools));
  return { inspection, made, image, members: await membersOf(image), ...made.conversion };
}

interface Member {
  name: string;
  type: string | null | undefined;
  text: string;
}

async function membersOf(image: Uint8Array): Promise<Member[]> {
  const reader = extract();
  reader.end(image);
  const members: Member[] = [];
  for await (const entry of reader) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
    members.push({ name: entry.header.name, type: entry.header.type, text: Buffer.concat(chunks).toString('latin1') });
  }
  return members;
}

const textOf = (members: Member[], name: string): string => members.find((each) => each.name === name)?.text ?? '';
const jsonOf = (members: Member[], name: string): unknown => JSON.parse(textOf(members, name));
const hexOf = (bytes: Uint8Array): string => sha256(bytes).slice(7);

const root = archive(exportEntries());
const [lower, upper] = [archive([{ name: 'a', body: 'lower' }]), archive([{ name: 'a', body: 'upper' }])];
const image = (name: string, layers: Uint8Array[], config: object = {}): ImageSpec => ({
  names: [name],
  layers,
  config,
});

for (const [title, upload] of [
  ['plain', root],
  ['gzip', gzipSync(root)],
] as const) {
  test(`a container archive, ${title}, becomes the members of docker save before version 25, its layer plain and last`, async () => {
    const made = await converted(upload, { name: ['web:1', 'ghcr.io/team/web:2'], change: ['CMD ["sh"]'] });
    const id = hexOf(root);
    const config = made.result.images[0]?.imageId.slice(7);
    assert.deepEqual(
      made.members.map(({ name, type }) => `${type} ${name}`),
      [
        `directory ${id}/`,
        `file ${id}/VERSION`,
        `file ${id}/json`,
        `file ${config}.json`,
        'file manifest.json',
        'file repositories',
        `file ${id}/layer.tar`,
      ],
    );
    assert.equal(textOf(made.members, `${id}/VERSION`), '1.0');
    assert.equal(textOf(made.members, `${id}/layer.tar`), root.toString('latin1'));
    assert.deepEqual(jsonOf(made.members, 'manifest.json'), [
      { Config: `${config}.json`, RepoTags: ['web:1', 'ghcr.io/team/web:2'], Layers: [`${id}/layer.tar`] },
    ]);
    assert.deepEqual(jsonOf(made.members, 'repositories'), { web: { 1: id }, 'ghcr.io/team/web': { 2: id } });
    assert.partialDeepStrictEqual(jsonOf(made.members, `${id}/json`), { id, os: 'linux', config: { Cmd: ['sh'] } });
    assert.equal(made.result.crc32, crc32(made.image).toString(16).padStart(8, '0'));
    assert.equal((await inspectBytes(made.image)).kind, 'image/docker');
  });
}

test('a plain and a gzip upload of the same archive give the same bytes', async () => {
  const [plain, gzip] = [await converted(root), await converted(gzipSync(root))];
  assert.deepEqual(gzip.image, plain.image);
});

test('the archive manifest has no digest of an OCI manifest, and says for whom the image archive is', async () => {
  const { inspection, made, image: bytes } = await converted(root);
  const source = { bucket: null, key: 'upload.tar', versionId: null, etag: null, sequencer: null };
  const manifest = manifestOf({
    source: { ...source, size: bytes.length, digest: null },
    inspection,
    converted: made,
    result: { key: 'image.tar', uri: 'image.tar' },
    cost: { bytesRead: 1, bytesSent: 1, seconds: 1 },
    version: '0.0.0',
  });
  assertManifest(manifest);
  assert.equal(manifest.result?.images[0]?.manifestDigest, null);
  assert.match(manifest.findings.find((each) => each.code === 'layout-docker')?.message ?? '', /RouterOS.*umoci/);
});

test('gzip layers of an image archive are expanded, and the config stays byte for byte', async () => {
  const upload = dockerArchive([image('web:1', [gzipSync(lower), upper], { Cmd: ['a'] })]);
  const made = await converted(upload);
  const again = await inspectBytes(made.image);
  assert.deepEqual(
    again.images[0]?.layers.map(({ path, compression }) => [path, compression]),
    [lower, upper].map((layer) => [`${hexOf(layer)}/layer.tar`, 'none']),
  );
  assert.equal(again.images[0]?.configDigest, made.inspection.images[0]?.configDigest);
  assert.deepEqual((await converted(made.image)).image, made.image, 'converted once more, it stays the same');
});

test('that a docker archive has no OCI layout is put right by the layout both only', async () => {
  const upload = dockerArchive([image('web:1', [lower])]);
  for (const layout of ['both', 'docker']) {
    const { made } = await converted(upload, { layout, name: ['app:1'] });
    const lack = made.findings.find((each) => each.code === 'docker-only') ?? assert.fail();
    assert.equal(lack.mended, layout === 'both' ? true : undefined);
  }
});

test('a layer that images share is written once, and the JSON of each layer names the one below it', async () => {
  const made = await converted(dockerArchive([image('a:1', [lower, upper]), image('b:1', [lower])]));
  const names = made.members.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.partialDeepStrictEqual(jsonOf(made.members, `${hexOf(upper)}/json`), { parent: hexOf(lower) });
  assert.deepEqual(jsonOf(made.members, 'repositories'), { a: { 1: hexOf(upper) }, b: { 1: hexOf(lower) } });
});

test('without manifest.json it is an archive from before Docker 1.10, with the same layers and the same command', async () => {
  const made = await converted(dockerArchive([image('web:1', [lower, upper], { Cmd: ['run'] })]));
  const old = archive(
    made.members
      .filter(({ name, type }) => type === 'file' && name !== 'manifest.json')
      .map(({ name, text }) => ({ name, body: Buffer.from(text, 'latin1') })),
  );
  const { kind, images } = await inspectBytes(old);
  assert.equal(kind, 'image/docker-v1');
  const [only] = images;
  assert.deepEqual([only?.names, only?.config], [['web:1'], { Cmd: ['run'] }]);
  assert.deepEqual(
    only?.layers.map(({ diffID, digest }) => diffID ?? digest),
    [lower, upper].map(sha256),
  );
});

test('of an image for several platforms one is written, and a warning names those left out', async () => {
  const platforms = [
    { architecture: 'arm64', layers: [upper] },
    { architecture: 'amd64', layers: [lower] },
  ];
  const upload = indexArchive([{ names: ['docker.io/library/mp:1'], platforms }], {});
  const made = await converted(upload);
  const paths = made.members.filter(({ name }) => name.endsWith('layer.tar')).map(({ name }) => name);
  assert.deepEqual(paths, [`${hexOf(lower)}/layer.tar`]);
  const warning = made.made.findings.find((each) => each.code === 'platforms-left-out') ?? assert.fail();
  assert.match(warning.message, /linux\/arm64, linux\/amd64.*for linux\/amd64 only/);
  assert.match(warning.zh.message, /只有 linux\/amd64/);
  const other = await converted(upload, { platform: 'linux/arm64' });
  assert.ok(other.members.some(({ name }) => name === `${hexOf(upper)}/layer.tar`));
});

test('the offset of the layer is foreseen, but not for gzip, which is not written as it comes', async () => {
  const { plan } = await converted(root, { name: ['web:1'] });
  const [before] = plan.parts;
  const asked = request({ name: ['web:1'] });
  assert.ok(before?.kind === 'bytes');
  assert.equal(await foreseenOffset(root, 'range', root.length, asked, plainTools), before.bytes.length);
  assert.equal(await foreseenOffset(gzipSync(root), 'range', root.length, asked, plainTools), null);
});

test('compress beside the layout docker, and a layout that does not exist, are refused in both languages', () => {
  for (const options of [{ layout: 'docker', compress: 'gzip' }, { layout: 'oci' }]) {
    const parsed = parseOptions({ ...NO_OPTIONS, ...options }, 'upload.tar');
    assert.ok(!parsed.ok);
    assert.match(parsed.problem.en, /layout/);
    assert.match(parsed.problem.zh, /布局/);
    assert.match(parsed.remedy.zh, /请/);
  }
});
