import { both } from '../catalogue/bilingual.ts';
import { distinct, type Finding } from '../catalogue/findings.ts';
import { costOfByte } from '../compression/layer-packer.ts';
import { ExpandedUpload } from '../files/expanded-upload.ts';
import { layersOf } from '../files/files.ts';
import { inspect } from '../inspect/inspect.ts';
import { LIMITS } from '../limits.ts';
import { type LayerDecisions, decideLayer, together } from '../mend/decide-layer.ts';
import { MendBudget } from '../mend/mend-budget.ts';
import { mended } from '../mend/mended.ts';
import { mendedRemark } from '../mend/remark.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import type { Inspection, LayerSource } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import type { LayerPlace } from '../model/recipe.ts';
import { type Choice, chooseImages } from './choose-images.ts';
import { convert } from './convert.ts';
import { stream } from './execute.ts';
import { type Mended, settled } from './mended-findings.ts';
import { type MadeSums, sumsOf } from './sums-of.ts';

/**
 * A layer that is mended, which means corrected so that engines unpack it. It has the decisions about the layer's
 * members (`mend`), and the size and checksums of the corrected layer.
 */
interface MendedLayer extends MadeSums {
  mend: NonNullable<LayerSource['mend']>;
}

/**
 * Mends the layers of an image archive: decides how they are corrected so that engines unpack them, and writes
 * nothing. The layers are read twice: to decide about their members, and to compute their new digests. Then the image
 * archive that would be written is inspected. Returns the inspection with the corrected layers. If there is nothing to
 * correct, or the archive cannot be converted, returns the given inspection. If engines still refuse the corrected
 * archive, returns the given one with findings that say why.
 */
export async function mendImages(
  before: Inspection,
  request: ConversionRequest,
  source: Source,
  tools: Tools,
): Promise<Mended> {
  const places = placesOf(before, request);
  const cost = costOfByte(request.compress);
  const budget = new MendBudget(before.upload?.size, cost);
  const most = cost === 1 ? LIMITS.mendedLayers : LIMITS.packedMendedLayers;
  const found = await decideAll(places, { budget, most }, source, tools);
  if (found.size === 0) return { inspection: before, passes: 1 };
  const layers = await sumAll(places, found, request, source, tools);
  const changes = together([...found.values()].map((each) => each.changes));
  const others = layersOfOthers(before, places);
  const findings = settled(before.findings, [], others);
  const planned: Inspection = { ...before, sources: withMended(before, layers), findings, mended: changes };
  const converted = await convert(planned, request, tools, { always: true });
  if (converted.kind !== 'converted') return { inspection: withLimits(before, converted.findings), passes: 2 };
  const after = await inspect(stream(converted.conversion.plan, source, tools), tools, { unwrap: false });
  const left = after.findings.filter(isLeft);
  if (left.length > 0)
    return { inspection: { ...before, findings: distinct([...left, ...before.findings]) }, passes: 3 };
  return {
    inspection: { ...planned, findings: [mendedRemark(changes), ...settled(before.findings, after.findings, others)] },
    passes: 3,
  };
}

/** Adds to an inspection the findings that name a limit, for instance that the decisions do not fit into the hand-off. */
function withLimits(inspection: Inspection, findings: readonly Finding[]): Inspection {
  const limits = findings.filter(({ code }) => code === 'limit-exceeded');
  return { ...inspection, findings: distinct([...limits, ...inspection.findings]) };
}

function isLeft({ severity }: Finding): boolean {
  return severity === 'error';
}

/**
 * Returns the layers of the images that the user chose, each once, in the order in which they lie in the upload. If
 * the choice fits no image, returns the layers of all images. `alone` is true for a layer that has no layer below it
 * in any of these images.
 */
function placesOf(inspection: Inspection, choice: Choice): { place: LayerPlace; alone: boolean }[] {
  const groups = chooseImages(inspection, choice);
  const chosen = Array.isArray(groups)
    ? new Set(groups.flatMap(({ images }) => images.map(({ found }) => found)))
    : null;
  const places = new Map<number, { place: LayerPlace; alone: boolean }>();
  for (const [image, found] of inspection.images.entries()) {
    if (chosen?.has(found) === false) continue;
    for (const [at, place] of (layersOf(inspection, image) ?? []).entries()) {
      const isLowest = at === 0 && places.get(place.start)?.alone !== false;
      places.set(place.start, { place, alone: isLowest });
    }
  }
  return [...places.values()].toSorted((a, b) => a.place.start - b.place.start);
}

/**
 * Returns the layers that belong to no chosen image, as their offsets in bytes in the decompressed upload. Faults in
 * these layers are not corrected.
 */
function layersOfOthers(inspection: Inspection, places: ReturnType<typeof placesOf>): Set<number> {
  const own = new Set(places.map(({ place }) => place.start));
  const all = placesOf(inspection, { image: null, platform: null });
  return new Set(all.map(({ place }) => place.start).filter((start) => !own.has(start)));
}

/**
 * Decides for each layer how it is corrected so that engines unpack it. The keys of the result are the offsets in
 * bytes in the decompressed upload at which the layers begin. Layers with nothing to correct are left out. Throws a
 * LadingError (`bad-archive`) when more than `most` layers must be corrected, or beyond the limits of `budget`.
 */
async function decideAll(
  places: ReturnType<typeof placesOf>,
  { budget, most }: { budget: MendBudget; most: number },
  source: Source,
  tools: Tools,
): Promise<Map<number, LayerDecisions>> {
  const found = new Map<number, LayerDecisions>();
  await ExpandedUpload.with(source, tools, async (upload) => {
    for (const { place, alone } of places) {
      const one = await decideLayer(upload.layer(place), { folder: '', alone, budget }, tools);
      if (one !== null) found.set(place.start, one);
      if (found.size > most) throw beyondLimit(LAYERS, most);
    }
  });
  return found;
}

const LAYERS = both('the layers that are mended', '修补的层数');

async function sumAll(
  places: ReturnType<typeof placesOf>,
  found: ReadonlyMap<number, LayerDecisions>,
  { compress }: ConversionRequest,
  source: Source,
  tools: Tools,
): Promise<Map<number, MendedLayer>> {
  const layers = new Map<number, MendedLayer>();
  await ExpandedUpload.with(source, tools, async (upload) => {
    for (const { place } of places) {
      const recipe = found.get(place.start)?.recipe;
      if (recipe === undefined) continue;
      const sums = await sumsOf(mended(upload.layer(place), recipe, tools), compress, tools);
      layers.set(place.start, { mend: { recipe, size: place.size }, ...sums });
    }
  });
  return layers;
}

/**
 * Returns the configs and layers of all images, with corrected layers in place of their original ones. The keys of
 * `layers` are the offsets in bytes, in the decompressed upload, of the original layers.
 */
function withMended({ sources }: Inspection, layers: ReadonlyMap<number, MendedLayer>): Inspection['sources'] {
  return sources.map((image) => {
    if (image === null) return null;
    const { refused: _, ...rest } = image;
    return {
      ...rest,
      layers: image.layers.map((layer) => ({ ...layer, ...layers.get((layer.sparse ?? layer).start) })),
    };
  });
}
