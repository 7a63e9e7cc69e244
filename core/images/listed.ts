import type { Digest } from '../model/digest.ts';
import type { IndexPlace } from '../model/inspection.ts';

/** An image as the documents of its archive list it, before it is verified. */
export interface ListedImage {
  names: string[];
  /**
   * The tags that `index.json` gives to an image without a full name, in the annotation
   * `org.opencontainers.image.ref.name`: `1.0` instead of `app:1.0`. Empty when there are none.
   */
  tags: string[];
  /** The path of the image's config in the archive; null when the OCI manifest names none. */
  config: string | null;
  /**
   * The digest of the image's config, as its OCI manifest states it. Null when it states none, or when there is no OCI
   * manifest.
   */
  configDigest: Digest | null;
  layers: ListedLayer[];
  manifestDigest: Digest | null;
  /**
   * Where `index.json` lists the image: the OCI index that lists it, its platform in that index, and its position among
   * all images of `index.json`. Absent when `index.json` does not list the image.
   */
  place?: IndexPlace;
  /**
   * The paths of layer descriptions (`json`, before Docker 1.10) that cannot be read. Absent when all can be read.
   * Layers below such a layer are not known.
   */
  unreadable?: string[];
  /** The documents of the archive that list the image. */
  listedIn: ('manifest.json' | 'index.json' | 'repositories')[];
}

export interface ListedLayer {
  path: string;
  mediaType: string | null;
  /**
   * The digest of the layer as its OCI manifest states it. Null when it states none, or when there is no OCI manifest.
   */
  digest: Digest | null;
}

/**
 * The paths of the documents that describe an image: its config or, before Docker 1.10, the file `json` of each layer.
 * Empty when the image has no config.
 */
export function configsOf({ config, layers, listedIn }: ListedImage): string[] {
  if (!listedIn.includes('repositories')) return config === null ? [] : [config];
  return layers.map(({ path }) => path.replace(/layer\.tar$/, 'json'));
}
