import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { clientVerdicts } from '../../core/clients/verdicts.ts';
import { convert } from '../../core/convert/convert.ts';
import { stream } from '../../core/convert/execute.ts';
import type { Inspection } from '../../core/model/inspection.ts';
import { parseOptions } from '../../core/options/options.ts';
import { NO_OPTIONS, type RawOptions } from '../../core/options/table.ts';
import { collect } from '../support/bytes.ts';
import { dockerArchive, type ImageSpec, legacyArchive, ociArchive } from '../support/image-builder.ts';
import { inspectBytes } from '../support/inspect.ts';
import { sourceOf } from '../support/memory-store.ts';
import { archive, exportEntries } from '../support/tar-builder.ts';
import { plainTools, sha256 } from '../support/tools.ts';

const base = archive([{ name: 'bin/sh', body: 'shell' }]);
const top = archive([{ name: 'app', body: 'x'.repeat(2000) }, { name: 'bin/.wh.sh' }]);
const web: ImageSpec = { names: ['web:1'], layers: [base, top], config: { Cmd: ['sh'] } };
const db: ImageSpec = { names: ['db:1', 'db:2'], layers: [base, gzipSync(top)] };

async function converted(bytes: Uint8Array, options: Partial<RawOptions> = {}, always = false) {
  const inspection = await inspectBytes(bytes, 777);
  const request = parseOptions({ ...NO_OPTIONS, ...options }, 'upload.tar');
  assert.ok(request.ok);
  const made = await convert(inspection, request.value, plainTools, { always });
  if (made.kind === 'not-converted') return { inspection, made, image: null, again: null };
  const image = await collect(stream(made.conversion.plan, sourceOf(bytes), plainTools));
  assert.equal(image.length, made.conversion.plan.size);
  return { inspection, made, image, again: await inspectBytes(image) };
}

const codes = ({ findings }: Pick<Inspection, 'findings'>) => findings.map((each) => each.code);

/** Asserts what holds for every rebuilt archive: it is sound and hybrid, and has the same layers. */
function assertSame(before: Inspection, after: Inspection | null) {
  assert.ok(after !== null);
  assert.deepEqual(
    [after.kind, codes(after).filter((code) => !['image-archive', 'several-images'].includes(code))],
    ['image/hybrid', []],
  );
  const diffIDs = (of: Inspection) => of.images.map((image) => image.layers.map((layer) => layer.diffID));
  assert.deepEqual(diffIDs(after), diffIDs(before));
}

/** Puts an archive, in a folder and with a long header record, into another archive. */
function alone(body: Buffer): Buffer {
  return archive([
    { name: 'backup/', type: '5' },
    { name: 'image.tar', body, pax: { path: 'backup/image.tar' } },
  ]);
}

const flavours: Record<string, (images: ImageSpec[]) => Buffer> = {
  'docker archive': dockerArchive,
  'OCI layout': ociArchive,
  'OCI layout with ./': (images) => ociArchive(images, './'),
  'before Docker 1.10': legacyArchive,
  'wrapped in a folder': (images) => ociArchive(images, 'image/'),
  'compressed outside': (images) => gzipSync(dockerArchive(images)),
  'the only file in another archive': (images) => alone(ociArchive(images)),
  'the only file in a compressed archive': (images) => gzipSync(alone(dockerArchive(images))),
};

for (const [name, build] of Object.entries(flavours)) {
  test(`${name}: the result is an archive that every client loads, under the name asked for, with unchanged layers`, async () => {
    const bytes = build([web]);
    const { inspection, made, again } = await converted(bytes, { name: ['ghcr.io/team/app:2'] });
    assert.equal(made.kind, 'converted');
    assertSame(inspection, again);
    assert.deepEqual(again?.images[0]?.names, ['ghcr.io/team/app:2']);
    assert.deepEqual(again?.images[0]?.config, { Cmd: ['sh'] });
    for (const layer of web.layers) {
      assert.ok(
        again?.images[0]?.layers.some((each) => each.digest === sha256(layer)),
        'a layer changed',
      );
    }
  });
}

test('the image ID stays the same when only the name changes', async () => {
  const { inspection, again } = await converted(dockerArchive([web]), { name: ['other:1'] });
  assert.equal(again?.images[0]?.configDigest, inspection.images[0]?.configDigest);
});

test('without a name option images keep their names, and an archive that loads everywhere is left alone', async () => {
  const first = await converted(dockerArchive([web, db]));
  assertSame(first.inspection, first.again);
  assert.deepEqual(
    first.again?.images.map((image) => image.names),
    [['docker.io/library/web:1'], ['docker.io/library/db:1', 'docker.io/library/db:2']],
  );
  const second = await converted(first.image ?? Buffer.alloc(0));
  assert.equal(second.made.kind, 'not-converted');
  const forced = await converted(first.image ?? Buffer.alloc(0), {}, true);
  assert.deepEqual(forced.image, first.image, 'rebuilding is stable');
});

test('an image without a name gets the name that the upload gives', async () => {
  const { again } = await converted(dockerArchive([{ ...web, names: [] }]));
  assert.deepEqual(again?.images[0]?.names, ['docker.io/library/upload:latest']);
});

