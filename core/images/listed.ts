import type { Digest } from '../model/digest.ts';
import type { IndexPlace } from '../model/inspection.ts';

/** An image as the documents of its archive list it, nothing verified yet. */
export interface ListedImage {
  names: string[];
  /** Tags that `index.json` gives it without a name (`org.opencontainers.image.ref.name` alone). */
  tags: string[];
  /** Path of the config in the archive; null where there is none to name (before Docker 1.10). */
  config: string | null;
  /** What the OCI manifest says of the config; null in a docker archive alone. */
  configDigest: Digest | null;
  layers: ListedLayer[];
  manifestDigest: Digest | null;
  /** Where `index.json` lists it; absent where that does not. */
  place?: IndexPlace;
  /** Descriptions of layers from before Docker 1.10 that are missing, empty or no JSON: what lies below them is not known. */
  unreadable?: string[];
  /** Documents it is listed in. */
  listedIn: ('manifest.json' | 'index.json' | 'repositories')[];
}

export interface ListedLayer {
  path: string;
  mediaType: string | null;
  /** What the OCI manifest says of it. */
  digest: Digest | null;
}

/** Where an image is described: its config; before Docker 1.10, the `json` beside each layer. */
export function configsOf({ config, layers, listedIn }: ListedImage): string[] {
  if (!listedIn.includes('repositories')) return config === null ? [] : [config];
  return layers.map(({ path }) => path.replace(/layer\.tar$/, 'json'));
}
