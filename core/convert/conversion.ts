import { historyOf } from '../images/history.ts';
import { parseJson } from '../json/spelled.ts';
import type { ArchiveLayout } from '../model/conversion-request.ts';
import type { Conversion, ConvertedImage, ConvertedIndex } from '../model/converted.ts';
import type { Digest } from '../model/digest.ts';
import { asObject, field, textIn } from '../model/json.ts';
import { type IndexPlatform, normalizePlatform, platformText } from '../model/platform.ts';
import type { Tools } from '../model/ports.ts';
import { type EntryToWrite, type ImageToWrite, layout, type WrittenImage } from './layout.ts';

/**
 * Makes the plan of an image archive with the images in `entries`: the list of the archive's parts, none of which is
 * written yet. Returns the plan, and in `result` the description of these images for the archive manifest, the JSON
 * that says what was written. `nameDerived` is true when an image was named after the key of the upload. `kind` is the
 * layout: `docker` for that of `docker save` before version 25, `both` for the usual one.
 */
export async function conversionOf(
  entries: EntryToWrite[],
  nameDerived: boolean,
  tools: Tools,
  kind: ArchiveLayout = 'both',
): Promise<Conversion> {
  const { plan, images, indexes } = await layout(entries, tools, kind);
  const listing = new Listing(entries);
  const said = new Map<Uint8Array, WhatConfigSays>();
  const saying = (config: Uint8Array): WhatConfigSays => {
    const known = said.get(config) ?? whatConfigSays(config);
    said.set(config, known);
    return known;
  };
  return {
    plan,
    result: {
      size: plan.size,
      crc32: plan.crc32?.toString(16).padStart(8, '0') ?? null,
      nameDerived,
      images: images.map((written) => describe(written, listing, saying(written.image.config))),
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

/**
 * Says where each image of an archive that is to be written occurs. An image here is for one platform. An entry is what
 * a user calls an image: it has names, and one image, or one for each of several platforms. `entries` maps an image to
 * all entries that it belongs to. `platforms` maps an image to the platform that an OCI index will state for it. Images
 * that are in no OCI index are not in `platforms`.
 */
class Listing {
  readonly entries = new Map<ImageToWrite, Set<EntryToWrite>>();
  readonly platforms = new Map<ImageToWrite, IndexPlatform>();
  readonly #names = new Map<EntryToWrite, string[]>();

  constructor(entries: readonly EntryToWrite[]) {
    for (const entry of entries) {
      this.#add(entry.image, entry);
      for (const { image, platform } of entry.platforms) {
        this.#add(image, entry);
        if (!this.platforms.has(image)) this.platforms.set(image, platform);
      }
    }
  }

  /** The names of an image. The images of one entry share the list: an entry can have many names and many platforms. */
  namesOf(image: ImageToWrite): string[] {
    const lists = [...(this.entries.get(image) ?? [])].map((entry) => this.#namesOf(entry));
    const [only = [], ...others] = lists;
    return others.length === 0 ? only : lists.flat();
  }

  #namesOf(entry: EntryToWrite): string[] {
    const names = this.#names.get(entry) ?? entry.names.map((name) => name.canonical);
    this.#names.set(entry, names);
    return names;
  }

  #add(image: ImageToWrite, entry: EntryToWrite): void {
    this.entries.set(image, (this.entries.get(image) ?? new Set()).add(entry));
  }
}

/**
 * The facts that are read from an image config to describe the image in the archive manifest, the JSON that says what
 * was written. Images with the same config share them.
 */
type WhatConfigSays = ReturnType<typeof whatConfigSays>;

function whatConfigSays(bytes: Uint8Array) {
  const config = asObject(parseJson(new TextDecoder().decode(bytes)));
  return { config, ...historyOf(config) };
}

function describe(
  written: WrittenImage,
  listing: Listing,
  { config, history, creators }: WhatConfigSays,
): ConvertedImage {
  const { image } = written;
  const described = listing.platforms.get(image) ?? config;
  const [os, architecture] = [textIn(described, 'os') ?? '', textIn(described, 'architecture') ?? ''];
  return {
    names: listing.namesOf(image),
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
