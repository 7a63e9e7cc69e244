import { both } from '../catalogue/bilingual.ts';
import { brief } from '../catalogue/brief.ts';
import { type Finding, finding, isMendable } from '../catalogue/findings.ts';
import type { ImageGroup } from '../images/image-groups.ts';
import { bytesOf } from '../model/byte-string.ts';
import type { ConversionRequest, LayerCompression } from '../model/conversion-request.ts';
import type { Inspection, RewrittenLayer } from '../model/inspection.ts';
import { DEFAULT_PLATFORM, type IndexPlatform, indexPlatform } from '../model/platform.ts';
import { sizeOfLayers } from '../model/recipe.ts';
import { type Reference, referenceOf, withTag } from '../model/reference.ts';
import { utf8 } from '../model/utf8.ts';
import {
  type ArchiveImage,
  chooseImages,
  described,
  imagesToMake,
  isForOneOf,
  isOfOtherPlatform,
  preferred,
} from './choose-images.ts';
import type { EntryToWrite, ImagesToWrite, ImageToWrite, LayerToWrite } from './layout.ts';
import { mendedConfig } from './mend-config.ts';
import { layersToMerge } from './merge-layers.ts';
import { type MergedSource, mergedSource, type SourceLayer } from './merged-source.ts';

/**
 * Describes how the images of an uploaded image archive are written, so that every client loads the new image archive.
 * Plain layers, and gzip layers without trailing bytes, are copied unchanged, unless the user asks for a change. If
 * nothing needs a change, and `always` is false, `entries` in the result is empty: nothing is written. It is also
 * empty when the archive cannot be converted; then a finding says why.
 */
export function imagesOfArchive(inspection: Inspection, request: ConversionRequest, always: boolean): ImagesToWrite {
  const findings = [...withoutKept(inspection, request), ...notApplied(inspection, request)];
  const nothing = { entries: [], nameDerived: request.nameDerived };
  const chosen = chooseImages(inspection, request);
  const narrowed = request.image !== null || !Array.isArray(chosen) || count(chosen) < inspection.images.length;
  const asked = always || !request.nameDerived || narrowed || asksForLayers(inspection, request);
  const broken = findings.some((each) => each.severity === 'error' && !isMendable(each) && each.mended !== true);
  if (!(asked || findings.some(isMendable)) || (broken && !narrowed)) return { ...nothing, findings };
  if (!Array.isArray(chosen)) return { ...nothing, findings: [...findings, chosen] };
  if (isForOneOf(chosen, request)) {
    const what = request.as === 'rootfs' ? ONE_ROOT : ONE_NAME;
    const detail = { count: chosen.length, what, images: described(inspection.images) };
    return { ...nothing, findings: [...findings, finding('image-not-chosen', detail)] };
  }
  // The findings say why layers were not made, which may be errors that the choice of an image does not overrule.
  if (inspection.rewritten === undefined && layersToMerge(inspection, request) !== null)
    return { ...nothing, findings };
  for (const remark of mergeRemarks(chosen, inspection, request)) findings.push(remark);
  const nameDerived = request.nameDerived && chosen.some((group) => ownNames(group).length === 0);
  return { entries: entriesOf(chosen, inspection, request) ?? [], nameDerived, findings };
}

const ONE_NAME = both('a name can be given to one of them', '名称只能给其中一个');
const ONE_ROOT = both('a root file system can be made of one of them', '根文件系统只能取自其中一个');

/**
 * Returns the findings about the upload. If the user asked for zstd, leaves out the findings which say that a layer is
 * compressed with zstd: such a layer stays as it is.
 */
function withoutKept({ findings, images }: Inspection, { compress }: ConversionRequest): readonly Finding[] {
  if (compress !== 'zstd') return findings;
  const layers = images.flatMap((image) => image.layers);
  const kept = new Set(layers.flatMap(({ path, compression }) => (compression === 'zstd' ? [brief(path)] : [])));
  return findings.filter(({ code, member = '' }) => code !== 'layer-compression' || !kept.has(member));
}

/**
 * True when the archive must be written again because of its layers: the user asks for a compression, for merged
 * layers or for the layout of `docker save` before version 25. Also true when the option `mend` has corrected layers.
 */
function asksForLayers({ mended }: Inspection, { compress, layout, mergeFrom }: ConversionRequest): boolean {
  return compress !== null || mergeFrom !== null || layout === 'docker' || mended !== undefined;
}

