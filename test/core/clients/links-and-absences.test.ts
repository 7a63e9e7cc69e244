import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clientVerdicts } from '../../../core/clients/verdicts.ts';
import { dockerArchive } from '../../support/image-builder.ts';
import { inspectBytes } from '../../support/inspect.ts';
import { archive, type Entry } from '../../support/tar-builder.ts';
import { sha256 } from '../../support/tools.ts';

const NAME = 'docker.io/library/web:1';
const layers = [archive([{ name: 'bin/sh', body: 'shell' }])];
const config = Buffer.from(
  JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => sha256(layer)) },
  }),
);
const path = (bytes: Uint8Array): string => `blobs/sha256/${sha256(bytes).slice(7)}`;
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha256(config), size: config.length },
    layers: layers.map((layer) => ({
      mediaType: 'application/vnd.oci.image.layer.v1.tar',
      digest: sha256(layer),
      size: layer.length,
    })),
  }),
);
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const annotations = { 'io.containerd.image.name': NAME, 'org.opencontainers.image.ref.name': '1' };
const there = { mediaType: MANIFEST, digest: sha256(manifest), size: manifest.length, annotations };
const absent = { mediaType: MANIFEST, digest: sha256(Buffer.from('absent')), size: 6, annotations };
const S390X = { platform: { os: 'linux', architecture: 's390x' } };

const blobs: Entry[] = [config, manifest, ...layers].map((body) => ({ name: path(body), body }));
const layout: Entry = { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' };
const index = (...manifests: object[]): Entry => ({
  name: 'index.json',
  body: JSON.stringify({ schemaVersion: 2, manifests }),
});
const list: Entry = {
  name: 'manifest.json',
  body: JSON.stringify([{ Config: path(config), RepoTags: [NAME], Layers: layers.map(path) }]),
};

/** The members, one of them as a link to another. */
const linked = (name: string, type: '1' | '2', members: Entry[]): Buffer =>
  archive(
    members.flatMap((each) => {
      if (each.name !== name) return [each];
      const hex = `first/${name.slice(-64)}`;
      const at = name.startsWith('blobs/') ? hex : 'other.json';
      return [
        { ...each, name: at },
        { name, type, linkname: type === '2' && at === hex ? `../../${hex}` : at },
      ];
    }),
  );
const docker = [...blobs, list];
const oci = [...blobs, layout, index(there)];

/** Which clients load an archive, each with the versions that do. */
async function loading(bytes: Uint8Array): Promise<string> {
  const verdicts = clientVerdicts(await inspectBytes(bytes));
  return verdicts
    .filter(({ loads }) => loads !== false)
    .map(({ client, loads, since, before }) => {
      const versions = `${since === undefined ? '' : `≥${since}`}${before === undefined ? '' : `<${before}`}`;
      return `${client}${versions}${loads === null ? '?' : ''}`;
    })
    .join(' ');
}

const OCI_CLIENTS = 'docker-containerd podman containerd skopeo-oci-archive umoci';
const DOCKER_CLIENTS = 'docker docker-containerd podman containerd skopeo-docker-archive crane';

const CASES: Record<string, [Uint8Array, string]> = {
  'nothing linked in a docker archive': [archive(docker), DOCKER_CLIENTS],
  'nothing linked in an OCI archive': [archive(oci), OCI_CLIENTS],
  'a hard-linked config in a docker archive': [linked(path(config), '1', docker), 'docker'],
  'a symlinked config in a docker archive': [linked(path(config), '2', docker), DOCKER_CLIENTS],
  'a hard-linked config in an OCI archive': [linked(path(config), '1', oci), OCI_CLIENTS],
  'a hard-linked OCI manifest': [linked(path(manifest), '1', oci), OCI_CLIENTS],
  'a hard-linked manifest.json': [linked('manifest.json', '1', docker), 'docker crane'],
  'a symlinked manifest.json': [linked('manifest.json', '2', docker), 'docker podman skopeo-docker-archive crane'],
  'a hard-linked index.json': [linked('index.json', '1', oci), 'podman skopeo-oci-archive umoci'],
  'a symlinked oci-layout': [linked('oci-layout', '2', oci), 'podman skopeo-oci-archive umoci'],
  'a hard-linked oci-layout beside manifest.json': [
    linked('oci-layout', '1', [...oci, list]),
    'docker docker-containerd podman containerd skopeo-docker-archive skopeo-oci-archive umoci crane',
  ],
  'the last image of a name absent': [
    archive([...blobs, layout, index(there, { ...absent, ...S390X })]),
    'skopeo-oci-archive',
  ],
  'the first image of a name absent': [
    archive([...blobs, layout, index({ ...absent, ...S390X }, there)]),
    'docker-containerd containerd≥2.0',
  ],
  'the first image of a name absent, and without a platform': [
    archive([...blobs, layout, index(absent, there)]),
    'docker-containerd',
  ],
  'an image of another name absent': [
    archive([
      ...blobs,
      layout,
      index(there, { ...absent, ...S390X, annotations: { 'io.containerd.image.name': 'docker.io/library/web:2' } }),
    ]),
    'docker-containerd containerd≥2.0 skopeo-oci-archive umoci',
  ],
  'an image of no name absent': [
    archive([...blobs, layout, index(there, { ...absent, ...S390X, annotations: {} })]),
    'docker-containerd containerd skopeo-oci-archive umoci',
  ],
  'a port that is no number': [
    dockerArchive([{ names: ['web:1'], layers, config: { ExposedPorts: { http: {} } } }]),
    DOCKER_CLIENTS.replace('docker ', 'docker<29 ').replace('podman', 'podman<5.0'),
  ],
  'a command that is one text': [
    dockerArchive([{ names: ['web:1'], layers, config: { Shell: '/bin/sh' } }]),
    'podman containerd skopeo-docker-archive',
  ],
};

for (const [name, [bytes, expected]] of Object.entries(CASES)) {
  test(`${name}: loads in ${expected}`, async () => {
    assert.equal(await loading(bytes), expected);
  });
}
