import type { Digest } from '../model/digest.ts';
import type { IndexPlace } from '../model/inspection.ts';

/** An image as the documents of its archive list it, before it is verified. */
export interface ListedImage {
  names: string[];
  /** The tags that `index.json` gives without a name (only `org.opencontainers.image.ref.name`). */
  tags: string[];
  /** The path of the config in the archive; null when the documents name none. */
  config: string | null;
  /** The config's digest from the OCI manifest; null when there is no OCI manifest. */
  configDigest: Digest | null;
  layers: ListedLayer[];
  manifestDigest: Digest | null;
  /** The image's place in `index.json`; absent when `index.json` does not list it. */
  place?: IndexPlace;
  /** Paths of layer descriptions (before Docker 1.10) that are missing, empty or not JSON and hide lower layers. */
  unreadable?: string[];
  /** The documents that list the image. */
  listedIn: ('manifest.json' | 'index.json' | 'repositories')[];
}

export interface ListedLayer {
  path: string;
  mediaType: string | null;
  /** The layer's digest from the OCI manifest; null when there is no OCI manifest. */
  digest: Digest | null;
}

/** The paths of the documents that describe an image: its config or, before Docker 1.10, the `json` of each layer. */
export function configsOf({ config, layers, listedIn }: ListedImage): string[] {
  if (!listedIn.includes('repositories')) return config === null ? [] : [config];
  return layers.map(({ path }) => path.replace(/layer\.tar$/, 'json'));
}
