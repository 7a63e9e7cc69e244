import type { ExecutionConfig } from '../model/config.ts';
import { type Digest, hex } from '../model/digest.ts';
import type { IndexPlatform, Platform } from '../model/platform.ts';
import type { Reference } from '../model/reference.ts';

/**
 * A reference to a blob in an OCI document: its media type, digest and size in bytes (OCI image-spec descriptor.md).
 */
export interface Descriptor {
  mediaType: string;
  digest: Digest;
  size: number;
}

/** The media types of OCI documents and of layers (OCI image-spec media-types.md). */
export const MEDIA_TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  gzipLayer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  zstdLayer: 'application/vnd.oci.image.layer.v1.tar+zstd',
} as const;

/** A step in the history of an image config (OCI image-spec config.md, `history`). */
export interface HistoryEntry {
  created: string;
  created_by: string;
  comment: string;
}

/**
 * Makes the config of an image with one layer (OCI image-spec config.md). Its keys have the order in which Go clients
 * write them. `created` is a time in RFC 3339. `config` says how to run the image, and `diffID` is that of the layer.
 */
export function imageConfig(
  created: string,
  platform: Platform,
  config: ExecutionConfig,
  diffID: Digest,
  history: HistoryEntry[],
): object {
  return {
    created,
    architecture: platform.architecture,
    ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    os: platform.os,
    config,
    rootfs: { type: 'layers', diff_ids: [diffID] },
    history,
  };
}

/**
 * Returns the part of an image config that says how to run the image, such as its command and environment. It has the
 * form in which Go clients write it: keys have the order of their structs, maps are sorted by key, and empty fields
 * are left out.
 */
export function normalConfig(config: ExecutionConfig): ExecutionConfig {
  const { Healthcheck: check } = config;
  return withoutEmpty<ExecutionConfig>({
    User: config.User,
    ExposedPorts: sorted(config.ExposedPorts),
    Env: config.Env,
    Entrypoint: config.Entrypoint,
    Cmd: config.Cmd,
    Volumes: sorted(config.Volumes),
    WorkingDir: config.WorkingDir,
    Labels: sorted(config.Labels),
    StopSignal: config.StopSignal,
    Healthcheck: check && {
      ...(check.Test && { Test: check.Test }),
      ...(check.Interval && { Interval: check.Interval }),
      ...(check.Timeout && { Timeout: check.Timeout }),
      ...(check.StartPeriod && { StartPeriod: check.StartPeriod }),
      ...(check.StartInterval && { StartInterval: check.StartInterval }),
      ...(check.Retries && { Retries: check.Retries }),
    },
    OnBuild: config.OnBuild,
    Shell: config.Shell,
  });
}

/**
 * Makes the OCI manifest of an image (OCI image-spec manifest.md) from the descriptors of its config and of its
 * layers, the lowest layer first.
 */
export function ociManifest(config: Descriptor, layers: Descriptor[]): object {
  return { schemaVersion: 2, mediaType: MEDIA_TYPES.manifest, config, layers };
}

/**
 * Makes the OCI index of an image for several platforms, to which `index.json` points (OCI image-spec image-index.md).
 * `members` has the OCI manifest of the image for each platform.
 */
export function nestedIndex(members: { manifest: Descriptor; platform: IndexPlatform }[]): object {
  const manifests = members.map(({ manifest, platform }) => ({ ...manifest, platform }));
  return { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests };
}

/**
 * The names of an image, and the descriptor of its OCI manifest. For an image for several platforms, it is the
 * descriptor of the OCI index that lists its platforms.
 */
export interface NamedDescriptor {
  descriptor: Descriptor;
  names: Reference[];
}

/**
 * Makes the document `index.json` of an OCI layout. It has an entry for each name of an image, and one entry for an
 * image without a name. The entries have the annotations from which containerd, podman and skopeo read names.
 */
export function ociIndex(entries: NamedDescriptor[]): object {
  const manifests = entries.flatMap(({ descriptor, names }) => {
    const named = names.map((name) => ({
      ...descriptor,
      annotations: { 'io.containerd.image.name': name.canonical, 'org.opencontainers.image.ref.name': name.tag },
    }));
    return named.length > 0 ? named : [descriptor];
  });
  return { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests };
}

/**
 * An image as `manifest.json` and `repositories` list it. These documents cannot list an image for several platforms.
 */
export interface ListedImage {
  config: Digest;
  /** The JSON of the image config, as bytes. */
  document: Uint8Array;
  layers: Digest[];
  names: Reference[];
}

/**
 * Makes Docker's document `manifest.json`, the list of the images in an archive. Names are written in full, because
 * podman would put short ones under `localhost/`.
 */
export function dockerManifest(images: ListedImage[]): object {
  return images.map(({ config, layers, names }) => ({
    Config: blobPath(config),
    RepoTags: names.map((name) => name.canonical),
    Layers: layers.map(blobPath),
  }));
}

/**
 * Makes Docker's document `repositories`, which is older than `manifest.json`. It has for each repository and tag the
 * hex digits of the digest of the image's topmost layer. `kind load` and very old programs read image tags from it. An
 * image without layers is left out.
 */
export function repositories(images: ListedImage[]): object {
  const tags = new Map<string, Map<string, string>>();
  for (const { layers, names } of images) {
    const top = layers.at(-1);
    if (top === undefined) continue;
    for (const { familiar, tag } of names) {
      const repository = familiar.slice(0, -`:${tag}`.length);
      const own = tags.get(repository) ?? new Map<string, string>();
      tags.set(repository, own.set(tag, hex(top)));
    }
  }
  return Object.fromEntries([...tags].map(([repository, own]) => [repository, Object.fromEntries(own)]));
}

/** The path of a blob in an OCI layout, such as `blobs/sha256/…` (OCI image-spec image-layout.md). */
export function blobPath(digest: Digest): string {
  return `blobs/sha256/${hex(digest)}`;
}

function sorted<T>(map: Record<string, T> | undefined): Record<string, T> | undefined {
  return map && Object.fromEntries(Object.entries(map).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function withoutEmpty<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined && !isEmpty(value));
  return Object.fromEntries(said) as T;
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
