import { configOf, type ImageSpec } from './image-builder.ts';
import { archive } from './tar-builder.ts';
import { sha256 } from './tools.ts';

/** An image for one platform, by its config and, where that differs, by the index. */
export interface PlatformSpec extends Omit<ImageSpec, 'names'> {
  os?: string;
  architecture: string;
  variant?: string;
  /** The platform in the index, where it is not that of the config; null to leave it out. */
  described?: object | null;
}

/** An entry of `index.json`: an index of several platforms or, when `flat`, an entry for each platform. */
export interface EntrySpec {
  names?: string[];
  /** Tags that are written as `org.opencontainers.image.ref.name` alone. */
  tags?: string[];
  platforms: PlatformSpec[];
  flat?: boolean;
}

export interface Flavour {
  /** True to add `manifest.json` as Docker 29 does, with the first platform of each entry and its short names. */
  docker?: boolean;
  /** True to add an attestation of each image, as buildx does. */
  attested?: boolean;
  /** True to use the media types of Docker instead of those of OCI. */
  dockerTypes?: boolean;
}

const OCI = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
} as const;
const DOCKER = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
} as const;

/** An archive of images for several platforms, as Docker 29, buildx, skopeo and others write it. */
export function indexArchive(entries: EntrySpec[], { docker, attested, dockerTypes }: Flavour = {}): Buffer {
  const types = dockerTypes === true ? DOCKER : OCI;
  const blobs = new Map<string, Uint8Array>();
  const blob = (mediaType: string, content: Uint8Array | object) => {
    const bytes = content instanceof Uint8Array ? content : Buffer.from(JSON.stringify(content));
    blobs.set(`blobs/sha256/${sha256(bytes).slice(7)}`, bytes);
    return { mediaType, digest: sha256(bytes), size: bytes.length };
  };
  const manifestOf = ({ architecture, os = 'linux', variant, described, ...image }: PlatformSpec) => {
    const own = { architecture, os, ...(variant !== undefined && { variant }) };
    const config = blob(types.config, configOf({ names: [], ...image, more: { ...own, ...image.more } }));
    const layers = image.layers.map((layer) => blob(types.layer, layer));
    const descriptor = blob(types.manifest, { schemaVersion: 2, mediaType: types.manifest, config, layers });
    const platform = described === undefined ? own : described;
    return { config, layers, descriptor: { ...descriptor, ...(platform !== null && { platform }) } };
  };
  const items: object[] = [];
  const top = entries.flatMap(({ names = [], tags = [], platforms, flat }) => {
    const images = platforms.map(manifestOf);
    const [first] = images;
    if (first !== undefined && docker === true) {
      const path = ({ digest }: { digest: string }) => `blobs/sha256/${digest.slice(7)}`;
      const short = names.map((name) => name.replace(/^docker\.io\/(?:library\/)?/, ''));
      items.push({ Config: path(first.config), RepoTags: short, Layers: first.layers.map(path) });
    }
    const attestations =
      attested === true ? images.map(({ descriptor }) => attestationOf(descriptor.digest, blob)) : [];
    const manifests = [...images.map(({ descriptor }) => descriptor), ...attestations];
    const listed =
      flat === true ? manifests : [blob(types.index, { schemaVersion: 2, mediaType: types.index, manifests })];
    const notes = [
      ...names.map((name) => ({ 'io.containerd.image.name': name })),
      ...tags.map((tag) => ({ 'org.opencontainers.image.ref.name': tag })),
    ];
    return listed.flatMap((each) =>
      notes.length === 0 ? [each] : notes.map((annotations) => ({ ...each, annotations })),
    );
  });
  return archive([
    ...[...blobs].map(([name, body]) => ({ name, body })),
    { name: 'index.json', body: JSON.stringify({ schemaVersion: 2, mediaType: OCI.index, manifests: top }) },
    ...(docker === true ? [{ name: 'manifest.json', body: JSON.stringify(items) }] : []),
    { name: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' },
  ]);
}

type PutBlob = (mediaType: string, content: object) => { mediaType: string; digest: string; size: number };

function attestationOf(subject: string, blob: PutBlob): object {
  const statement = { _type: 'https://in-toto.io/Statement/v0.1', subject: [{ digest: { sha256: subject.slice(7) } }] };
  const layer = blob('application/vnd.in-toto+json', statement);
  const rootfs = { type: 'layers', diff_ids: [layer.digest] };
  const config = blob(OCI.config, { architecture: 'unknown', os: 'unknown', config: {}, rootfs });
  return {
    ...blob(OCI.manifest, { schemaVersion: 2, mediaType: OCI.manifest, config, layers: [layer] }),
    annotations: { 'vnd.docker.reference.digest': subject, 'vnd.docker.reference.type': 'attestation-manifest' },
    platform: { architecture: 'unknown', os: 'unknown' },
  };
}