function count(groups: ImageGroup<ArchiveImage>[]): number {
  return new Set(groups.flatMap(({ images }) => images)).size;
}

/**
 * Returns the names for an image: those that the user gave, else the image's valid names in the archive, else names
 * that are made from the upload's key and the image's tags. `isOnly` is true when no other image is written. Such an
 * image gets the name from the key also if it has no tag, and a tag in the key replaces its tags. Any other image
 * without a name and a tag gets no name; the list is then empty.
 */
function namesFor(group: ImageGroup<ArchiveImage>, isOnly: boolean, request: ConversionRequest): Reference[] {
  if (!request.nameDerived) return request.names;
  const own = ownNames(group);
  if (own.length > 0) return own;
  const [derived] = request.names;
  // A person chose the tag in the key. The tag in the index is often just `latest`, set by a tool.
  const isTagged = isOnly && derived?.tag !== 'latest';
  if (derived !== undefined && !isTagged && group.tags.length > 0) {
    return group.tags.map((tag) => withTag(derived, tag));
  }
  return isOnly ? request.names : [];
}

function ownNames({ names }: ImageGroup<ArchiveImage>): Reference[] {
  const own = names.flatMap((name) => referenceOf(name) ?? []);
  return [...new Map(own.map((name) => [name.canonical, name])).values()];
}

/**
 * Prepares the chosen images for the image archive that is written. Returns one entry for each of `groups`, which each
 * hold the same image for several platforms. Null when one of the images is incomplete or damaged.
 */
function entriesOf(
  groups: ImageGroup<ArchiveImage>[],
  inspection: Inspection,
  request: ConversionRequest,
): EntryToWrite[] | null {
  const written = new Map<ArchiveImage, ImageToWrite>();
  const configs = new Configs(request.platform);
  for (const image of groups.flatMap(({ images }) => images)) {
    const own = imageToWrite(image, inspection, request, configs);
    if (own === null) return null;
    written.set(image, own);
  }
  return groups.flatMap((group): EntryToWrite[] => {
    const members = group.images.flatMap((each) => {
      const image = written.get(each);
      return image === undefined ? [] : [{ of: each, image }];
    });
    const chosen = preferred(group.images);
    const image = members.find(({ of }) => of === chosen)?.image;
    const names = namesFor(group, groups.length === 1, request);
    const platforms =
      members.length < 2
        ? []
        : members.map(({ of, image: member }) => ({ image: member, platform: platformIn(of, member) }));
    return image === undefined ? [] : [{ names, image, platforms }];
  });
}

/**
 * The platform that a written OCI index states for an image: that of the uploaded index, else that of the image config,
 * else linux/amd64.
 */
function platformIn({ source }: ArchiveImage, { config }: ImageToWrite): IndexPlatform {
  return source?.place?.platform ?? indexPlatform(JSON.parse(new TextDecoder().decode(config))) ?? DEFAULT_PLATFORM;
}

/**
 * Corrects the configs of images. Images with the same config share the result, so that a config is corrected only
 * once.
 */
class Configs {
  readonly #platform: ConversionRequest['platform'];
  readonly #made = new Map<string, Map<string, Uint8Array>>();

  /** Makes a corrector of image configs. A config for which no platform is known gets `platform`, the user's choice. */
  constructor(platform: ConversionRequest['platform']) {
    this.#platform = platform;
  }

  of({ found }: ArchiveImage, source: MergedSource): Uint8Array {
    const platform = found.platform ?? source.place?.platform ?? this.#platform;
    const same = this.#made.get(source.config) ?? new Map<string, Uint8Array>();
    this.#made.set(source.config, same);
    const diffIDs = source.layers.map(({ content }) => content.digest);
    const key = JSON.stringify([platform, source.platform, source.legacy, source.encoding, diffIDs]);
    const encode = source.encoding === 'latin1' ? bytesOf : utf8;
    const bytes = same.get(key) ?? encode(mendedConfig(source, platform));
    same.set(key, bytes);
    return bytes;
  }
}

function imageToWrite(
  image: ArchiveImage,
  inspection: Inspection,
  request: ConversionRequest,
  configs: Configs,
): ImageToWrite | null {
  if (image.source === null || image.source.refused === true) return null;
  const source = mergedSource(image.source, madeLayers(image, inspection));
  return {
    config: configs.of(image, source),
    layers: source.layers.map((layer) => layerToWrite(layer, inspection, request)),
  };
}

