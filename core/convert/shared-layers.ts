import { both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { layersOf } from '../files/files.ts';
import { LIMITS } from '../limits.ts';
import type { Inspection } from '../model/inspection.ts';
import { type LayerPlace, type Recipe, sizeOfLayers } from '../model/recipe.ts';

/**
 * How many times the bytes of an archive and of its layers may be read to merge the layers of each image into one;
 * `LIMITS` allows a fixed amount beyond that. A layer that several images share is read once for each of them.
 */
const TIMES = 10;

/** The bytes of layers that are read, and the bytes of the upload, for each of which one more member may be read. */
const BYTES_OF_MEMBER = { read: 8192, sent: 1024 };

/**
 * The finding that images share too many layers to merge the layers of each image into one, because a layer is read
 * again for each image. That is so when too many members or bytes are read, in relation to those of the layers and to
 * the size of the upload (`LIMITS.sharedMembers`, `LIMITS.expandedBytes`). A compressed archive is decompressed up to
 * the last layer, again for each image. Null when the limits are kept.
 */
export function tooShared(inspection: Inspection, recipes: readonly Recipe[]): Finding | null {
  const read = recipes.flatMap(({ layers }) => layers);
  const own = [...new Map(read.map((layer) => [layer.start, layer])).values()];
  const sent = inspection.upload?.size ?? 0;
  const members = membersByPlace(inspection);
  const membersOf = (layers: readonly LayerPlace[]): number =>
    layers.reduce((sum, { start }) => sum + (members.get(start) ?? 0), 0);
  const more = LIMITS.sharedMembers + sizeOfLayers(read) / BYTES_OF_MEMBER.read + sent / BYTES_OF_MEMBER.sent;
  if (membersOf(read) > membersOf(own) + more)
    return finding('limit-exceeded', { what: MEMBERS, limit: LIMITS.sharedMembers });
  const reached = recipes.reduce((sum, { layers }) => sum + expandedTo(layers), 0);
  const isReadTooOften = sizeOfLayers(read) > LIMITS.expandedBytes + TIMES * sizeOfLayers(own);
  const most = LIMITS.expandedBytes + TIMES * expandedTo(own) + LIMITS.expansionRatio * sent;
  if (isReadTooOften || reached > most) return finding('limit-exceeded', { what: BYTES, limit: LIMITS.expandedBytes });
  return null;
}

/** The number of bytes that a compressed archive is decompressed to until the last of the layers ends; else 0. */
function expandedTo(layers: readonly LayerPlace[]): number {
  return layers.reduce((last, { outer, end }) => (outer === 'none' ? last : Math.max(last, end)), 0);
}

/** The number of tar members of each layer, by the offset in the decompressed upload at which the layer begins. */
function membersByPlace(inspection: Inspection): Map<number, number> {
  const members = new Map<number, number>();
  for (const [i, { layers }] of inspection.images.entries())
    for (const [at, { start }] of (layersOf(inspection, i) ?? []).entries())
      members.set(start, layers[at]?.members ?? 0);
  return members;
}

const MEMBERS = both(
  'the members of layers that are merged again for each image that shares them',
  '为共用这些层的每个镜像重复合并的成员数',
);
const BYTES = both(
  'the bytes of layers that are merged again for each image that shares them',
  '为共用这些层的每个镜像重复合并的字节数',
);
