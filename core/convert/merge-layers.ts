import type { Finding } from '../catalogue/findings.ts';
import { layersOf } from '../files/files.ts';
import { MergeBudget } from '../files/merge-budget.ts';
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

/**
 * The new layers that a conversion must make, and how many bytes of the upload must be read to compute their checksums.
 * A new layer is made from several layers of an image. For a root file system, it may also be made from only one.
 */
export interface LayersToMerge {
  /**
   * The new layers that are to be made, in one list for each image of the inspection. The list of an image without new
   * layers is empty. Each new layer names the layers of the image that it replaces.
   */
  recipes: Omit<RewrittenLayer, 'sums' | 'packed'>[][];
  /** The compression with which the new layers are to be written; null when none was asked for. */
  compress: ConversionRequest['compress'];
  /**
   * The finding that layers are not merged into one, because too many images share them; null when they can be merged.
   */
  fault: Finding | null;
  /**
   * The number of tar members that must be read to make the new layers of one image. If new layers are made for
   * several images, it is the largest of their numbers.
   */
  members: number;
  /**
   * The number of decompressed bytes of layers that are read. Each layer is read twice: once to decide which members
   * the new layer gets, and once to hash the new layer.
   */
  size: number;
  /** The number of bytes of the upload, as it is stored, that are read to make the new layers. */
  bytesRead: number;
}

/**
 * Finds out which layers the user asks to be made anew, such as one layer of several, and how much must be read for
 * that. Reads nothing itself. Null when no layer is to be made. Null also when the user's choice fits no image, or
 * several where only one is possible.
 */
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
    fault: tooShared(inspection, distinct, request.compress),
    members: Math.max(...recipes.map((own, i) => (own.length === 0 ? 0 : membersFrom(first, inspection.images[i])))),
    size: 2 * distinct.reduce((sum, recipe) => sum + sizeOfLayers(recipe.layers), 0),
    bytesRead: distinct.reduce((sum, recipe) => sum + bytesToRead(recipe, size), 0),
  };
}

function membersFrom(first: number, image: FoundImage | undefined): number {
  return (image?.layers ?? []).slice(first).reduce((sum, { members }) => sum + (members ?? 0), 0);
}

/**
 * Makes the new layers that `merge` lists, only to learn their checksums. Returns the inspection with these checksums.
 * A new layer that several images share is made once. If `merge` is null, returns the inspection unchanged. If a layer
 * cannot be made, returns the inspection with the finding that says why. `onProgress` gets the number of decompressed
 * bytes that were read so far, of `merge.size` in all. `copy` gets the bytes of the layers as they will be written;
 * null if nobody needs them.
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
  const budget = new MergeBudget(inspection.upload?.size);
  let before = 0;
  const sumsFor = async (recipe: Recipe): Promise<MadeSums> => {
    const key = JSON.stringify(recipe);
    const known = made.get(key);
    if (known !== undefined) return known;
    const keeps = made.size < KEPT_RECIPES;
    const layer = rewritten(recipe, source, tools, (read) => onProgress(before + read), { keeps, budget });
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

/**
 * The number of new layers for which the conversion remembers, until it writes them, which tar members they get. This
 * takes memory for each layer. For any further layer, the upload is read once more to decide this again.
 */
const KEPT_RECIPES = 4;

function faultOf(error: unknown): Finding | null {
  return error instanceof LadingError && error.code === 'bad-archive' ? error.finding : null;
}
