import { asObject, field, listIn, textIn } from '../json.ts';
import type { Digest } from '../digest.ts';
import type { ConvertedImage, ConvertedIndex, Result } from '../manifest.ts';
import type { Tools } from '../ports.ts';
import { parseJson } from '../spelled.ts';
import { type EntryToWrite, layout, type WrittenImage } from './layout.ts';
import type { Plan } from './plan.ts';
import { normalizePlatform, platformText } from './platform.ts';

/** An image archive ready to be written: its plan, and everything the manifest says about it but where it lies. */
export interface Conversion {
  plan: Plan;
  result: Omit<Result, 'key'>;
}

/** Lays the entries out, and reads what the manifest says about their images from the configs that will be written. */
export async function conversionOf(entries: EntryToWrite[], nameDerived: boolean, tools: Tools): Promise<Conversion> {
  const { plan, images, indexes } = await layout(entries, tools);
  return {
    plan,
    result: {
      size: plan.size,
      crc32: plan.crc32?.toString(16).padStart(8, '0') ?? null,
      nameDerived,
      images: images.map((written) => describe(written, entries)),
      ...(indexes.size > 0 && { indexes: [...indexes].map(([entry, digest]) => describeIndex(entry, digest)) }),
    },
  };
}

function describeIndex({ names, image, platforms }: EntryToWrite, digest: Digest): ConvertedIndex {
  const chosen = platforms.find((each) => each.image === image);
  return {
    names: names.map((name) => name.canonical),
    digest,
    platforms: platforms.map(({ platform }) => platformText(platform)),
    chosen: chosen === undefined ? '' : platformText(chosen.platform),
  };
}

function describe(written: WrittenImage, entries: EntryToWrite[]): ConvertedImage {
  const { image } = written;
  const member = entries.flatMap(({ platforms }) => platforms).find((each) => each.image === image);
  const own = entries.filter((entry) => entry.image === image || entry.platforms.some((each) => each.image === image));
  const config = asObject(parseJson(new TextDecoder().decode(image.config)));
  const history = listIn(config, 'history')
    .map(asObject)
    .filter((step) => step !== null);
  const creators = history
    .filter((step) => field(step, 'empty_layer') !== true)
    .map((step) => textIn(step, 'created_by'));
  const described = member?.platform ?? config;
  const [os, architecture] = [textIn(described, 'os') ?? '', textIn(described, 'architecture') ?? ''];
  return {
    names: own.flatMap(({ names }) => names.map((name) => name.canonical)),
    imageId: written.imageId,
    manifestDigest: written.manifestDigest,
    created: textIn(config, 'created'),
    platform: normalizePlatform(os, architecture, textIn(described, 'variant') ?? undefined),
    layers: written.layers.map((layer, at) => ({
      ...layer,
      diffID: image.layers[at]?.diffID ?? layer.digest,
      createdBy: creators[at] ?? null,
    })),
    config: asObject(field(config, 'config')) ?? {},
    history,
  };
}
