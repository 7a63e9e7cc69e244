import { gunzipSync } from 'node:zlib';
import { archive, type Entry } from './tar-builder.ts';
import { sha256 } from './tools.ts';

/** An image for archives of every format; its layers are given as they are stored, plain or gzip. */
export interface ImageSpec {
  names: string[];
  layers: Uint8Array[];
  config?: object;
  /** The diffIDs in the config, where they differ from the true ones. */
  diffIDs?: string[];
  history?: object[];
  /** False to leave out architecture and os. */
  platform?: boolean;
  os?: string;
  /** Fields of the config that are added or replaced. */
  more?: object;
}

/** An archive as `docker save` of Docker 1.10 to 24 writes it. */
export function dockerArchive(images: ImageSpec[]): Buffer {
  const entries: Entry[] = [];
  const items = images.map((image) => {
    const config = configOf(image);
    const name = `${sha256(config).slice(7)}.json`;
    const layers = image.layers.map((layer) => {
      const id = sha256(Buffer.concat([Buffer.from('id'), layer])).slice(7);
      if (!entries.some((each) => each.name === `${id}/`)) {
        entries.push(
          { name: `${id}/`, type: '5' },
          { name: `${id}/VERSION`, body: '1.0' },
          { name: `${id}/layer.tar`, body: layer },
        );
      }
      return `${id}/layer.tar`;
    });
    entries.push({ name, body: config });
    return { Config: name, RepoTags: image.names.length > 0 ? image.names : null, Layers: layers };
  });
  return archive([...entries, { name: 'manifest.json', body: JSON.stringify(items) }]);
}

/** An OCI layout with names as annotations only; `absent` are further descriptors of its index. */
export function ociArchive(images: ImageSpec[], prefix = '', absent: object[] = []): Buffer {
  const blobs = new Map<string, Uint8Array>();
  const blob = (mediaType: string, bytes: Uint8Array) => {
    blobs.set(`${prefix}blobs/sha256/${sha256(bytes).slice(7)}`, bytes);
    return { mediaType, digest: sha256(bytes), size: bytes.length };
  };
  const manifests = images.flatMap((image) => {
    const manifest = {
      schemaVersion: 2,
      config: blob('application/vnd.oci.image.config.v1+json', configOf(image)),
      layers: image.layers.map((layer) => blob('application/vnd.oci.image.layer.v1.tar', layer)),
    };
    const descriptor = blob('application/vnd.oci.image.manifest.v1+json', Buffer.from(JSON.stringify(manifest)));
    return image.names.map((name) => ({ ...descriptor, annotations: { 'io.containerd.image.name': name } }));
  });
  return archive([
    ...[...blobs].map(([name, body]) => ({ name, body })),
    { name: `${prefix}index.json`, body: JSON.stringify({ schemaVersion: 2, manifests: [...manifests, ...absent] }) },
    { name: `${prefix}oci-layout`, body: '{"imageLayoutVersion":"1.0.0"}' },
  ]);
}

/** An archive as `docker save` before Docker 1.10 writes it; layer number `emptyJson` has an empty description. */
export function legacyArchive([image]: ImageSpec[], emptyJson = -1): Buffer {
  if (image === undefined) throw new Error('one image');
  const entries: Entry[] = [];
  let parent = '';
  for (const [at, layer] of image.layers.entries()) {
    const id = sha256(Buffer.concat([Buffer.from(parent), layer])).slice(7);
    const json = { id, ...(parent === '' ? {} : { parent }), architecture: 'amd64', os: 'linux', config: image.config };
    entries.push(
      { name: `${id}/json`, body: at === emptyJson ? '' : JSON.stringify(json) },
      { name: `${id}/layer.tar`, body: layer },
    );
    parent = id;
  }
  const [repository = '', tag = ''] = (image.names[0] ?? '').split(':');
  return archive([...entries, { name: 'repositories', body: JSON.stringify({ [repository]: { [tag]: parent } }) }]);
}

/** The config of an image, as bytes. */
export function configOf({ layers, config, diffIDs, history, platform, os = 'linux', more }: ImageSpec): Buffer {
  const contents = layers.map((layer) => (layer[0] === 0x1f ? gunzipSync(layer) : layer));
  return Buffer.from(
    JSON.stringify({
      ...(platform === false ? {} : { architecture: 'amd64', os }),
      config: config ?? {},
      rootfs: { type: 'layers', diff_ids: diffIDs ?? contents.map(sha256) },
      history: history ?? layers.map((_, i) => ({ created_by: `step ${i}` })),
      ...more,
    }),
  );
}
