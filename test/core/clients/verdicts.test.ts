import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Client, type ClientVerdict, clientVerdicts } from '../../../core/clients/verdicts.ts';
import { convert } from '../../../core/convert/convert.ts';
import { stream } from '../../../core/convert/execute.ts';
import { parseOptions } from '../../../core/options/options.ts';
import { NO_OPTIONS } from '../../../core/options/table.ts';
import { collect } from '../../support/bytes.ts';
import { dockerArchive, type ImageSpec, legacyArchive, ociArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { sourceOf } from '../../support/memory-store.ts';
import { archive, exportEntries } from '../../support/tar-builder.ts';
import { plainTools, sha256 } from '../../support/tools.ts';

const layer = archive([{ name: 'bin/sh', body: 'shell' }]);
const web: ImageSpec = { names: ['web:1'], layers: [layer] };

async function verdictsOn(bytes: Uint8Array): Promise<ClientVerdict[]> {
  return clientVerdicts(await inspectBytes(bytes, 777));
}

const whyOf = (client: Client, verdicts: ClientVerdict[]): string =>
  verdicts.find((each) => each.client === client)?.why ?? '';

const WRONG = `sha256:${'0'.repeat(64)}`;

const ARCHIVES: Record<string, [Uint8Array, string]> = {
  'a docker archive': [dockerArchive([web]), 'docker docker-containerd podman containerd skopeo-docker-archive crane'],
  'an OCI layout whose name is not whole': [ociArchive([web]), 'podman containerd skopeo-oci-archive'],
  'an archive from before Docker 1.10': [legacyArchive([web]), 'docker'],
  'an archive in a folder': [ociArchive([web], 'image/'), ''],
  'a docker archive without a name': [
    dockerArchive([{ ...web, names: [] }]),
    'docker docker-containerd podman skopeo-docker-archive crane',
  ],
  'a docker archive with a name that nobody takes': [
    dockerArchive([{ ...web, names: ['Web'] }]),
    'skopeo-docker-archive crane',
  ],
  'a docker archive without a platform': [
    dockerArchive([{ ...web, platform: false }]),
    'docker docker-containerd podman skopeo-docker-archive crane',
  ],
  'a docker archive with a history too long': [
    dockerArchive([{ ...web, history: [{}, {}] }]),
    'docker-containerd podman containerd skopeo-docker-archive crane',
  ],
  'a docker archive with a path twice in a layer': [
    dockerArchive([{ ...web, layers: [archive([{ name: 'a' }, { name: 'a' }])] }]),
    'docker-containerd containerd skopeo-docker-archive crane',
  ],
  'a docker archive with bytes after a gzip layer': [
    dockerArchive([{ ...web, layers: [Buffer.concat([gzipSync(layer), Buffer.alloc(8)])], diffIDs: [sha256(layer)] }]),
    'docker crane',
  ],
  'a docker archive of two images': [
    dockerArchive([web, { ...web, names: ['db:1'] }]),
    'docker docker-containerd podman containerd skopeo-docker-archive',
  ],
  'a docker archive with a wrong diffID': [dockerArchive([{ ...web, diffIDs: [WRONG] }]), 'crane'],
  'an OCI layout with a wrong diffID': [ociArchive([{ ...web, diffIDs: [WRONG] }]), 'podman skopeo-oci-archive'],
  'a container export': [archive(exportEntries()), ''],
  'an archive that ends early': [dockerArchive([web]).subarray(0, 2000), ''],
  'no archive': [Buffer.from('hello'), ''],
};

for (const [name, [bytes, loading]] of Object.entries(ARCHIVES)) {
  test(`${name}: loads ${loading === '' ? 'nowhere' : `in ${loading}`}`, async () => {
    const verdicts = await verdictsOn(bytes);
    const loads = verdicts.filter((each) => each.loads).map((each) => each.client);
    assert.equal(loads.join(' '), loading);
    for (const verdict of verdicts) {
      assert.equal(verdict.why === null, verdict.zh === null, 'a reason stands in both languages');
      assert.ok(verdict.loads || verdict.why !== null, 'a refusal has a reason');
    }
  });
}

test('for an archive in gzip, the versions that read it are named', async () => {
  const verdicts = await verdictsOn(gzipSync(dockerArchive([web])));
  assert.deepEqual(
    verdicts.filter((each) => each.since !== undefined).map(({ client, loads, since }) => [client, loads, since]),
    [
      ['podman', true, '4.4'],
      ['containerd', true, '2.0'],
      ['skopeo-docker-archive', true, '1.10'],
    ],
  );
});

test('when a client loads an archive on a condition, the condition is named', async () => {
  const two = await verdictsOn(dockerArchive([web, { ...web, names: ['db:1'] }]));
  assert.match(whyOf('skopeo-docker-archive', two), /docker-archive:FILE:NAME/);
  assert.match(whyOf('docker', await verdictsOn(legacyArchive([web]))), /Docker 29/);
});

test("an archive without images is refused in each client's own words", async () => {
  const verdicts = await verdictsOn(archive(exportEntries()));
  assert.match(whyOf('docker', verdicts), /open …\/bin\/json: no such file or directory/);
  assert.match(whyOf('docker', await verdictsOn(ociArchive([web]))), /open …\/blobs\/json/);
  assert.match(whyOf('containerd', verdicts), /unrecognized image format/);
  assert.match(whyOf('podman', verdicts), /payload does not match/);
});

test('clients that first unpack the archive find names that begin with a slash', async () => {
  const verdicts = await verdictsOn(ociArchive([web], '/'));
  assert.deepEqual(
    verdicts.filter((each) => each.loads).map((each) => each.client),
    ['podman', 'skopeo-oci-archive'],
  );
});

/** Makes the converted archive of another one, under a name. */
async function rebuilt(bytes: Uint8Array): Promise<Buffer> {
  const request = parseOptions({ ...NO_OPTIONS, name: ['app:1'] }, 'upload.tar');
  assert.ok(request.ok);
  const made = await convert(await inspectBytes(bytes), request.value, plainTools);
  assert.ok(made.kind === 'converted');
  return collect(stream(made.conversion.plan, sourceOf(bytes), plainTools));
}

test('a rebuilt archive loads in every client without conditions', async () => {
  for (const bytes of [
    dockerArchive([web]),
    ociArchive([web]),
    legacyArchive([web]),
    gzipSync(ociArchive([web], './')),
  ]) {
    const verdicts = await verdictsOn(await rebuilt(bytes));
    assert.deepEqual(
      verdicts.filter((each) => !each.loads || each.why !== null),
      [],
    );
  }
});

test('of an archive with two image lists, clients that read the faulty one fail; podman tries both', async () => {
  const hybrid = await rebuilt(dockerArchive([web]));
  hybrid.write('m', hybrid.indexOf('step 0') + 4);
  const loading = (await verdictsOn(hybrid)).filter((each) => each.loads).map((each) => each.client);
  assert.deepEqual(loading, ['docker', 'podman', 'skopeo-docker-archive', 'crane']);
});
