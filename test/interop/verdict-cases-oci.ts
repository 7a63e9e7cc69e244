import type { Entry } from '../support/tar-builder.ts';
import { sha256 } from '../support/tools.ts';
import type { Variation } from './verdict-archive.ts';

const NAME = 'docker.io/library/lading-verdict';
const docker = { parts: 'docker' } as const;
const oci = { parts: 'oci' } as const;

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: object;
  annotations?: Record<string, string>;
}

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

const bodyOf = (entry: Entry): Buffer => Buffer.from(entry.body ?? '');
const descriptorOf = (mediaType: string, body: string): Descriptor => ({
  mediaType,
  digest: sha256(Buffer.from(body)),
  size: Buffer.byteLength(body),
});
const blob = (body: string): Entry => ({ name: `blobs/sha256/${sha256(Buffer.from(body)).slice(7)}`, body });

/** Changes the index, and adds blobs. */
const reindexed =
  (change: (manifests: Descriptor[]) => { manifests: Descriptor[]; blobs?: Entry[] }) =>
  (members: Entry[]): Entry[] => {
    const at = members.findIndex(({ name }) => name === 'index.json');
    const index = JSON.parse(bodyOf(members[at] ?? { name: '' }).toString()) as { manifests: Descriptor[] };
    const { manifests, blobs = [] } = change(index.manifests);
    return members
      .with(at, { name: 'index.json', body: JSON.stringify({ schemaVersion: 2, manifests }) })
      .concat(blobs);
  };

/** Replaces the annotations of the first entry. */
const annotated = (annotations: Record<string, string>): Variation => ({
  members: reindexed(([first]) => ({ manifests: first === undefined ? [] : [{ ...first, annotations }] })),
});
const ref = (name: string) => annotated({ 'org.opencontainers.image.ref.name': name });
const containerdName = (name: string) => annotated({ 'io.containerd.image.name': name });

const S390X = { os: 'linux', architecture: 's390x' };
const AMD64 = { os: 'linux', architecture: 'amd64' };
const absent = (architecture: string): Descriptor => ({
  ...descriptorOf(MANIFEST_TYPE, `absent ${architecture}`),
  platform: { os: 'linux', architecture },
});
const ATTESTATION = JSON.stringify({
  schemaVersion: 2,
  mediaType: MANIFEST_TYPE,
  config: descriptorOf('application/vnd.oci.image.config.v1+json', '{}'),
  layers: [descriptorOf('application/vnd.in-toto+json', '{}')],
});
const attestation = (of: Descriptor): Descriptor => ({
  ...descriptorOf(MANIFEST_TYPE, ATTESTATION),
  platform: { os: 'unknown', architecture: 'unknown' },
  annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': of.digest },
});

/** Puts the image, and others beside it, below an index of its own. */
const nested = (platform?: object, beside: (image: Descriptor) => Descriptor[] = () => []) =>
  reindexed(([first]) => {
    if (first === undefined) return { manifests: [] };
    const { annotations, ...image } = first;
    const manifests = [{ ...image, ...(platform && { platform }) }, ...beside(image)];
    const body = JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests });
    return {
      manifests: [{ ...descriptorOf(INDEX_TYPE, body), ...(annotations && { annotations }) }],
      blobs: [blob(body), blob(ATTESTATION), blob('{}')],
    };
  });

/** Changes the OCI manifest, and the index accordingly. */
const remanifested =
  (type: string, change: (text: string) => string) =>
  (members: Entry[]): Entry[] => {
    const isManifest = (entry: Entry) => bodyOf(entry).includes('"layers":[');
    const body = change(bodyOf(members.find(isManifest) ?? { name: '' }).toString());
    const changed = members.map((each) => (isManifest(each) ? blob(body) : each));
    return reindexed((all) => ({ manifests: all.map((each) => ({ ...each, ...descriptorOf(type, body) })) }))(changed);
  };

const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerManifest = (text: string) => text.replace(MANIFEST_TYPE, DOCKER_MANIFEST);
const dockerConfig = (text: string) =>
  text.replace('application/vnd.oci.image.config.v1+json', 'application/vnd.docker.container.image.v1+json');
const dockerLayers = (text: string) =>
  text.replaceAll('application/vnd.oci.image.layer.v1.tar', 'application/vnd.docker.image.rootfs.diff.tar');

/** Replaces the second layer's member by a link to a copy under another name. */
const linked =
  (type: '1' | '2') =>
  (members: Entry[]): Entry[] =>
    members.flatMap((each) => {
      const { length } = bodyOf(each);
      if (length > 500_000 || !bodyOf(each).subarray(0, 5).equals(Buffer.from('mark\0'))) return [each];
      const up = '../'.repeat(each.name.split('/').length - 1);
      return [
        { name: 'first/layer.tar', body: bodyOf(each) },
        { name: each.name, type, linkname: `${type === '2' ? up : ''}first/layer.tar` },
      ];
    });

