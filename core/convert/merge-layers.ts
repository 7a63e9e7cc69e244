import type { Finding } from '../catalogue/findings.ts';
import { layersOf } from '../files/files.ts';
import type { ConversionRequest } from '../model/conversion-request.ts';
import { LadingError } from '../model/errors.ts';
import type { FoundImage, Inspection, RewrittenLayer } from '../model/inspection.ts';
import { bytesToRead } from '../model/plan.ts';
import type { Source, Tools } from '../model/ports.ts';
import { type Recipe, sizeOfLayers } from '../model/recipe.ts';
import { rewritten } from '../rewrite/rewritten.ts';
import { chooseImages, imagesToMake, isForOneOf } from './choose-images.ts';
import { tooShared } from './shared-layers.ts';
import { type MadeCopy, type MadeSums, sumsOf } from './sums-of.ts';

/** The layers that a conversion must make anew, and how much must be read to find out their checksums. */
export interface LayersToMerge {
  /** For each image in the inspection: the new layers that are to be made. */
  recipes: Omit<RewrittenLayer, 'sums' | 'packed'>[][];
  /** The form in which the new layers are to be written; null when none was asked for. */
  compress: ConversionRequest['compress'];
  /** The finding that refuses to merge the layers, because too many images share them; null when none does. */
  fault: Finding | null;
  /** The most members that must be read to make the new layers of one image. */
  members: number;
  /** The number of decompressed bytes of layers that are read: each twice, once to decide and once to hash. */
  size: number;
  /** The number of bytes of the upload that are read to get the decompressed bytes of the layers. */
  bytesRead: number;
}

/** The layers that a request asks to be made anew, and the cost of that; null when it asks for none. Reads nothing. */
export function layersToMerge(inspection: Inspection, request: ConversionRequest): LayersToMerge | null {
  const { mergeFrom: first } = request;
  if (first === null || inspection.upload === null) return null;
  const groups = chooseImages(inspection, request);
  if (!Array.isArray(groups) || isForOneOf(groups, request)) return null;
  const chosen = new Set(imagesToMake(groups, request).map(({ found }) => found));
  const recipes = inspection.images.map((image, i) => {
    const layers = chosen.has(image) ? (layersOf(inspection, i)?.slice(first) ?? null) : null;
    const whiteouts = first === 0 ? 'applied' : 'kept';
    return layers === null || (layers.length < 2 && request.as !== 'rootfs')
      ? []
      : [{ first, count: layers.length, recipe: { layers, whiteouts } as const }];
  });
  const distinct = [...new Map(recipes.flat().map(({ recipe }) => [JSON.stringify(recipe), recipe])).values()];
  if (distinct.length === 0) return null;
  const { size } = inspection.upload;
  return {
    recipes,
    compress: request.compress,
    fault: tooShared(inspection, distinct),
    members: Math.max(...recipes.map((own, i) => (own.length === 0 ? 0 : membersFrom(first, inspection.images[i])))),
    size: 2 * distinct.reduce((sum, recipe) => sum + sizeOfLayers(recipe.layers), 0),
    bytesRead: distinct.reduce((sum, recipe) => sum + bytesToRead(recipe, size), 0),
  };
}

function membersFrom(first: number, image: FoundImage | undefined): number {
  return (image?.layers ?? []).slice(first).reduce((sum, { members }) => sum + (members ?? 0), 0);
}

/**
 * Makes the layers in `plan` once without writing them, and adds their checksums to the inspection. Without a plan, the
 * inspection stays as it is. If a layer cannot be made, the inspection gets the finding that says why. `onProgress`
 * gets the number of bytes that were read so far. `copy` gets the bytes of the layers.
 */
export async function withMergedLayers(
  inspection: Inspection,
  merge: LayersToMerge | null,
  source: Source,
  tools: Tools,
  onProgress: (bytes: number) => void = () => undefined,
  copy: MadeCopy | null = null,
): Promise<Inspection> {
  if (merge === null) return inspection;
  if (merge.fault !== null) return { ...inspection, findings: [merge.fault, ...inspection.findings] };
  const made = new Map<string, MadeSums>();
  let before = 0;
  const sumsFor = async (recipe: Recipe): Promise<MadeSums> => {
    const key = JSON.stringify(recipe);
    const known = made.get(key);
    if (known !== undefined) return known;
    const keeps = made.size < KEPT_RECIPES;
    const layer = rewritten(recipe, source, tools, (read) => onProgress(before + read), keeps);
    const sums = await sumsOf(layer, merge.compress, tools, copy);
    before += 2 * sizeOfLayers(recipe.layers);
    made.set(key, sums);
    return sums;
  };
  try {
    const layers: RewrittenLayer[][] = [];
    for (const each of merge.recipes) {
      const own: RewrittenLayer[] = [];
      for (const layer of each) {
        const { content, packed } = await sumsFor(layer.recipe);
        own.push({ ...layer, sums: content, ...(packed && { packed }) });
      }
      layers.push(own);
    }
    return { ...inspection, rewritten: layers };
  } catch (error) {
    const fault = faultOf(error);
    if (fault === null) throw error;
    return { ...inspection, findings: [fault, ...inspection.findings] };
  }
}

/** The most layers for which the decisions about members are kept until they are written. Others are decided again. */
const KEPT_RECIPES = 4;

function faultOf(error: unknown): Finding | null {
  return error instanceof LadingError && error.code === 'bad-archive' ? error.finding : null;
}
