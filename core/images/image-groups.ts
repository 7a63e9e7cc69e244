import { referenceOf } from '../model/reference.ts';

/** The properties of an image by which clients decide that it and other images are one image for several platforms. */
export interface Placed {
  names: readonly string[];
  /** The tags that the archive gives an image without a name: `1.0` and not `app:1.0`. */
  tags: readonly string[];
  /**
   * The platform of the image, as a text for comparing platforms: the same for two platforms that no client
   * distinguishes. Empty when the platform is not known.
   */
  platform: string;
  /**
   * The digest of the OCI index that lists the image, if `index.json` points to this index. It is the text `index.json`
   * if `index.json` itself lists the image and clients treat its images without a name as one image for several
   * platforms. Null for any other image.
   */
  index: string | null;
  /**
   * The position of the image, from 0, among the images of the archive. Images that form one image for several
   * platforms are sorted by it.
   */
  at: number;
}

/**
 * Images that have the same names, one image for each platform. A user sees them as one image. Most groups have one
 * image.
 */
export interface ImageGroup<T> {
  /**
   * The names of a group of images, spelled as in the archive. Of names that mean the same (`app` and `app:latest`),
   * only the first is listed. Empty for a group without a name.
   */
  names: string[];
  tags: string[];
  images: T[];
}

/**
 * Groups the images that clients treat as one image for several platforms. These are images with the same name, after
 * it is completed with registry and tag, and images without a name or tag that one index lists. When a name occurs
 * twice for one platform, the last image gets it, as in `docker load`. Every image is in at least one group; an image
 * that loses all its names makes a group without a name.
 */
export function groupImages<T extends Placed>(images: readonly T[]): ImageGroup<T>[] {
  const numbers = new Map(images.map((image, at) => [image, at]));
  const groups = new Map<string, ImageGroup<T>>();
  const put = (members: T[], name: string | null, tag: string | null): void => {
    const id = members.map((each) => numbers.get(each)).join();
    const group = groups.get(id) ?? { names: [], tags: [], images: members };
    if (name !== null) group.names.push(name);
    if (tag !== null) group.tags.push(tag);
    groups.set(id, group);
  };
  for (const { name, tag, claimants } of claims(images)) put(winners(claimants), name, tag);
  const grouped = new Set([...groups.values()].flatMap((group) => group.images));
  for (const image of images) if (!grouped.has(image)) put([image], null, null);
  const first = ({ images: [image] }: ImageGroup<T>): number => (image === undefined ? -1 : (numbers.get(image) ?? -1));
  return [...groups.values()].toSorted((a, b) => first(a) - first(b));
}

/**
 * A name or a tag (the other is null), and the images that have it in the archive. If images without a name and a tag
 * are listed by one OCI index, they belong together, too; `name` and `tag` are then both null.
 */
interface Claim<T> {
  name: string | null;
  tag: string | null;
  claimants: T[];
}

function claims<T extends Placed>(images: readonly T[]): Claim<T>[] {
  const all = new Map<string, { name: string | null; tag: string | null; claimants: Set<T> }>();
  const add = (key: string, name: string | null, tag: string | null, image: T): void => {
    const claim = all.get(key) ?? { name, tag, claimants: new Set() };
    all.set(key, claim);
    claim.claimants.add(image);
  };
  for (const image of images) {
    const { names, tags, index } = image;
    for (const name of names) add(completeName(name), name, null, image);
    if (names.length > 0) continue;
    for (const tag of tags) add(`:${tag}`, null, tag, image);
    if (tags.length === 0 && index !== null) add(`@${index}`, null, null, image);
  }
  return [...all.values()].map((claim) => ({ ...claim, claimants: [...claim.claimants] }));
}

/**
 * Of several images with the same name, returns those that keep it, in the order of the archive. An image loses the
 * name when a later image has the same name and platform. If an OCI index lists images with this name, they keep or
 * lose it together.
 */
function winners<T extends Placed>(claimants: T[]): T[] {
  const entries = new Map<unknown, T[]>();
  for (const image of claimants) {
    const entry = image.index ?? image;
    const own = entries.get(entry);
    if (own === undefined) entries.set(entry, [image]);
    else own.push(image);
  }
  const taken = new Set<string>();
  const kept = [...entries.values()].toReversed().filter((entry) => {
    const platforms = entry.map(({ platform }) => platform);
    const isReplaced = platforms.some((platform) => taken.has(platform));
    for (const platform of platforms) taken.add(platform);
    return !isReplaced;
  });
  return kept.flat().toSorted((a, b) => a.at - b.at);
}

/**
 * The name of an image as clients complete it: `docker.io/library/app:latest` for `app`. An invalid name is returned as
 * it is.
 */
export function completeName(name: string): string {
  return referenceOf(name)?.canonical ?? name;
}