/** A document as a link to another member. */
const linkedDocument =
  (isWanted: (entry: Entry) => boolean, type: '1' | '2') =>
  (members: Entry[]): Entry[] =>
    members.flatMap((each) =>
      isWanted(each)
        ? [
            { name: `first/${each.name.slice(-64)}`, body: bodyOf(each) },
            {
              name: each.name,
              type,
              linkname: `${'../'.repeat(type === '2' ? each.name.split('/').length - 1 : 0)}first/${each.name.slice(-64)}`,
            },
          ]
        : [each],
    );
const isConfig = (entry: Entry) => bodyOf(entry).length < 10_000 && bodyOf(entry).includes('created_by');
const linkedTop = (name: string, type: '1' | '2'): Variation => ({
  members: (members) =>
    members.flatMap((each) =>
      each.name === name
        ? [
            { name: `x-${name}.json`, body: bodyOf(each) },
            { name, type, linkname: `x-${name}.json` },
          ]
        : [each],
    ),
});

/** One image under one name, and another of that name that is not in the archive. */
const beside = (order: (there: Descriptor, elsewhere: Descriptor) => Descriptor[], platform?: object): Variation => ({
  members: reindexed(([first]) => {
    if (first?.annotations === undefined) return { manifests: [] };
    const { annotations } = first;
    const other = { ...descriptorOf(MANIFEST_TYPE, 'absent'), annotations, ...(platform && { platform }) };
    return { manifests: order(first, other) };
  }),
  ...oci,
});

/** Adds the second layer again as a link to its first copy, as Docker before version 25 saves an image. */
const again = (type: '1' | '2'): Variation => ({
  contents: ([base, mark]) => [base, mark, mark].filter((each) => each !== undefined),
  members: (members) => {
    const [list] = JSON.parse(
      bodyOf(members.find(({ name }) => name === 'manifest.json') ?? { name: '' }).toString(),
    ) as {
      Layers: string[];
    }[];
    const [base = '', mark = ''] = list?.Layers ?? [];
    const manifest = { ...list, Layers: [base, mark, 'again/layer.tar'] };
    const link = { name: 'again/layer.tar', type, linkname: `${type === '2' ? '../' : ''}${mark}` };
    return [
      ...members.filter(
        ({ name }, i) => members.findIndex((each) => each.name === name) === i && name !== 'manifest.json',
      ),
      link,
      { name: 'manifest.json', body: JSON.stringify([manifest]) },
    ];
  },
  ...docker,
});

const noLayers: Variation = { contents: () => [], config: { history: [] }, empty: true };
const withLayers = (text: string): Variation => ({
  members: remanifested(MANIFEST_TYPE, (manifest) => manifest.replace(/"layers":\[\]/, `"layers":${text}`)),
});

