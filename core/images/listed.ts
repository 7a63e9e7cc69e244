import type { Digest } from '../model/digest.ts';
import type { IndexPlace } from '../model/inspection.ts';

/** An image as the documents of its archive list it, before it is verified. */
export interface ListedImage {
  names: string[];
  /**
   * The tags of an image to which `index.json` gives no full name, only the annotation
   * `org.opencontainers.image.ref.name`: `1.0` instead of `app:1.0`.
   */
  tags: string[];
  /** The path of an image's config in the archive; null when the archive's documents name none. */
  config: string | null;
  /** The digest of an image's config from its OCI manifest; null when there is no OCI manifest. */
  configDigest: Digest | null;
  layers: ListedLayer[];
  manifestDigest: Digest | null;
  /**
   * The OCI index that lists the image, the image's platform in that index, and its position among all images of
   * `index.json`. Absent when `index.json` does not list the image.
   */
  place?: IndexPlace;
  /** The paths of layer descriptions (Docker before 1.10) that cannot be read, so that lower layers are unknown. */
  unreadable?: string[];
  /** The documents of an archive that list the image. */
  listedIn: ('manifest.json' | 'index.json' | 'repositories')[];
}

export interface ListedLayer {
  path: string;
  mediaType: string | null;
  /** The digest of a layer from the OCI manifest; null when there is no OCI manifest. */
  digest: Digest | null;
}

/** The paths of the documents that describe an image: its config or, before Docker 1.10, the `json` of each layer. */
export function configsOf({ config, layers, listedIn }: ListedImage): string[] {
  if (!listedIn.includes('repositories')) return config === null ? [] : [config];
  return layers.map(({ path }) => path.replace(/layer\.tar$/, 'json'));
}
