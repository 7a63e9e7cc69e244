import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { convert } from '../../core/convert/convert.ts';
import { stream } from '../../core/convert/execute.ts';
import { manifestOf } from '../../core/manifest/manifest.ts';
import type { Digest } from '../../core/model/digest.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import { parseOptions } from '../../core/options/options.ts';
import { NO_OPTIONS, type RawOptions } from '../../core/options/table.ts';
import { collect } from '../support/bytes.ts';
import { dockerArchive } from '../support/image-builder.ts';
import { type EntrySpec, type Flavour, indexArchive, type PlatformSpec } from '../support/index-builder.ts';
import { inspectBytes } from '../support/inspect.ts';
import { assertManifest } from '../support/manifest-schema.ts';
import { sourceOf } from '../support/memory-store.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { plainTools, sha256 } from '../support/tools.ts';

const base = archive([{ name: 'shared', body: 'x'.repeat(3000) }]);
const layerFor = (word: string): Buffer => archive([{ name: 'arch', body: word }]);
const on = (architecture: string, more: Partial<PlatformSpec> = {}): PlatformSpec => ({
  architecture,
  layers: [base, layerFor(`${architecture}${more.variant ?? ''}`)],
  config: { Cmd: ['cat', '/arch'] },
  ...more,
});

const NAME = 'docker.io/library/mp:1';
const both: EntrySpec = { names: [NAME], platforms: [on('arm64'), on('amd64')] };

interface Descriptor {
  mediaType: string;
  digest: Digest;
  size: number;
  platform?: Record<string, unknown>;
  annotations?: Record<string, string>;
}

async function converted(bytes: Uint8Array, options: Partial<RawOptions> = {}, always = true) {
  const inspection = await inspectBytes(bytes, 777);
  const request = parseOptions({ ...NO_OPTIONS, ...options }, 'upload.tar');
  assert.ok(request.ok);
  const made = await convert(inspection, request.value, plainTools, { always });
  return { inspection, made };
}

/** Converts the bytes, and reads the resulting archive. */
async function opened(bytes: Uint8Array, options: Partial<RawOptions> = {}) {
  const { inspection, made } = await converted(bytes, options);
  assert.ok(made.kind === 'converted', JSON.stringify(made.findings.filter((each) => each.severity === 'error')));
  const { plan, result } = made.conversion;
  assert.ok(plan.parts.every((part) => part.kind !== 'recoded'));
  const image = await collect(stream(plan, sourceOf(bytes), plainTools));
  const members = untar(image);
  const json = (path: string): unknown => JSON.parse(members.get(path)?.toString() ?? 'null');
  const blob = (digest: string): unknown => json(`blobs/sha256/${digest.slice(7)}`);
  const entries = (json('index.json') as { manifests: Descriptor[] }).manifests;
  const docker = json('manifest.json') as { Config: string; RepoTags: string[]; Layers: string[] }[];
  return { inspection, made, result, image, members, entries, docker, blob, repositories: json('repositories') };
}