test('one of several images can be chosen by name or number; a name for all of them is refused', async () => {
  const both = dockerArchive([web, db]);
  for (const image of ['db:2', 'docker.io/library/db:1', '2']) {
    const { again } = await converted(both, { name: ['mine:1'], image });
    assert.deepEqual(
      again?.images.map((each) => each.names),
      [['docker.io/library/mine:1']],
    );
  }
  const refused = await converted(both, { name: ['mine:1'] });
  assert.equal(refused.made.kind, 'not-converted');
  assert.match(refused.made.findings.at(-1)?.message ?? '', /1: web:1.*2: db:1, db:2/);
  const unknown = await converted(both, { image: 'cache' });
  assert.equal(unknown.made.findings.at(-1)?.code, 'image-not-found');
});

test('an image archive that was imported and exported again is recovered from the export', async () => {
  const nested = Buffer.concat([archive(exportEntries()).subarray(0, -1024), dockerArchive([web])]);
  const { inspection, again } = await converted(nested, { name: ['saved:1'] });
  assert.equal(inspection.kind, 'image/nested-in-export');
  assertSame(inspection, again);
});

test('wrong diffIDs of layers that their names prove intact are corrected, and the manifest says so', async () => {
  const { made, again } = await converted(ociArchive([{ ...web, diffIDs: [sha256(base), sha256(base)] }]));
  assert.ok(made.findings.some((each) => each.code === 'diffid-wrong' && each.mended === true));
  assert.deepEqual(
    again?.images[0]?.layers.map((layer) => layer.diffID),
    [sha256(base), sha256(top)],
  );
});

test('a diffID that contradicts both name and config is damage, and nothing is written', async () => {
  const { made } = await converted(dockerArchive([{ ...web, diffIDs: [sha256(base), sha256(base)] }]), {
    name: ['a:1'],
  });
  assert.equal(made.kind, 'not-converted');
  assert.ok(codes(made).includes('diffid-mismatch'));
});

test('a config without a platform is completed, and a history that is too long is left out', async () => {
  const history = [{ created_by: 'a' }, { created_by: 'b' }, { created_by: 'c' }];
  const { made, again } = await converted(dockerArchive([{ ...web, platform: false, history }]), {
    platform: 'linux/arm64',
  });
  assert.deepEqual(
    made.findings
      .filter((each) => each.mended)
      .map((each) => each.code)
      .toSorted(),
    ['config-without-platform', 'docker-only', 'history-too-long'],
  );
  assert.deepEqual([again?.images[0]?.platform?.architecture, again?.images[0]?.history], ['arm64', []]);
});

test('a changed byte in a layer, a config or a manifest of an OCI layout is found and named', async () => {
  const bytes = ociArchive([web]);
  const whole = await inspectBytes(bytes);
  for (const { start, stored } of whole.sources[0]?.layers ?? []) {
    for (const at of [start, start + 513, start + stored.size - 1]) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const found = await inspectBytes(flipped);
      assert.ok(codes(found).includes('blob-damaged'), `at ${at}`);
    }
  }
});

test('layers of an archive inside another one are ranges of the upload, and no client loads the outer archive', async () => {
  const { inspection, made } = await converted(alone(dockerArchive([web])), { name: ['web:2'] });
  assert.ok(made.kind === 'converted');
  assert.ok(made.conversion.plan.parts.every((part) => part.kind !== 'recoded'));
  assert.match(inspection.evidence[0]?.en ?? '', /the only file in the upload: `backup\/image\.tar`/);
  const verdicts = clientVerdicts(inspection);
  assert.ok(verdicts.every(({ loads, why }) => !loads && /inside another|it has no/.test(why ?? '')));
});

test('an archive that is beside another file, or inside two archives, is not unpacked', async () => {
  const image = dockerArchive([web]);
  const beside = archive([
    { name: 'image.tar', body: image },
    { name: 'program', body: 'x' },
  ]);
  for (const bytes of [beside, alone(alone(image))]) {
    const { inspection, made } = await converted(bytes, { name: ['web:2'] });
    assert.deepEqual([inspection.kind, inspection.inside, made.kind], ['plain', null, 'not-converted']);
    assert.ok(codes(inspection).includes('archive-bundle'));
  }
});

test('damage to an archive inside another one is found', async () => {
  const bytes = alone(ociArchive([web]));
  const [source] = (await inspectBytes(bytes)).sources;
  for (const { start, stored } of source?.layers ?? []) {
    const flipped = Buffer.from(bytes);
    flipped[start + stored.size - 1] = (flipped[start + stored.size - 1] ?? 0) ^ 1;
    assert.ok(codes(await inspectBytes(flipped)).includes('blob-damaged'));
  }
  assert.equal(source?.layers.length, 2);
});

test('options for container archives are not applied to images, and a finding says so', async () => {
  const { made } = await converted(dockerArchive([web]), {
    change: ['CMD ["other"]'],
    message: 'hello',
  });
  const { message = '' } = made.findings.find((each) => each.code === 'config-kept') ?? {};
  assert.match(message, /change and inspect, message\./);
});

test('options for image archives have no effect on a container archive, and a finding says so', async () => {
  const told = async (options: Partial<RawOptions>) => {
    const { made } = await converted(archive(exportEntries()), options);
    assert.equal(made.kind, 'converted');
    return made.findings.find((each) => each.code === 'image-options-unused')?.message ?? null;
  };
  assert.match((await told({ image: 'web:1', flatten: true })) ?? '', /: image, flatten\/squash\./);
  assert.equal(await told({ as: 'rootfs' }), null);
  assert.equal(await told({}), null);
});

test('a root file system is not told to take a command', async () => {
  const { made } = await converted(archive(exportEntries()), { as: 'rootfs' });
  assert.ok(!made.findings.some(({ code }) => code === 'no-command'));
});
