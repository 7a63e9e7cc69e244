import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { untar } from './engines-build.ts';
import { legacyArchive } from './image-builder.ts';
import { archive, type Entry } from './tar-builder.ts';
import { sha256 } from './tools.ts';

/** The parts of an image. */
export interface Parts {
  name: string;
  config: Buffer;
  layers: Buffer[];
}

/** Reads the parts of an image from an archive of `docker save`. */
export async function partsOf(saved: string, folder: string): Promise<Parts> {
  await untar(saved, folder);
  const read = (path: string) => readFileSync(join(folder, path));
  const [image] = JSON.parse(read('manifest.json').toString()) as {
    Config: string;
    RepoTags: string[];
    Layers: string[];
  }[];
  if (image === undefined) throw new Error(`${saved} holds no image`);
  return { name: image.RepoTags[0] ?? '', config: read(image.Config), layers: image.Layers.map(read).map(plain) };
}

/** Expands a layer, as Docker's containerd store has gzip layers. */
function plain(layer: Buffer): Buffer {
  return layer.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b])) ? gunzipSync(layer) : layer;
}

const hex = (bytes: Uint8Array): string => sha256(bytes).slice('sha256:'.length);
const blob = (body: Buffer): Entry => ({ name: `blobs/sha256/${hex(body)}`, body });
const folders = (...names: string[]): Entry[] => names.map((name) => ({ name, type: '5' }));

function docker(name: string, config: Entry, layers: Entry[], more: object = {}): Entry {
  const image = { Config: config.name, RepoTags: [name], Layers: layers.map((layer) => layer.name), ...more };
  return { name: 'manifest.json', body: JSON.stringify([image]) };
}

/** Writers of the formats of tools that cannot be installed here (docs/formats.md). */
export const BY_HAND: Record<'crane' | 'jib' | 'rulesOci' | 'docker25' | 'legacy', (parts: Parts) => Buffer> = {
  crane({ name, config, layers }) {
    const head = { name: sha256(config), body: config };
    const packed = layers.map((layer) => gzipSync(layer)).map((body) => ({ name: `${hex(body)}.tar.gz`, body }));
    return archive([head, ...packed, docker(name, head, packed)]);
  },
  jib({ name, config, layers }) {
    const head = { name: 'config.json', body: config };
    const packed = layers.map((layer) => gzipSync(layer)).map((body) => ({ name: `${hex(body)}.tar.gz`, body }));
    return archive([...packed, head, docker(name, head, packed)]);
  },
  rulesOci({ name, config, layers }) {
    const head = blob(config);
    const packed = layers
      .map((layer) => blob(gzipSync(layer)))
      .map((each) => ({ ...each, name: `${each.name}.tar.gz` }));
    return archive([head, ...packed, docker(name, head, packed)]);
  },
  docker25({ name, config, layers }) {
    const [head, packed] = [blob(config), layers.map(blob)];
    const describe = (mediaType: string, body: Buffer) => ({ mediaType, size: body.length, digest: sha256(body) });
    const sources = layers.map((body) => describe('application/vnd.oci.image.layer.v1.tar', body));
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const described = describe('application/vnd.oci.image.config.v1+json', config);
    const manifest = Buffer.from(
      JSON.stringify({ schemaVersion: 2, mediaType: type, config: described, layers: sources }),
    );
    const [repository = '', tag = ''] = name.split(':');
    const annotations = {
      'io.containerd.image.name': `docker.io/library/${name}`,
      'org.opencontainers.image.ref.name': tag,
    };
    const index = { schemaVersion: 2, manifests: [{ ...describe(type, manifest), annotations }] };
    const LayerSources = Object.fromEntries(sources.map((source) => [source.digest, source]));
    const blobs = [head, blob(manifest), ...packed].toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return archive([
      ...folders('blobs/', 'blobs/sha256/'),
      ...blobs,
      { name: 'index.json', body: JSON.stringify(index) },
      docker(name, head, packed, { LayerSources }),
      { name: 'oci-layout', body: '{"imageLayoutVersion": "1.0.0"}' },
      { name: 'repositories', body: JSON.stringify({ [repository]: { [tag]: hex(layers.at(-1) ?? config) } }) },
    ]);
  },
  legacy({ name, config, layers }) {
    const { config: execution } = JSON.parse(config.toString()) as { config: object };
    return legacyArchive([{ names: [name], layers, config: execution }]);
  },
};

/** Writes an image in one of these formats. */
export async function writeByHand(
  format: keyof typeof BY_HAND,
  saved: string,
  folder: string,
  file: string,
): Promise<void> {
  writeFileSync(file, BY_HAND[format](await partsOf(saved, folder)));
}
