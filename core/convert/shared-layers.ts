import { both } from '../catalogue/bilingual.ts';
import { type Finding, finding } from '../catalogue/findings.ts';
import { costOfByte } from '../compression/layer-packer.ts';
import { layersOf } from '../files/files.ts';
import { LIMITS } from '../limits.ts';
import type { LayerCompression } from '../model/conversion-request.ts';
import type { Inspection } from '../model/inspection.ts';
import { type LayerPlace, type Recipe, sizeOfLayers } from '../model/recipe.ts';

/**
 * The number of bytes of layers, or of a compressed archive, that may be read for each byte of the upload, beyond one
 * reading of each layer and `LIMITS.sharedBytes`. Ten images on a base of 2 GB, in an upload of 700 MB, need 30.
 */
const TIMES = 100;

/**
 * The number of times that a merged layer is read in the service: to inspect it, and twice each time that it is made. A
 * byte of it counts as so many decompressed ones, because a small upload can hold a gigabyte of zeros.
 */
const READINGS = 5;

/**
 * The numbers of bytes by which the limit `LIMITS.sharedMembers` grows by one tar member. So large archives may have
 * more members: one for each 8,192 bytes of layers that are read (`read`), and one for each 64 bytes of the upload
 * (`sent`).
 */
const BYTES_OF_MEMBER = { read: 8192, sent: 64 };

/**
 * Returns a finding when too much must be read to merge the layers of each image into one; null otherwise. The layers
 * may have a fifth of what the upload may expand to, because they are read five times. A layer that several images
 * share is read again for each of these images. A compressed archive is decompressed again for each image, up to the
 * last layer. `LIMITS.sharedMembers` limits the number of tar members that are read again, and `LIMITS.sharedBytes` the
 * number of bytes. Both limits are higher for larger uploads. If the merged layers are to be compressed (`compress`),
 * fewer bytes may be read. `recipes` are the new layers, each with the layers it is made of.
 */
export function tooShared(
  inspection: Inspection,
  recipes: readonly Recipe[],
  compress: LayerCompression | null,
): Finding | null {
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
  const cost = costOfByte(compress);
  const again = (LIMITS.sharedBytes + TIMES * sent) / cost;
  const isReadTooOften = sizeOfLayers(read) > sizeOfLayers(own) + again || reached > expandedTo(own) + again;
  const most = Math.floor((LIMITS.expandedBytes + LIMITS.expansionRatio * sent) / READINGS);
  if (sizeOfLayers(own) > most) return finding('limit-exceeded', { what: MERGED, limit: most });
  if (isReadTooOften) return finding('limit-exceeded', { what: BYTES, limit: Math.floor(LIMITS.sharedBytes / cost) });
  return null;
}

/**
 * Returns the number of bytes that must be decompressed in a compressed archive to reach the end of the last of
 * `layers`; 0 when the archive is not compressed.
 */
function expandedTo(layers: readonly LayerPlace[]): number {
  return layers.reduce((last, { outer, end }) => (outer === 'none' ? last : Math.max(last, end)), 0);
}

/**
 * Returns the number of tar members of each layer; 0 when it is not known. The keys are the offsets in bytes in the
 * decompressed upload at which the layers begin.
 */
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
const MERGED = both('the bytes of layers that are merged', '要合并的各层的字节数');
const BYTES = both(
  'the bytes of layers that are merged again for each image that shares them',
  '为共用这些层的每个镜像重复合并的字节数',
);
