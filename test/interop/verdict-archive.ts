import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { BUSYBOX } from '../support/engines-roots.ts';
import { run } from '../support/engines.ts';
import { archive, type Entry } from '../support/tar-builder.ts';
import { sha256 } from '../support/tools.ts';

/** The differences of an image archive from a sound hybrid of one image with two plain layers. */
export interface Variation {
  names?: string[];
  parts?: 'docker' | 'oci' | 'both' | 'legacy';
  /** A prefix for each member's name. */
  prefix?: string;
  config?: Record<string, unknown>;
  /** Changes the layers as they are stored, while `contents` stay the true content. */
  stored?: (layers: Buffer[]) => Buffer[];
  contents?: (layers: Buffer[]) => Buffer[];
  diffIDs?: (diffIDs: string[]) => string[];
  mediaType?: string;
  /** The document that begins with a byte order mark. */
  marked?: 'config' | 'manifest';
  /** Changes the finished members. */
  members?: (members: Entry[]) => Entry[];
  /** True to add an entry to index.json whose blobs are missing. */
  absent?: boolean;
  /** Wraps the archive, for example in a compression. */
  around?: (archive: Buffer) => Buffer;
  /** True when the image has no program to run: then it is enough that a container is made. */
  empty?: true;
}

export const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A tar archive, without its end, of a root file system in which busybox runs. */
export async function busyboxTar(dir: string): Promise<Buffer> {
  const root = join(dir, 'busybox-root');
  const file = join(dir, 'busybox.tar');
  mkdirSync(root);
  await BUSYBOX.make(root);
  await run('tar', ['-C', root, '--format=ustar', '-cf', file, '.']);
  rmSync(root, { recursive: true });
  const tar = readFileSync(file);
  let end = tar.length;
  while (tar.subarray(end - 512, end).every((byte) => byte === 0)) end -= 512;
  return tar.subarray(0, end);
}

/** The same busybox with one more file, as a whole tar archive. */
export function markedRoot(base: Buffer, name: string, mark: string): Buffer {
  return Buffer.concat([base, archive([{ name, body: `${mark}\n` }])]);
}

const LAYER = 'application/vnd.oci.image.layer.v1.tar';

/** An image archive made by hand, so that any single part of it can be wrong. */
export function imageArchive(base: Buffer, mark: string, variation: Variation): Buffer {
  const { parts = 'both', prefix = '', names = ['docker.io/library/lading-verdict:1'] } = variation;
  const sound = [markedRoot(base, 'unique', mark), archive([{ name: 'mark', body: `${mark}\n` }])];
  const contents = variation.contents?.(sound) ?? sound;
  const stored = variation.stored?.(contents) ?? contents;
  const diffIDs = contents.map((layer) => sha256(layer) as string);
  const config = document(variation.marked === 'config', {
    architecture: 'amd64',
    os: 'linux',
    config: { Cmd: ['/bin/busybox', 'cat', '/mark'] },
    rootfs: { type: 'layers', diff_ids: variation.diffIDs?.(diffIDs) ?? diffIDs },
    history: contents.map((_, i) => ({ created: '2024-01-01T00:00:00Z', created_by: `step ${i}` })),
    ...variation.config,
  });
  const entries = parts === 'legacy' ? legacy(names, stored, config) : modern(names, stored, config, parts, variation);
  const members = entries.map((each) => ({ ...each, name: prefix + each.name }));
  return archive(variation.members?.(members) ?? members);
}

function document(marked: boolean, json: object): Buffer {
  return Buffer.concat([...(marked ? [BYTE_ORDER_MARK] : []), Buffer.from(JSON.stringify(json))]);
}

function modern(
  names: string[],
  layers: Buffer[],
  config: Buffer,
  parts: string,
  { mediaType, absent, marked }: Variation,
): Entry[] {
  const path = (bytes: Uint8Array) => `blobs/sha256/${sha256(bytes).slice(7)}`;
  const descriptor = (type: string, bytes: Uint8Array) => ({
    mediaType: type,
    digest: sha256(bytes),
    size: bytes.length,
  });
  const manifest = document(marked === 'manifest', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => descriptor(LAYER + (mediaType ?? ''), layer)),
  });
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifests: object[] = (names.length === 0 ? [null] : names).map((name) => ({
    ...descriptor(type, manifest),
    ...(name === null
      ? {}
      : {
          annotations: {
            'io.containerd.image.name': name,
            'org.opencontainers.image.ref.name': name.split(':')[1] ?? '',
          },
        }),
  }));
  if (absent === true)
    manifests.push({
      mediaType: type,
      digest: sha256(Buffer.from('absent')),
      size: 500,
      platform: { os: 'linux', architecture: 's390x' },
    });
  const docker = [{ Config: path(config), RepoTags: names.length === 0 ? null : names, Layers: layers.map(path) }];
  const top: Entry[] = [];
  if (parts !== 'docker')
    top.push(
      { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
      { name: 'index.json', body: JSON.stringify({ schemaVersion: 2, manifests }) },
      { name: path(manifest), body: manifest },
    );
  if (parts !== 'oci') top.push({ name: 'manifest.json', body: JSON.stringify(docker) });
  return [...top, { name: path(config), body: config }, ...layers.map((layer) => ({ name: path(layer), body: layer }))];
}

function legacy(names: string[], layers: Buffer[], config: Buffer): Entry[] {
  const { architecture, os, config: execution } = JSON.parse(config.toString()) as Record<string, unknown>;
  const entries: Entry[] = [];
  let parent: string | undefined;
  for (const layer of layers) {
    const id = sha256(Buffer.concat([Buffer.from(parent ?? ''), layer])).slice(7);
    const json = JSON.stringify({ id, parent, created: '2015-01-01T00:00:00Z', architecture, os, config: execution });
    entries.push(
      { name: `${id}/`, type: '5' },
      { name: `${id}/VERSION`, body: '1.0' },
      { name: `${id}/json`, body: json },
      { name: `${id}/layer.tar`, body: layer },
    );
    parent = id;
  }
  const [repository = '', tag = ''] = (names[0] ?? '').replace('docker.io/library/', '').split(':');
  return [...entries, { name: 'repositories', body: JSON.stringify({ [repository]: { [tag]: parent } }) }];
}
