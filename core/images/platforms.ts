import { enumerated } from '../catalogue/brief.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { printable } from '../model/bytes.ts';
import {
  formatPlatform,
  type IndexPlatform,
  normalizePlatform,
  type Platform,
  platformKey,
  platformText,
  samePlatform,
} from '../model/platform.ts';
import { completeName, groupImages, type ImageGroup, type Placed } from './image-groups.ts';
import type { ImageIndex } from './image-index.ts';
import type { VerifiedImage } from './images.ts';
import type { ListedImage } from './listed.ts';

/** A verified image of an archive, with the OCI index that lists it and its platform in that index. */
interface PlacedImage extends Placed {
  verified: VerifiedImage;
  /**
   * The platform that the OCI index states for the image, or else the one in its config. Null when neither states one.
   */
  described: IndexPlatform | null;
}

/**
 * The images of an archive after each got the platform that clients see, and the findings about platforms and names.
 */
export interface PlacedImages {
  images: VerifiedImage[];
  findings: Finding[];
}

/**
 * Finds out which images of an archive clients treat as one image for several platforms. Gives each of these images the
 * platform that the OCI index states for it. Returns all images, and the findings about their number, platforms and
 * names. `listed` and `verified` have the same images in the same order.
 */
export function placeImages(index: ImageIndex, listed: ListedImage[], verified: VerifiedImage[]): PlacedImages {
  const top = ownIndex(listed);
  const placed = listed.flatMap((image, i) => {
    const own = verified[i];
    return own === undefined ? [] : placeImage(own, image, top, i);
  });
  const groups = groupImages(placed);
  const ofSeveral = new Set(groups.filter(({ images }) => images.length > 1).flatMap(({ images }) => images));
  return {
    images: placed.map((each) => (ofSeveral.has(each) ? asMember(each) : each.verified)),
    findings: [
      ...absentFindings(index, placed),
      ...groups.flatMap((group) => severalPlatforms(group, groups)),
      ...(groups.length > 1 ? [finding('several-images', { count: groups.length })] : []),
      ...(index.attestations > 0 ? [finding('attestations', { count: index.attestations })] : []),
      ...repeatedNames(placed, groups),
    ],
  };
}

/**
 * The images that `index.json` itself lists (not through another index), with a platform but without a name. Clients
 * treat them as one image for several platforms if no two are for the same platform. If two are, the set is empty.
 */
function ownIndex(listed: ListedImage[]): ReadonlySet<ListedImage> {
  const entries = listed.filter(
    ({ names, tags, place }) => names.length + tags.length === 0 && place?.index === null && place.platform !== null,
  );
  const platforms = new Set(entries.map(({ place }) => (place?.platform ? platformKey(place.platform) : '')));
  return new Set(platforms.size === entries.length ? entries : []);
}

function placeImage(
  verified: VerifiedImage,
  listed: ListedImage,
  own: ReadonlySet<ListedImage>,
  i: number,
): PlacedImage {
  const { found, source } = verified;
  const place = own.has(listed) && listed.place !== undefined ? { ...listed.place, index: 'index.json' } : listed.place;
  const described = place?.platform ?? found.platform;
  return {
    names: found.names,
    tags: found.tags,
    index: place?.index ?? null,
    at: place?.at ?? i,
    platform: described === null ? '' : platformKey(described),
    described,
    verified: place === undefined || source === null ? verified : { ...verified, source: { ...source, place } },
  };
}

/**
 * Gives an image that belongs to an image for several platforms the platform that the OCI index states. The executables
 * may show that the config states a wrong platform: a conversion then corrects the config if the index states the
 * platform of the executables. If the index does not, the config stays, and the finding `platform-foreign` replaces
 * `platform-wrong`.
 */
function asMember({ verified, described }: PlacedImage): VerifiedImage {
  if (described === null) return verified;
  const { found, source, findings, faults } = verified;
  const platform = normalizePlatform(described.os, described.architecture, described.variant);
  const executables = source?.platform;
  const image = { ...found, platform };
  if (source === null || executables === undefined || samePlatform(executables, platform))
    return { found: image, source, findings, faults };
  const { platform: _, ...kept } = source;
  const wrong = findings.filter((each) => each.code !== 'platform-wrong');
  return { found: image, source: kept, findings: [...wrong, foreign(executables, platform)], faults };
}

function foreign(executables: Platform, platform: Platform): Finding {
  return finding('platform-foreign', { found: formatPlatform(executables), platform: formatPlatform(platform) });
}

function absentFindings(index: ImageIndex, placed: PlacedImage[]): Finding[] {
  const absent = index.absent.map(({ platform, digest }) => platform ?? digest);
  if (absent.length === 0) return [];
  const list = platformsOf(placed);
  const present = list.length === 0 ? { en: 'no platform', zh: '没有任何平台' } : enumerated(list, ', ');
  return [finding('platform-absent', { platforms: enumerated(absent, ', '), present })];
}

function severalPlatforms({ names, images }: ImageGroup<PlacedImage>, groups: unknown[]): Finding[] {
  if (images.length < 2) return [];
  const own = groups.length < 2 ? [] : names.map((each) => `\`${printable(each)}\``);
  const list = enumerated(own, ', ');
  const name = own.length === 0 ? '' : { en: ` ${list.en}`, zh: ` ${list.zh} ` };
  return [finding('several-platforms', { name, platforms: enumerated(platformsOf(images), ', ') })];
}

function platformsOf(images: PlacedImage[]): string[] {
  return [...new Set(images.flatMap(({ described }) => (described === null ? [] : platformText(described))))];
}

/**
 * The findings about names that an archive gives to two different images; the later image takes the name from the
 * earlier one. One finding for each name; empty when there is none.
 */
function repeatedNames(placed: PlacedImage[], groups: ImageGroup<PlacedImage>[]): Finding[] {
  const holders = new Map<string, Set<unknown>>();
  for (const { names, images } of groups)
    for (const name of names.map(completeName)) holders.set(name, new Set(images.map(identity)));
  const lost = placed.flatMap((image) =>
    image.names.map(completeName).filter((name) => holders.get(name)?.has(identity(image)) !== true),
  );
  return [...new Set(lost)].map((name) => finding('name-repeated', { name: printable(name) }));
}

function identity({ verified: { found } }: PlacedImage): unknown {
  return found.configDigest ?? found;
}
