import { asObject, field, listIn, textIn } from '../json.ts';
import type { ConvertedImage, Result } from '../manifest.ts';
import type { Tools } from '../ports.ts';
import { type ImageToWrite, type Layout, layout } from './layout.ts';
import type { Plan } from './plan.ts';
import { normalizePlatform } from './platform.ts';

/** An image archive ready to be written: its plan, and everything the manifest says about it but where it lies. */
export interface Conversion {
  plan: Plan;
  result: Omit<Result, 'key'>;
}

/** Lays the images out, and reads what the manifest says about them from the configs that will be written. */
export async function conversionOf(images: ImageToWrite[], nameDerived: boolean, tools: Tools): Promise<Conversion> {
  const { plan, images: written } = await layout(images, tools);
  return {
    plan,
    result: {
      size: plan.size,
      crc32: plan.crc32?.toString(16).padStart(8, '0') ?? null,
      nameDerived,
      images: images.map((image, i) => describe(image, written[i])),
    },
  };
}

function describe(image: ImageToWrite, written: Layout['images'][number] | undefined): ConvertedImage {
  if (written === undefined) throw new RangeError('every image that is laid out is described');
  const config = asObject(JSON.parse(new TextDecoder().decode(image.config)));
  const history = listIn(config, 'history')
    .map(asObject)
    .filter((step) => step !== null);
  const creators = history
    .filter((step) => field(step, 'empty_layer') !== true)
    .map((step) => textIn(step, 'created_by'));
  const [os, architecture] = [textIn(config, 'os') ?? '', textIn(config, 'architecture') ?? ''];
  return {
    names: image.names.map((name) => name.canonical),
    imageId: written.imageId,
    manifestDigest: written.manifestDigest,
    created: textIn(config, 'created'),
    platform: normalizePlatform(os, architecture, textIn(config, 'variant') ?? undefined),
    layers: written.layers.map((layer, at) => ({
      ...layer,
      diffID: image.layers[at]?.diffID ?? layer.digest,
      createdBy: creators[at] ?? null,
    })),
    config: asObject(field(config, 'config')) ?? {},
    history,
  };
}