/** Archives whose index, names or links are read differently by different clients. */
export const OCI_VARIATIONS: Record<string, Variation> = {
  'a ref name with a repository, OCI only': { ...ref('lading-verdict:1'), ...oci },
  'a ref name that is a whole name, OCI only': { ...ref(`${NAME}:1`), ...oci },
  'a ref name without a tag, OCI only': { ...ref(NAME), ...oci },
  'a name of containerd without a registry': containerdName('lading-verdict:1'),
  'a name of containerd without a registry, OCI only': { ...containerdName('lading-verdict:1'), ...oci },
  'a name of containerd without a tag, OCI only': { ...containerdName(NAME), ...oci },
  'two names of one tag': { names: [`${NAME}:1`, 'docker.io/library/lading-other:1'] },
  'two names of one tag, OCI only': { names: [`${NAME}:1`, 'docker.io/library/lading-other:1'], ...oci },

  'an index in the index': { members: nested(AMD64) },
  'an index in the index, OCI only': { members: nested(AMD64), ...oci },
  'an index in the index without a platform': { members: nested() },
  'an index in the index without a platform, OCI only': { members: nested(), ...oci },
  'an image with an attestation': { members: nested(AMD64, (image) => [attestation(image)]) },
  'an image with an attestation, OCI only': { members: nested(AMD64, (image) => [attestation(image)]), ...oci },
  'an index in the index, another platform absent': { members: nested(AMD64, () => [absent('s390x')]) },
  'an index in the index, another platform absent, OCI only': {
    members: nested(AMD64, () => [absent('s390x')]),
    ...oci,
  },
  'an index in the index, its own platform absent': {
    members: nested(S390X, () => [absent('amd64')]),
    config: { architecture: 's390x' },
  },
  'an index in the index, its own platform absent, OCI only': {
    members: nested(S390X, () => [absent('amd64')]),
    config: { architecture: 's390x' },
    ...oci,
  },
  'an index in the index, a lesser platform absent': { members: nested(AMD64, () => [absent('386')]) },
  'an index in the index, a lesser platform absent, OCI only': {
    members: nested(AMD64, () => [absent('386')]),
    ...oci,
  },
  'its own platform absent, OCI only': {
    members: reindexed(([first, ...rest]) => ({
      manifests: first === undefined ? [] : [{ ...first, platform: S390X }, ...rest, absent('amd64')],
    })),
    config: { architecture: 's390x' },
    ...oci,
  },
  'another platform in the index, OCI only': {
    members: reindexed((all) => ({ manifests: all.map((each) => ({ ...each, platform: S390X })) })),
    config: { architecture: 's390x' },
    ...oci,
  },
  'another platform in an index of its own': { members: nested(S390X), config: { architecture: 's390x' } },
  'another platform in an index of its own, OCI only': {
    members: nested(S390X),
    config: { architecture: 's390x' },
    ...oci,
  },
  'another platform': { config: { architecture: 's390x' } },
  'another platform, docker only': { config: { architecture: 's390x' }, ...docker },
  'another platform, OCI only': { config: { architecture: 's390x' }, ...oci },

  "Docker's media types": {
    members: remanifested(DOCKER_MANIFEST, (text) => dockerManifest(dockerConfig(dockerLayers(text)))),
  },
  "Docker's media types, OCI only": {
    members: remanifested(DOCKER_MANIFEST, (text) => dockerManifest(dockerConfig(dockerLayers(text)))),
    ...oci,
  },
  "Docker's manifest with layers of OCI, OCI only": {
    members: remanifested(DOCKER_MANIFEST, (text) => dockerManifest(dockerConfig(text))),
    ...oci,
  },
  "Docker's manifest with a config of OCI, OCI only": {
    members: remanifested(DOCKER_MANIFEST, (text) => dockerManifest(dockerLayers(text))),
    ...oci,
  },
  "a manifest of OCI with Docker's layers, OCI only": {
    members: remanifested(MANIFEST_TYPE, dockerLayers),
    ...oci,
  },
  "a manifest of OCI with Docker's config, OCI only": {
    members: remanifested(MANIFEST_TYPE, dockerConfig),
    ...oci,
  },

  'a layer that is a symbolic link, docker only': { members: linked('2'), ...docker },
  'a layer that is a symbolic link, OCI only': { members: linked('2'), ...oci },
  'a layer that is a hard link, docker only': { members: linked('1'), ...docker },
  'a layer that is a hard link, OCI only': { members: linked('1'), ...oci },

  'a layer twice, once as a symbolic link': again('2'),
  'a layer twice, once as a hard link': again('1'),

  'a config that is a hard link': { members: linkedDocument(isConfig, '1') },
  'a config that is a hard link, docker only': { members: linkedDocument(isConfig, '1'), ...docker },
  'a config that is a symbolic link, docker only': { members: linkedDocument(isConfig, '2'), ...docker },
  'manifest.json that is a hard link': linkedTop('manifest.json', '1'),
  'manifest.json that is a hard link, docker only': { ...linkedTop('manifest.json', '1'), ...docker },
  'manifest.json that is a symbolic link, docker only': { ...linkedTop('manifest.json', '2'), ...docker },
  'index.json that is a hard link': linkedTop('index.json', '1'),
  'index.json that is a symbolic link, OCI only': { ...linkedTop('index.json', '2'), ...oci },
  'oci-layout that is a hard link': linkedTop('oci-layout', '1'),
  'oci-layout that is a symbolic link, OCI only': { ...linkedTop('oci-layout', '2'), ...oci },

  'two images of one name, the last absent, OCI only': beside((there, elsewhere) => [there, elsewhere], S390X),
  'two images of one name, the first absent, OCI only': beside((there, elsewhere) => [elsewhere, there], S390X),
  'two images of one name, the first absent and without a platform, OCI only': beside((there, elsewhere) => [
    elsewhere,
    there,
  ]),
  'ports that are no numbers, docker only': {
    config: { config: { Cmd: ['/bin/busybox', 'cat', '/mark'], ExposedPorts: { http: {} } } },
    ...docker,
  },

  'no layers': noLayers,
  'no layers, docker only': { ...noLayers, ...docker },
  'no layers, OCI only': { ...noLayers, ...oci },
  'no layers for two diffIDs, OCI only': {
    members: remanifested(MANIFEST_TYPE, (text) => text.replace(/"layers":.*]/, '"layers":[]')),
    ...oci,
  },
  'null for the layers, OCI only': { ...noLayers, ...withLayers('null'), ...oci },
  'no list of layers, OCI only': {
    ...noLayers,
    members: remanifested(MANIFEST_TYPE, (text) => text.replace(/,"layers":\[\]/, '')),
    ...oci,
  },
};