function untar(image: Buffer): Map<string, Buffer> {
  const members = new Map<string, Buffer>();
  for (let at = 0; image[at] !== 0;) {
    const name = image.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = parseInt(image.toString('utf8', at + 124, at + 135), 8);
    assert.ok(!members.has(name), `${name} occurs twice`);
    members.set(name, image.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return members;
}

const codes = ({ findings }: Pick<Inspection, 'findings'>) => findings.map((each) => each.code);

const flavours: Record<string, [Flavour, Partial<EntrySpec>]> = {
  'buildx, oci': [{}, {}],
  'buildx, oci, attested': [{ attested: true }, {}],
  'docker save': [{ docker: true, attested: true }, {}],
  'docker save, types of Docker': [{ docker: true, dockerTypes: true }, {}],
  'one entry for each platform': [{}, { flat: true }],
};

for (const [title, [flavour, how]] of Object.entries(flavours)) {
  test(`${title}: the result has one entry, which leads to an index of its platforms`, async () => {
    const { inspection, entries, docker, blob, repositories, members, result, made } = await opened(
      indexArchive([{ ...both, ...how }], flavour),
    );
    assert.ok(codes(inspection).includes('several-platforms') && !codes(inspection).includes('several-images'));
    assert.equal(entries.length, 1);
    const [entry = assert.fail()] = entries;
    assert.equal(entry.mediaType, 'application/vnd.oci.image.index.v1+json');
    assert.deepEqual(entry.annotations, {
      'io.containerd.image.name': NAME,
      'org.opencontainers.image.ref.name': '1',
    });
    const nested = (blob(entry.digest) as { manifests: Descriptor[] }).manifests;
    const order = nested.map((each) => String(each.platform?.['architecture']));
    assert.deepEqual(new Set(order), new Set(['amd64', 'arm64']));
    for (const { digest, size, platform } of nested) {
      const bytes = members.get(`blobs/sha256/${digest.slice(7)}`) ?? assert.fail();
      assert.deepEqual([sha256(bytes), bytes.length], [digest, size]);
      const { config, layers } = blob(digest) as { config: Descriptor; layers: Descriptor[] };
      assert.equal((blob(config.digest) as { architecture: string }).architecture, platform?.['architecture']);
      assert.deepEqual(
        layers.map((layer) => layer.digest),
        [base, layerFor(String(platform?.['architecture']))].map(sha256),
      );
      for (const layer of layers) assert.ok(members.has(`blobs/sha256/${layer.digest.slice(7)}`));
    }
    // linux/amd64, although it is not the first platform
    assert.equal(docker.length, 1);
    assert.deepEqual(docker[0]?.RepoTags, [NAME]);
    assert.equal(docker[0]?.Layers[1], `blobs/sha256/${sha256(layerFor('amd64')).slice(7)}`);
    assert.deepEqual(repositories, { mp: { 1: sha256(layerFor('amd64')).slice(7) } });
    assert.deepEqual(result.indexes, [
      {
        names: [NAME],
        digest: entry.digest,
        platforms: order.map((architecture) => `linux/${architecture}`),
        chosen: 'linux/amd64',
      },
    ]);
    const chosen = made.findings.find((each) => each.code === 'platform-chosen') ?? assert.fail();
    assert.match(chosen.message, /get linux\/amd64/);
    assert.match(chosen.zh.message, /linux\/amd64/);
  });
}

test('the result is recognised as one image for several platforms, and a second conversion does not change a byte', async () => {
  const first = await opened(indexArchive([both], { docker: true, attested: true }));
  const again = await opened(first.image);
  assert.deepEqual(again.image, first.image);
  assert.deepEqual(codes(again.inspection), ['image-archive', 'several-platforms']);
});

test('with the option platform the result is an archive of one image', async () => {
  for (const architecture of ['amd64', 'arm64']) {
    const bytes = indexArchive([both], { docker: true, attested: true });
    const { entries, docker, result, made, image } = await opened(bytes, { platform: `linux/${architecture}` });
    assert.equal(entries[0]?.mediaType, 'application/vnd.oci.image.manifest.v1+json');
    assert.deepEqual([entries.length, docker.length, result.indexes], [1, 1, undefined]);
    assert.ok(!codes(made).includes('platform-chosen'));
    const alone = await opened(indexArchive([{ names: [NAME], platforms: [on(architecture)] }]));
    assert.deepEqual(image, alone.image);
  }
});

test('a platform that is missing is refused, and the platforms that exist are named', async () => {
  const { made } = await converted(indexArchive([both]), { platform: 'linux/s390x' });
  assert.equal(made.kind, 'not-converted');
  const refusal = made.findings.find((each) => each.code === 'platform-not-found');
  assert.match(refusal?.message ?? '', /linux\/s390x.*linux\/arm64.*linux\/amd64/);
});

test('the option platform is a request to convert, even for an archive that would be left alone', async () => {
  const { image } = await opened(indexArchive([both]));
  assert.equal((await converted(image, {}, false)).made.kind, 'not-converted');
  assert.equal((await converted(image, { platform: 'linux/arm64' }, false)).made.kind, 'converted');
});

test('one name applies to all platforms, whether it is asked for or comes from the upload', async () => {
  for (const [bytes, options, name] of [
    [indexArchive([both], { docker: true }), { name: ['ghcr.io/team/app:2'] }, 'ghcr.io/team/app:2'],
    [indexArchive([both], { docker: true }), { name: ['a:1'], image: 'mp:1' }, 'docker.io/library/a:1'],
    [indexArchive([{ platforms: both.platforms }]), {}, 'docker.io/library/upload:latest'],
    [indexArchive([{ platforms: both.platforms, flat: true }]), {}, 'docker.io/library/upload:latest'],
    [indexArchive([{ platforms: both.platforms, tags: ['7'] }]), {}, 'docker.io/library/upload:7'],
  ] as const) {
    const { entries, docker, result } = await opened(bytes, {
      ...options,
      name: [...('name' in options ? options.name : [])],
    });
    assert.deepEqual([entries.length, entries[0]?.annotations?.['io.containerd.image.name']], [1, name]);
    assert.deepEqual(docker[0]?.RepoTags, [name]);
    assert.equal(result.indexes?.length, 1);
  }
});

test('an image is chosen by any spelling of its name; by its number only one platform is chosen', async () => {
  const bytes = indexArchive([both, { names: ['docker.io/library/other:1'], platforms: [on('amd64')] }], {
    docker: true,
  });
  for (const image of ['mp:1', NAME, 'library/mp:1', 'index.docker.io/library/mp:1']) {
    const { entries, result } = await opened(bytes, { image });
    assert.deepEqual([entries.length, result.indexes?.[0]?.platforms.length], [1, 2], image);
  }
  const { entries, result, inspection } = await opened(bytes, { image: '1' });
  assert.deepEqual([entries.length, result.indexes], [1, undefined]);
  assert.equal(inspection.findings.find((each) => each.code === 'several-images')?.message.includes('2 images'), true);
});

test('several images for several platforms stay separate, and share their blobs', async () => {
  const other: EntrySpec = {
    names: ['docker.io/library/other:2'],
    platforms: [on('amd64', { config: {} }), on('s390x')],
  };
  const { entries, docker, result, inspection } = await opened(indexArchive([both, other], { docker: true }));
  assert.deepEqual(
    entries.map((entry) => [entry.mediaType.includes('index'), entry.annotations?.['io.containerd.image.name']]),
    [
      [true, NAME],
      [true, 'docker.io/library/other:2'],
    ],
  );
  assert.deepEqual(new Set(docker.flatMap((item) => item.RepoTags)), new Set([NAME, 'docker.io/library/other:2']));
  assert.equal(docker.length, 2);
  assert.equal(result.indexes?.length, 2);
  const messages = inspection.findings.filter((each) => each.code === 'several-platforms').map((each) => each.message);
  assert.equal(messages.length, 2);
  assert.match(messages.join(), /mp:1.*other:2/);
  const refused = await converted(indexArchive([both, other]), { name: ['x:1'] });
  assert.ok(codes(refused.made).includes('image-not-chosen'));
});

test('an image that also has a name of its own has that name in both documents', async () => {
  const alone: EntrySpec = { names: ['docker.io/library/only-amd64:1'], platforms: [on('amd64')], flat: true };
  const { entries, docker } = await opened(indexArchive([both, alone]));
  assert.deepEqual(
    entries.map((entry) => [entry.mediaType.includes('index'), entry.annotations?.['io.containerd.image.name']]),
    [
      [true, NAME],
      [false, 'docker.io/library/only-amd64:1'],
    ],
  );
  assert.deepEqual(
    docker.map((item) => item.RepoTags),
    [[NAME, 'docker.io/library/only-amd64:1']],
  );
});

test('a name that only manifest.json gives becomes the name of all platforms', async () => {
  const bytes = indexArchive([both], { docker: true });
  for (const [written, names] of [
    ['"other":"renamed"', ['x:1']],
    ['"io.containerd.image.name":"docker.io/library/mp:1"', ['x:1']],
  ] as const) {
    const members = [...untar(bytes)].map(([name, body]) => ({
      name,
      body:
        name === 'manifest.json'
          ? body.toString().replace('"mp:1"', '"x:1"')
          : name === 'index.json'
            ? body.toString().replace(written, '"other":"note"')
            : body,
    }));
    const { result, docker } = await opened(archive(members));
    assert.deepEqual(
      [result.indexes?.[0]?.names, docker[0]?.RepoTags],
      [['docker.io/library/x:1'], ['docker.io/library/x:1']],
      names[0],
    );
  }
});

test('two names of one index become two entries for it', async () => {
  const names = [NAME, 'docker.io/library/mp:2'];
  const { entries, docker, result } = await opened(indexArchive([{ ...both, names }], { docker: true }));
  assert.deepEqual(new Set(entries.map((entry) => entry.digest)).size, 1);
  assert.deepEqual([entries.length, docker[0]?.RepoTags, result.indexes?.length], [2, names, 1]);
});

test('when two images have one name and the same platform, the last one keeps it, and a finding says so', async () => {
  const [one, two] = [on('amd64', { config: { Cmd: ['one'] } }), on('amd64', { config: { Cmd: ['two'] } })];
  const spec = (image: PlatformSpec) => ({ ...image, names: ['x:1'] });
  for (const bytes of [
    dockerArchive([spec(one), spec(two)]),
    indexArchive([{ names: ['docker.io/library/x:1'], platforms: [one, two], flat: true }]),
    indexArchive([
      { ...both, names: ['x:1'] },
      { names: ['docker.io/library/x:1'], platforms: [two], flat: true },
    ]),
  ]) {
    const { inspection, result, entries } = await opened(bytes);
    assert.match(inspection.findings.find((each) => each.code === 'name-repeated')?.message ?? '', /x:1/);
    const named = result.images.filter((image) => image.names.length > 0);
    assert.deepEqual(
      named.map((image) => image.config.Cmd),
      [['two']],
    );
    const withName = entries.filter((entry) => entry.annotations !== undefined);
    assert.equal(withName.length, 1);
  }
});

test('images of a docker archive with one name for two platforms become one image', async () => {
  const spec = (architecture: string) => ({ ...on(architecture), names: ['x:1'], more: { architecture } });
  const { entries, docker, blob } = await opened(dockerArchive([spec('s390x'), spec('ppc64le')]));
  const nested = (blob(entries[0]?.digest ?? '') as { manifests: Descriptor[] }).manifests;
  assert.deepEqual(
    nested.map((each) => each.platform),
    [
      { architecture: 's390x', os: 'linux' },
      { architecture: 'ppc64le', os: 'linux' },
    ],
  );
  assert.deepEqual([entries.length, docker.length], [1, 1]);
  assert.match(docker[0]?.Layers[1] ?? '', new RegExp(sha256(layerFor('s390x')).slice(7)), 'no amd64: the first');
});

test('every field of a platform is kept, and distinguishes images', async () => {
  const windows = (version: string): PlatformSpec => ({
    ...on('amd64', { os: 'windows', layers: [base, layerFor(version)] }),
    described: { architecture: 'amd64', os: 'windows', 'os.version': version, 'os.features': ['win32k'] },
  });
  const arm = (variant: string) =>
    on('arm', { variant, more: { variant: undefined }, described: { architecture: 'arm', os: 'linux', variant } });
  const platforms = [windows('10.0.17763.1'), windows('10.0.20348.2'), arm('v6'), arm('v7')];
  const { entries, blob, inspection } = await opened(indexArchive([{ names: [NAME], platforms }]));
  const nested = (blob(entries[0]?.digest ?? '') as { manifests: Descriptor[] }).manifests;
  assert.deepEqual(
    nested.map((each) => each.platform),
    platforms.map((each) => each.described),
  );
  const { message = '' } = inspection.findings.find((each) => each.code === 'several-platforms') ?? {};
  assert.match(
    message,
    /windows\/amd64 10\.0\.17763\.1, windows\/amd64 10\.0\.20348\.2, linux\/arm\/v6, linux\/arm\/v7/,
  );
  const { docker } = await opened(indexArchive([{ names: [NAME], platforms }]), { platform: 'linux/arm/v6' });
  assert.match(docker[0]?.Layers[1] ?? '', new RegExp(sha256(layerFor('armv6')).slice(7)));
});

test('executables that contradict the config do not make a second image of the same platform', async () => {
  const elf = Buffer.concat([
    Buffer.from('7f454c4602010100', 'hex'),
    Buffer.alloc(8),
    Buffer.from('02003e00', 'hex'),
    Buffer.alloc(200),
  ]);
  const wrong = archive([{ name: 'bin/sh', body: elf, mode: 0o755 }]);
  const platforms = [on('amd64', { layers: [wrong] }), on('arm64', { layers: [wrong] })];
  const { result, inspection, made } = await opened(indexArchive([{ names: [NAME], platforms }]));
  assert.deepEqual(
    result.images.map((image) => image.platform.architecture),
    ['amd64', 'arm64'],
  );
  assert.ok(codes(inspection).includes('platform-foreign') && !codes(inspection).includes('platform-wrong'));
  assert.ok(made.findings.every((each) => each.code !== 'platform-foreign' || each.mended === undefined));
  // When the index is more precise than the config, the config is corrected.
  const known = on('amd64', {
    layers: [wrong],
    more: { architecture: 'arm64' },
    described: { architecture: 'amd64', os: 'linux' },
  });
  const corrected = await opened(indexArchive([{ names: [NAME], platforms: [known, on('s390x')] }]));
  assert.equal(corrected.result.images[0]?.platform.architecture, 'amd64');
  assert.ok(corrected.made.findings.some((each) => each.code === 'platform-wrong' && each.mended === true));
});

test('an image with missing blobs is reported, not left out silently', async () => {
  const bytes = indexArchive([both], { docker: true });
  const at = bytes.indexOf(layerFor('arm64'));
  const damaged = Buffer.from(bytes);
  damaged[at + 512] = 0x21;
  for (const options of [{}, { image: 'mp:1' }, { name: ['x:1'] }, { platform: 'linux/arm64' }]) {
    const { made } = await converted(damaged, options);
    assert.equal(made.kind, 'not-converted', JSON.stringify(options));
    assert.ok(codes(made).includes('blob-damaged'));
  }
  assert.equal((await opened(damaged, { platform: 'linux/amd64' })).entries.length, 1);
});

test('only the platforms whose blobs are in the archive are listed', async () => {
  const three = indexArchive([{ ...both, platforms: [...both.platforms, on('s390x')] }]);
  const members = [...untar(three)];
  const manifest = members.find(
    ([, body]) =>
      body.toString().includes(sha256(layerFor('s390x'))) && body.toString().includes('"config":{"mediaType'),
  );
  const two = archive(members.filter(([name]) => name !== manifest?.[0]).map(([name, body]) => ({ name, body })));
  const { inspection, entries, blob } = await opened(two);
  assert.ok(codes(inspection).includes('platform-absent'));
  assert.equal((blob(entries[0]?.digest ?? '') as { manifests: unknown[] }).manifests.length, 2);
});

test('one platform with its attestation counts as a single image', async () => {
  const [plain, attested] = [false, true].map((attestation) =>
    indexArchive([{ names: [NAME], platforms: [on('amd64')] }], { docker: true, attested: attestation }),
  );
  const [without, withOne] = [await opened(plain ?? assert.fail()), await opened(attested ?? assert.fail())];
  assert.deepEqual(withOne.image, without.image);
  assert.ok(codes(withOne.inspection).includes('attestations'));
});

test('the summary names the image once, with all its platforms', async () => {
  const bytes = indexArchive([both]);
  const { inspection, made } = await converted(bytes);
  const source = { bucket: null, key: 'x.tar', versionId: null, etag: null, sequencer: null, size: null, digest: null };
  const cost = { bytesRead: 0, bytesSent: 0, seconds: 0 };
  const manifest = manifestOf({
    source,
    inspection,
    converted: made,
    result: { key: 'y', uri: 'y' },
    cost,
    version: '0',
  });
  assertManifest(JSON.parse(JSON.stringify(manifest)));
  assert.match(manifest.summary, /became the image docker\.io\/library\/mp:1 for linux\/arm64 and linux\/amd64\.$/);
  assert.match(manifest.zh.summary, /mp:1（linux\/arm64、linux\/amd64）/);
});

test('the summary of an inspection says whether there is something to convert', async () => {
  const source = { bucket: null, key: 'x.tar', versionId: null, etag: null, sequencer: null, size: null, digest: null };
  const cost = { bytesRead: 0, bytesSent: 0, seconds: 0 };
  const summaryOf = async (bytes: Uint8Array) => {
    const inspection = await inspectBytes(bytes);
    return manifestOf({ source, inspection, converted: null, result: null, cost, version: '0' }).summary;
  };
  assert.match(await summaryOf(archive(exportEntries())), /; it can be converted into an image\.$/);
  assert.match(await summaryOf(indexArchive([both])), /; a conversion puts right what clients do not take\.$/);
  assert.match(await summaryOf((await opened(indexArchive([both]))).image), /; there is nothing to convert\.$/);
});

test('gzip around the archive and around its layers does not change the result', async () => {
  const packed = [on('amd64'), on('arm64')].map((each) => ({
    ...each,
    layers: each.layers.map((layer) => gzipSync(layer)),
  }));
  const { entries, result } = await opened(indexArchive([{ names: [NAME], platforms: packed }]));
  assert.deepEqual([entries.length, result.indexes?.length], [1, 1]);
  const { made } = await converted(gzipSync(indexArchive([both])));
  assert.ok(made.kind === 'converted' && made.conversion.result.indexes?.length === 1);
  assert.ok(gunzipSync(packed[0]?.layers[0] ?? Buffer.alloc(0)).equals(base));
});