/**
 * Returns the layers that a conversion makes anew for an image, in place of some of its layers; empty when it makes
 * none.
 */
function madeLayers({ found }: ArchiveImage, { images, rewritten }: Inspection): readonly RewrittenLayer[] {
  return rewritten?.[images.indexOf(found)] ?? [];
}

/**
 * Returns the findings about merging layers. For each image, they say which layers became one, and their sizes in
 * bytes before and after, or that there was nothing to merge. The list is empty if the user does not ask for merging.
 */
function mergeRemarks(
  chosen: readonly ImageGroup<ArchiveImage>[],
  inspection: Inspection,
  request: ConversionRequest,
): Finding[] {
  if (request.mergeFrom === null) return [];
  return imagesToMake(chosen, request).flatMap((image): Finding[] => {
    const name = described([image.found]);
    const made = madeLayers(image, inspection);
    if (made.length === 0) return [finding('nothing-to-merge', { image: name, layers: image.found.layers.length })];
    // The root file system of an image with one layer is made anew, too, but nothing is merged for it.
    const merged = made.filter((layer) => layer.count > 1);
    return merged.map(({ first, recipe: { layers }, sums }) => {
      const before = sizeOfLayers(layers);
      const [from, to] = [first + 1, first + layers.length];
      return finding('layers-merged', { image: name, from, to, before, after: sums.size });
    });
  });
}

/**
 * Describes how a layer of the uploaded archive is written. A plain layer, or a gzip layer without trailing bytes,
 * stays as it is unless the user asks for a change. Any other layer is decompressed, because some clients cannot
 * unpack it. Returns the size, checksums and compression of the written layer, and the part of the plan that says
 * where its bytes come from.
 */
function layerToWrite(
  layer: SourceLayer,
  { compression: outer }: Inspection,
  request: ConversionRequest,
): LayerToWrite {
  const { stored, content, compression, sparse, packed, mend, made } = layer;
  if (made !== undefined) {
    const form = packed === undefined ? 'none' : formOf(layer, request);
    const sums = packed ?? content;
    const pack = form === 'none' ? {} : { pack: form };
    const part = { kind: 'rewritten', recipe: made.recipe, ...pack, size: sums.size } as const;
    return { ...sums, compression: form, diffID: content.digest, part };
  }
  const { start, end } = sparse ?? { start: layer.start, end: layer.start + stored.size };
  const form = formOf(layer, request);
  const kept = form === compression && mend === undefined;
  const sums = kept ? stored : form === 'none' ? content : (packed ?? content);
  const whole = kept && outer === 'none' && sparse === undefined;
  return {
    ...sums,
    compression: form,
    diffID: content.digest,
    part: whole
      ? { kind: 'range', start, end }
      : {
          kind: 'recoded',
          outer,
          start,
          end,
          inner: kept ? 'none' : compression,
          ...(!kept && form !== 'none' && { pack: form }),
          ...(sparse && { sparse: true }),
          ...(mend && { mend: mend.recipe }),
          size: sums.size,
        },
  };
}

/**
 * Returns the compression with which a layer of the uploaded archive is written. The wanted compression is the one
 * that the user asks for, by default gzip. In the layout `docker`, that of `docker save` before version 25, the
 * default is `none`. A layer gets the wanted compression if it is stored in it already, without trailing bytes, and
 * needs no correction. So does a layer that was compressed in advance to learn its checksums. Any other layer gets
 * `none`.
 */
function formOf(layer: SourceLayer, { compress, layout }: ConversionRequest): LayerCompression {
  const { compression, clean, packed, mend } = layer;
  const wanted = compress ?? (layout === 'docker' ? 'none' : 'gzip');
  return packed !== undefined || (compression === wanted && clean && mend === undefined) ? wanted : 'none';
}

/**
 * Returns a list with the finding that options of the user have no effect on an image archive. These are `change`,
 * `inspect` and `message`, and `platform` when the only image of the archive is for another platform. The list is
 * empty if none of them was given.
 */
function notApplied(inspection: Inspection, request: ConversionRequest): Finding[] {
  const options = [
    ...(isOfOtherPlatform(inspection, request.platform) ? ['platform'] : []),
    ...(Object.keys(request.config).length > 0 ? ['change and inspect'] : []),
    ...(request.message === null ? [] : ['message']),
  ];
  return options.length === 0 ? [] : [finding('config-kept', { options: options.join(', ') })];
}
