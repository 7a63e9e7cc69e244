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

/** An image of the archive, with the index that lists it and its platform in that index. */
interface PlacedImage extends Placed {
  verified: VerifiedImage;
  /** The platform of an image from the OCI index, or else from its config; null when neither names one. */
  described: IndexPlatform | null;
}

/** The images of an archive, with their platforms as clients see them, and the findings about these platforms. */
export interface PlacedImages {
  images: VerifiedImage[];
  findings: Finding[];
}

/**
 * Finds out which images of an archive clients treat as one image for several platforms, and gives each of them the
 * platform that the OCI index states for it. Returns all images of the archive, and the findings about their number,
 * platforms and names.
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
 * The images that `index.json` lists directly (not through another index), with a platform but without a name. If no
 * two of them are for the same platform, clients treat them as one image for several platforms. Otherwise the set is
 * empty.
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
 * Sets the platform of an image to the one that the OCI index states for it. It is called for an image that belongs to
 * an image for several platforms. When the config states a platform for which the executables are not, the config is
 * usually corrected. It is not corrected if the index, too, states another platform than that of the executables. The
 * finding `platform-foreign` then replaces the finding `platform-wrong`.
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
 * The findings about image names that occur twice in an archive, for different images. The later image takes the name
 * from the earlier one.
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
