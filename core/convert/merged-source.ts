import type { ImageSource, LayerSource, RewrittenLayer } from '../model/inspection.ts';
import { field, type Json, listIn, textIn, withField } from '../model/json.ts';

/**
 * A layer of an image to be written. It is either a layer of the upload, or a new layer that Lading makes from one or
 * several layers of the upload. For a new layer, `made` says from which ones.
 */
export type SourceLayer = LayerSource & { made?: RewrittenLayer };

/**
 * The config and the layers of an image to be written. Layers that Lading makes anew may take the place of layers of
 * the upload.
 */
export type MergedSource = Omit<ImageSource, 'layers'> & { layers: SourceLayer[] };

/**
 * Puts layers that Lading makes anew in place of layers of an image. Returns the config of the image, unchanged, and
 * all of its layers, the lowest first.
 */
export function mergedSource(source: ImageSource, made: readonly RewrittenLayer[]): MergedSource {
  const layers: SourceLayer[] = [...source.layers];
  // From the top down, so that the places of the layers below stay.
  for (const layer of made.toReversed()) layers.splice(layer.first, layer.count, madeLayer(layer));
  return { ...source, layers };
}

function madeLayer(made: RewrittenLayer): SourceLayer {
  const { sums, packed } = made;
  return { start: 0, stored: sums, compression: 'none', clean: true, content: sums, ...(packed && { packed }), made };
}

/**
 * Changes the history in an image config where several layers became one: one step takes the place of the steps of
 * these layers. The new step says which layers became one, and has the time of the newest step that it replaces. A
 * history with too few steps for the layers is removed. If the lowest layer was merged, the new step replaces all of
 * it instead. Returns the new config.
 */
export function withMergedHistory(config: Json, layers: readonly SourceLayer[]): Json {
  let summed = config;
  for (const { made } of layers.toReversed()) if (made !== undefined && made.count > 1) summed = withStep(summed, made);
  return summed;
}

function withStep(config: Json, { first, count }: RewrittenLayer): Json {
  const history = listIn(config, 'history');
  const filled = history.flatMap((step, at) => (field(step, 'empty_layer') === true ? [] : [at]));
  const isWhole = filled.length >= first + count;
  if (!isWhole && first > 0) return withField(config, 'history', undefined);
  const start = first === 0 ? 0 : (filled[first - 1] ?? 0) + 1;
  const end = isWhole ? (filled[first + count] ?? history.length) : history.length;
  const merged = history.slice(start, end);
  const step: Json = {
    ...newestTime(merged),
    created_by: `layers ${first + 1} to ${first + count} became one`,
    comment: 'Merged by Lading',
  };
  return withField(config, 'history', [...history.slice(0, start), step, ...history.slice(end)]);
}

function newestTime(steps: readonly unknown[]): { created?: string } {
  let newest: string | undefined;
  let latest = -Infinity;
  // Each time is parsed once, because a history can have tens of thousands of long ones.
  for (const step of steps) {
    const created = textIn(step, 'created') ?? '';
    const time = Date.parse(created);
    if (time >= latest) [newest, latest] = [created, time];
  }
  return newest === undefined ? {} : { created: newest };
}
