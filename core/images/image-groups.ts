import { parseReference } from '../model/reference.ts';

/** An image of an archive, as far as it matters for what it belongs together with. */
export interface Placed {
  names: readonly string[];
  /** Tags without a name. */
  tags: readonly string[];
  /** Equal for images of one platform. */
  platform: string;
  /** The index that lists it with the same image for other platforms; null for an image that stands alone. */
  index: string | null;
  /** The order of images for several platforms. */
  at: number;
}

/** Images that are one: the same names, each for a platform of its own. Most groups have a single image. */
export interface ImageGroup<T> {
  /** The names as they stand in the archive; of names that mean the same, only the first. */
  names: string[];
  tags: string[];
  images: T[];
}

/**
 * Puts the images together that clients take for one: those with the same name, compared as clients complete it, and those
 * without a name that one index lists. Where a name is given twice for one platform, the last entry has it, as after
 * `docker load`; an image that loses all its names so is a group without one.
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

/** A name, a tag, or an index without either, and the images that it is for. */
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

/** Without each entry of the archive that a later one with the same name replaces: one that has a platform in common with it. */
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

/** The name as clients complete it; one that they refuse stays as it is. */
export function completeName(name: string): string {
  const parsed = parseReference(name);
  return parsed.ok ? parsed.value.canonical : name;
}
