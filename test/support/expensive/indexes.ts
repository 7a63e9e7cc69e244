import { configOf } from '../image-builder.ts';
import { archive, type Entry, exportEntries } from '../tar-builder.ts';
import { sha256 } from '../tools.ts';
import { archives, type Family, hexOf, items, type Makers } from './family.ts';

const MiB = 2 ** 20;
const TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
};
const LAYOUT: Entry = { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' };

/** A blob as a member of an archive, and its descriptor. */
interface Blob {
  entry: Entry;
  descriptor: { mediaType: string; digest: string; size: number };
}

function blob(type: keyof typeof TYPES, content: object | Uint8Array): Blob {
  const body = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
  const digest = sha256(body);
  return {
    entry: { name: `blobs/sha256/${digest.slice(7)}`, body },
    descriptor: { mediaType: TYPES[type], digest, size: body.length },
  };
}
const indexOf = (manifests: object[]) => ({ schemaVersion: 2, mediaType: TYPES.index, manifests });

const LAYER = blob('layer', archive(exportEntries()));
const CONFIG = blob('config', configOf({ names: [], layers: [archive(exportEntries())] }));
const image = (more: object = {}, config = CONFIG) =>
  blob('manifest', {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: config.descriptor,
    layers: [LAYER.descriptor],
    ...more,
  });
const IMAGE = image();

/** An OCI layout with the given descriptors in its index. */
const layout = (manifests: object[], blobs: Blob[] = []): Buffer =>
  archive([
    LAYOUT,
    { name: 'index.json', body: JSON.stringify(indexOf(manifests)) },
    ...[LAYER, CONFIG, IMAGE, ...blobs].map(({ entry }) => entry),
  ]);
const descriptors = (bytes: number, of: (index: number) => object): object[] =>
  items(bytes, of, (each) => JSON.stringify(each).length + 1);

/** An index whose file name is not its digest, so that an index can list itself. */
const named = (name: string, manifests: object[]): Entry => ({
  name: `blobs/sha256/${name}`,
  body: JSON.stringify(indexOf(manifests)),
});
const pointer = (name: string) => ({ mediaType: TYPES.index, digest: `sha256:${name}`, size: 1 });

const INDEXES: Makers = {
  'an index that lists itself': (bytes) => {
    const list = descriptors(bytes, () => pointer(hexOf(1)));
    return archive([LAYOUT, { name: 'index.json', body: JSON.stringify(indexOf(list)) }, named(hexOf(1), list)]);
  },
  'indexes that list each other twice': (bytes) => {
    const depth = Math.ceil(bytes / 1024);
    const levels = Array.from({ length: depth }, (_, i) =>
      named(hexOf(i), [pointer(hexOf(i + 1)), pointer(hexOf(i + 1))]),
    );
    return archive([LAYOUT, { name: 'index.json', body: JSON.stringify(indexOf([pointer(hexOf(0))])) }, ...levels]);
  },
  'indexes that all list all': (bytes) => {
    const count = Math.ceil(Math.sqrt(bytes / 140));
    const all = Array.from({ length: count }, (_, i) => pointer(hexOf(i)));
    return archive([
      LAYOUT,
      { name: 'index.json', body: JSON.stringify(indexOf(all)) },
      ...all.map((_, i) => named(hexOf(i), all)),
    ]);
  },
  'an index within an index, again and again': (bytes) => {
    const levels = Array.from({ length: Math.ceil(bytes / 1024) }, (_, i) => named(hexOf(i), [pointer(hexOf(i + 1))]));
    return archive([LAYOUT, { name: 'index.json', body: JSON.stringify(indexOf([pointer(hexOf(0))])) }, ...levels]);
  },
  'one image again and again': (bytes) => layout(descriptors(bytes, () => IMAGE.descriptor)),
  'one image under many names': (bytes) =>
    layout(
      descriptors(bytes, (i) => ({
        ...IMAGE.descriptor,
        annotations: { 'io.containerd.image.name': `docker.io/library/app:${i}` },
      })),
    ),
  'one image under many tags': (bytes) =>
    layout(
      descriptors(bytes, (i) => ({
        ...IMAGE.descriptor,
        annotations: { 'org.opencontainers.image.ref.name': `t${i}` },
      })),
    ),
  'images that are missing': (bytes) =>
    layout(
      descriptors(bytes, (i) => ({
        ...IMAGE.descriptor,
        digest: `sha256:${hexOf(i)}`,
        platform: { os: 'linux', architecture: `a${i}` },
      })),
    ),
  'digests that are none': (bytes) => layout(descriptors(bytes, (i) => ({ ...IMAGE.descriptor, digest: `${i}` }))),
  'sizes that do not fit': (bytes) => layout(descriptors(bytes, (i) => ({ ...IMAGE.descriptor, size: i + 1e6 }))),
  'media types of our own': (bytes) =>
    layout(descriptors(bytes, (i) => ({ ...IMAGE.descriptor, mediaType: `x/${i}` }))),
  attestations: (bytes) =>
    layout(
      descriptors(bytes, () => ({
        ...IMAGE.descriptor,
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      })),
    ),
  'annotations of one entry': (bytes) =>
    layout([
      { ...IMAGE.descriptor, annotations: Object.fromEntries(items(bytes, (i) => `a${i}`).map((each) => [each, 'x'])) },
    ]),
  'images of one config': (bytes) => {
    const images = items(
      bytes,
      (i) => image({ annotations: { i: `${i}` } }),
      () => 1300,
    );
    return layout(
      images.map(({ descriptor }) => descriptor),
      images,
    );
  },
  'images of one large config': (bytes) => {
    const config = blob('config', {
      architecture: 'amd64',
      os: 'linux',
      config: { Env: items(bytes, (i) => `A${i}=x`) },
    });
    const images = items(
      bytes / 16,
      (i) => image({ annotations: { i: `${i}` } }, config),
      () => 1300,
    );
    return layout(
      images.map(({ descriptor }) => descriptor),
      [...images, config],
    );
  },
  'platforms of one index': (bytes) => {
    const images = items(
      bytes,
      (i) => ({ made: image({ annotations: { i: `${i}` } }), platform: { os: 'linux', architecture: `a${i}` } }),
      () => 1300,
    );
    return layout(
      images.map(({ made, platform }) => ({ ...made.descriptor, platform })),
      images.map(({ made }) => made),
    );
  },
  'wrong names of many short parts for all platforms': (bytes) => {
    const platforms = items(
      bytes,
      (i) => ({ made: image({ annotations: { i: `${i}` } }), platform: { os: 'linux', architecture: `a${i}` } }),
      () => 2200,
    );
    const index = blob('index', indexOf(platforms.map(({ made, platform }) => ({ ...made.descriptor, platform }))));
    const names = Array.from({ length: 6 }, (_, i) => `${'A/'.repeat(185)}${i}`);
    return layout(
      names.map((name) => ({ ...index.descriptor, annotations: { 'io.containerd.image.name': name } })),
      [index, ...platforms.map(({ made }) => made)],
    );
  },
  'layers of one image': (bytes) => {
    const made = image({ layers: descriptors(bytes, () => LAYER.descriptor) });
    return layout([made.descriptor], [made]);
  },
  'layers that are missing': (bytes) => {
    const made = image({ layers: descriptors(bytes, (i) => ({ ...LAYER.descriptor, digest: `sha256:${hexOf(i)}` })) });
    return layout([made.descriptor], [made]);
  },
  'a manifest of brackets': (bytes) => {
    const made = blob('manifest', Buffer.from('[{"a":'.repeat(bytes / 6)));
    return layout([made.descriptor], [made]);
  },
  'an image with artifacts': (bytes) => {
    const artifacts = items(
      bytes,
      (i) =>
        blob('manifest', {
          schemaVersion: 2,
          artifactType: `x/${i}`,
          config: CONFIG.descriptor,
          layers: [],
          subject: IMAGE.descriptor,
        }),
      () => 1500,
    );
    return layout([IMAGE.descriptor, ...artifacts.map(({ descriptor }) => descriptor)], artifacts);
  },
};

/** Four documents that differ, each with nearly as many values as a document about one image may have. */
const LARGE = [1, 2, 3, 4].map((i) => blob('manifest', { i, x: Array(49_900).fill(0) }));
const inTurn = (index: number): Blob => LARGE[index % LARGE.length]!;
/** An image, and beside it a blob with the given content that the index lists again and again. */
const again = (bytes: number, content: object): Buffer =>
  layout(
    [IMAGE.descriptor, ...descriptors(bytes, () => pointer(hexOf(0)))],
    [{ entry: { name: `blobs/sha256/${hexOf(0)}`, body: JSON.stringify(content) }, descriptor: pointer(hexOf(0)) }],
  );

/** Archives in which many entries lead to the same few, large documents or descriptors. */
const REPEATED: Makers = {
  'digests that are links to large documents': (bytes) => {
    const links = items(
      bytes,
      (i): Entry => ({ name: `blobs/sha256/${hexOf(i)}`, type: '1', linkname: inTurn(i).entry.name }),
      () => 700,
    );
    const entries = links.map((_, i) => ({ ...IMAGE.descriptor, digest: `sha256:${hexOf(i)}` }));
    return archive([
      LAYOUT,
      ...LARGE.map(({ entry }) => entry),
      ...links,
      { name: 'index.json', body: JSON.stringify(indexOf(entries)) },
    ]);
  },
  'artifacts with large configs in turn': (bytes) => {
    const artifacts = items(
      bytes,
      (i) => blob('manifest', { i, config: { ...inTurn(i).descriptor, mediaType: 'x/y' }, layers: [] }),
      () => 1300,
    );
    return layout(
      artifacts.map(({ descriptor }) => descriptor),
      [...artifacts, ...LARGE],
    );
  },
  'an entry of many fields, again and again': (bytes) => {
    const fields = Object.fromEntries(items(bytes / 32, (i) => `key${i}`).map((each) => [each, 0]));
    return again(bytes / 2, indexOf([{ ...fields, digest: `sha256:${hexOf(1)}` }]));
  },
  'an artifact of many layer types, again and again': (bytes) => {
    const layers = items(bytes / 64, (i) => `x/${i}`).map((mediaType) => ({ mediaType }));
    return again(bytes / 2, { artifactType: 'x/y', config: { mediaType: 'x/y' }, layers });
  },
  'a long platform, again and again': (bytes) =>
    again(
      bytes / 16,
      indexOf([{ digest: `sha256:${hexOf(1)}`, platform: { os: 'x'.repeat(bytes / 2), architecture: 'amd64' } }]),
    ),
};

const DIRECTORY: Makers = {
  'layers of a folder that skopeo wrote': (bytes) => {
    const manifest = {
      schemaVersion: 2,
      mediaType: TYPES.manifest,
      config: CONFIG.descriptor,
      layers: descriptors(bytes, () => LAYER.descriptor),
    };
    return archive([
      { name: 'manifest.json', body: JSON.stringify(manifest) },
      ...[CONFIG, LAYER].map(({ entry, descriptor }) => ({ ...entry, name: descriptor.digest.slice(7) })),
    ]);
  },
};

export const INDEXES_AND_MANIFESTS: Family[] = archives(
  'indexes',
  { ...INDEXES, ...REPEATED, ...DIRECTORY },
  4 * MiB - 64 * 1024,
);
