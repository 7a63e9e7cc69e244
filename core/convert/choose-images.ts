import { type Bilingual, both, type Language } from '../catalogue/bilingual.ts';
import { enumerated } from '../catalogue/brief.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { completeName, groupImages, type ImageGroup, type Placed } from '../images/image-groups.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { FoundImage, ImageSource, Inspection } from '../model/inspection.ts';
import { DEFAULT_PLATFORM, formatPlatform, type Platform, platformKey, samePlatform } from '../model/platform.ts';

/**
 * An image of the uploaded archive. Its names, its tags and the OCI index that lists it show which other images of the
 * archive are the same image for other platforms.
 */
export interface ArchiveImage extends Placed {
  found: FoundImage;
  /** The config and the layers from which the image can be written; null when some are missing or damaged. */
  source: ImageSource | null;
}

/** The user's choice among the images of an archive, by name and by platform. */
export interface Choice {
  /** The name, tag or number (from 1) of the chosen image; null for all images. */
  image: string | null;
  /** The platform to choose from an image for several platforms; null for all of its platforms. */
  platform: Platform | null;
}

/**
 * Selects the images of an archive that the user asked for, by `image` (null for all) and by `platform` (null for
 * all). Returns them in groups: a group is one image with all of its selected platforms. If no image is for the
 * platform, the platform is ignored when no image is for several platforms. Otherwise, and when no image has the given
 * name, a finding that says so is returned instead.
 */
export function chooseImages(
  inspection: Inspection,
  { image, platform }: Choice,
): ImageGroup<ArchiveImage>[] | Finding {
  const all = archiveImages(inspection);
  const groups = image === null ? groupImages(all) : groupsCalled(image, all);
  if (groups.length === 0 && image !== null)
    return finding('image-not-found', { image, images: described(inspection.images) });
  if (platform === null || groups.reduce((sum, { images }) => sum + images.length, 0) < 2) return groups;
  const fitting = groups.map((group) => ({ ...group, images: group.images.filter((each) => isFor(each, platform)) }));
  const some = fitting.filter(({ images }) => images.length > 0);
  if (some.length > 0) return some;
  if (groups.every(({ images }) => images.length === 1)) return groups;
  return finding('platform-not-found', {
    platform: formatPlatform(platform),
    images: described(groups.flatMap(({ images }) => images.map(({ found }) => found))),
  });
}

/**
 * True when the only image of an archive is for another platform than `asked`, the platform that the user asked for.
 * False when `asked` is null, when the image states no platform, or when there are several images or none.
 */
export function isOfOtherPlatform({ images: [only, ...others] }: Inspection, asked: Platform | null): boolean {
  const own = others.length === 0 ? (only?.platform ?? null) : null;
  return asked !== null && own !== null && !samePlatform(own, asked);
}

/**
 * Chooses, from one image for several platforms, the image for clients that take only one platform: that for
 * linux/amd64, else the first. Undefined when `images` is empty.
 */
export function preferred(images: readonly ArchiveImage[]): ArchiveImage | undefined {
  const { os, architecture } = DEFAULT_PLATFORM;
  const isNear = ({ found: { platform } }: ArchiveImage): boolean =>
    platform?.os === os && platform.architecture === architecture;
  return images.find((each) => isFor(each, DEFAULT_PLATFORM)) ?? images.find(isNear) ?? images[0];
}

function archiveImages({ images, sources }: Inspection): ArchiveImage[] {
  return images.map((found, i) => {
    const source = sources[i] ?? null;
    const platform = source?.place?.platform ?? found.platform;
    return {
      found,
      source,
      names: found.names,
      tags: found.tags,
      platform: platform === null ? '' : platformKey(platform),
      index: source?.place?.index ?? null,
      at: source?.place?.at ?? i,
    };
  });
}

/**
 * Returns the images that have the name or tag `wanted`, in groups: one image for several platforms is one group. If no
 * image has this name or tag, `wanted` is read as the number of an image in the archive, counted from 1. Empty when
 * there is no such image either.
 */
function groupsCalled(wanted: string, all: ArchiveImage[]): ImageGroup<ArchiveImage>[] {
  const name = completeName(wanted);
  const called = groupImages(all).filter(
    ({ names, tags }) => tags.includes(wanted) || names.some((each) => completeName(each) === name),
  );
  if (called.length > 0) return called;
  const image = all.find((_, at) => wanted === String(at + 1));
  return image === undefined ? [] : groupImages([{ ...image, index: null }]);
}

/**
 * True when several images were chosen, but what the user asks for can be made of one image only: a name is given, or
 * a root file system is wanted. The caller then converts nothing, and asks the user to choose one image.
 */
export function isForOneOf(
  groups: readonly ImageGroup<ArchiveImage>[],
  { nameDerived, as }: Pick<ConversionRequest, 'nameDerived' | 'as'>,
): boolean {
  return groups.length > 1 && (!nameDerived || as === 'rootfs');
}

/**
 * Returns the images that a conversion writes, each once. Each group in `groups` holds the same image for several
 * platforms. For a root file system, only one image of each group is returned: that for linux/amd64, else the first.
 * Otherwise all images are returned.
 */
export function imagesToMake(
  groups: readonly ImageGroup<ArchiveImage>[],
  { as }: Pick<ConversionRequest, 'as'>,
): ArchiveImage[] {
  const images = groups.flatMap((group) => (as === 'rootfs' ? (preferred(group.images) ?? []) : group.images));
  return [...new Set(images)];
}

function isFor({ found }: ArchiveImage, platform: Platform): boolean {
  return found.platform !== null && samePlatform(found.platform, platform);
}

/**
 * Describes images in English and in Chinese, for the sentence of a finding. The text has of each image its number,
 * counted from 1, its names or that it has none, and its platform if it states one.
 */
export function described(images: FoundImage[]): Bilingual {
  return both(enumerated(images.map(nameOf('en')), '; ').en, enumerated(images.map(nameOf('zh')), '；').zh);
}

function nameOf(language: Language): (image: FoundImage, at: number) => string {
  return (image, at) => {
    const platform = image.platform === null ? '' : ` (${formatPlatform(image.platform)})`;
    const name = enumerated([...image.names, ...image.tags.map((tag) => `:${tag}`)], ', ');
    return `${at + 1}: ${name[language] || UNNAMED[language]}${platform}`;
  };
}

const UNNAMED: Bilingual = { en: 'without a name', zh: '没有名称' };
