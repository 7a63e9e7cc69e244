import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { verdictsByRule } from '../../../core/clients/by-rule.ts';
import type { ClientVerdict, RuledClient } from '../../../core/clients/verdicts.ts';
import type { FoundImage, FoundLayer, Inspection } from '../../../core/model/inspection.ts';
import { dockerArchive, type ImageSpec, ociArchive } from '../../support/image-builder.ts';
import { indexArchive } from '../../support/index-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { quickly } from '../../support/quick.ts';

const layer = archive([{ name: 'bin/sh', body: 'shell' }]);
const web: ImageSpec = { names: ['web:1'], layers: [layer], config: { Entrypoint: ['/bin/sh'] } };
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';

const whole = await inspectBytes(dockerArchive([web]));

/** The verdict of one service on an inspection; checks that it says it is by rule, in both languages. */
function verdictOf(client: RuledClient, inspection: Inspection): Pick<ClientVerdict, 'loads' | 'why'> {
  const verdict = verdictsByRule(inspection).find((each) => each.client === client) ?? assert.fail();
  assert.equal(verdict.by, 'rule');
  assert.equal(verdict.why === null, verdict.zh === null, 'a reason stands in both languages');
  assert.ok(verdict.loads === true || verdict.why !== null, 'a refusal has a reason');
  return { loads: verdict.loads, why: verdict.why };
}

/** The inspection of a sound image with other facts, which no test could make as bytes. */
function changed(image: Partial<FoundImage>, facts: Partial<FoundLayer> = {}): Inspection {
  const images = whole.images.map((each) => ({
    ...each,
    layers: each.layers.map((own) => ({ ...own, ...facts })),
    ...image,
  }));
  return { ...whole, images };
}

const layers = (count: number): FoundLayer[] =>
  Array.from({ length: count }, () => whole.images[0]?.layers[0] ?? assert.fail());
const incomplete = archive([
  { name: 'c.json', body: '{}' },
  { name: 'manifest.json', body: '[{"Config":"c.json","RepoTags":["a:1"],"Layers":["gone/layer.tar"]}]' },
]);
const GiB = 1024 ** 3;

const CASES: readonly (readonly [string, RuledClient, Inspection | Uint8Array, boolean | null, RegExp?])[] = [
  ['a docker archive', 'docker-archive-only', whole, true],
  [
    'an archive of two images',
    'docker-archive-only',
    dockerArchive([web, { ...web, names: ['b:1'] }]),
    true,
    /first image only/,
  ],
  ['a gzip archive', 'docker-archive-only', gzipSync(dockerArchive([web])), false, /compressed/],
  [
    'a gzip layer',
    'docker-archive-only',
    dockerArchive([{ ...web, layers: [gzipSync(layer)] }]),
    false,
    /--layout docker/,
  ],
  ['an OCI layout', 'docker-archive-only', ociArchive([web]), false, /manifest\.json/],
  [
    'docker save from 25 on',
    'docker-archive-only',
    indexArchive([{ names: ['a:1'], platforms: [{ architecture: 'amd64', layers: [layer] }] }], { docker: true }),
    false,
    /layer\.tar/,
  ],
  [
    'members below ./',
    'docker-archive-only',
    { ...whole, shape: { ...(whole.shape ?? assert.fail()), prefix: './' } },
    null,
    /not known/,
  ],
  ['a container archive', 'docker-archive-only', archive(exportEntries()), false, /no image/],

  ['a docker archive', 'ecr', whole, true],
  ['a layer of 52,000 MiB', 'ecr', changed({}, { size: 52_000 * 1024 ** 2 }), true],
  ['a layer above that', 'ecr', changed({}, { size: 52_000 * 1024 ** 2 + 1 }), false, /52,000 MiB/],
  ['127 layers', 'ecr', changed({ layers: layers(127) }), true],
  ['128 layers', 'ecr', changed({ layers: layers(128) }), null, /127 layers/],
  [
    'a name that Docker takes, and ECR does not',
    'ecr',
    changed({ names: [`${ECR}/team/web__app:1`] }),
    false,
    /repository/,
  ],
  ['the same name elsewhere', 'ecr', changed({ names: ['ghcr.io/team/web__app:1'] }), true],
  ['a media type of its own', 'ecr', changed({}, { mediaType: 'application/x-tar' }), null, /media type/],
  [
    'zstd layers',
    'ecr',
    changed({}, { mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd', compression: 'zstd' }),
    true,
  ],
  ['a Windows image', 'ecr', changed({ platform: { os: 'windows', architecture: 'amd64' } }), true],
  ['an image without its layer', 'ecr', incomplete, false, /incomplete/],
  [
    'an archive with an error',
    'ecr',
    dockerArchive([{ ...web, layers: [archive([{ name: 'a' }, { name: 'a' }])] }]),
    null,
    /faults/,
  ],
  ['an archive that ends early', 'ecr', dockerArchive([web]).subarray(0, 2000), false, /read to its end/],

  ['a docker archive', 'lambda', whole, true, /runtime API.*compresses them/],
  ['a gzip layer', 'lambda', changed({}, { compression: 'gzip' }), true, /^an archive does not show[^;]*$/],
  ['no command', 'lambda', changed({ config: {} }), true, /no command/],
  ['a command without a path', 'lambda', changed({ config: { Cmd: ['python'] } }), true, /absolute path/],
  ['arm64', 'lambda', changed({ platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } }), true],
  ['arm/v7', 'lambda', changed({ platform: { os: 'linux', architecture: 'arm', variant: 'v7' } }), false, /arm64/],
  ['Windows', 'lambda', changed({ platform: { os: 'windows', architecture: 'amd64' } }), false, /Linux/],
  ['no platform', 'lambda', changed({ platform: null }), null, /platform/],
  ['a relative WORKDIR', 'lambda', changed({ config: { WorkingDir: 'app' } }), false, /WORKDIR/],
  ['10 GB', 'lambda', changed({}, { contentSize: 10e9 }), true],
  ['between 10 GB and 10 GiB', 'lambda', changed({}, { contentSize: 10e9 + 1 }), null, /10 GB/],
  [
    'two layers of 5 GiB and one byte',
    'lambda',
    changed({ layers: layers(2).map((each, i) => ({ ...each, contentSize: 5 * GiB + i })) }),
    false,
    /10 GB/,
  ],
  ['a zstd layer', 'lambda', changed({}, { compression: 'zstd' }), null, /neither plain nor gzip/],
  ['a quick look', 'lambda', await quickly(dockerArchive([web])), null, /quick look/],
  ['a quick look', 'ecr', await quickly(dockerArchive([web])), true],
  [
    'several platforms',
    'lambda',
    indexArchive(
      [
        {
          names: ['a:1'],
          platforms: [
            { architecture: 'amd64', layers: [layer] },
            { architecture: 'arm64', layers: [layer] },
          ],
        },
      ],
      {},
    ),
    false,
    /index/,
  ],
  [
    'one platform with attestations',
    'lambda',
    indexArchive([{ names: ['a:1'], platforms: [{ architecture: 'amd64', layers: [layer] }] }], { attested: true }),
    false,
    /index/,
  ],
];

for (const [name, client, given, loads, why] of CASES) {
  test(`${client}, ${name}: ${loads ?? 'not known'}`, async () => {
    const inspection = given instanceof Uint8Array ? await inspectBytes(given) : given;
    const verdict = verdictOf(client, inspection);
    assert.equal(verdict.loads, loads, verdict.why ?? '');
    if (why === undefined) assert.ok(client === 'lambda' || verdict.why === null);
    else assert.match(verdict.why ?? '', why);
  });
}
