import { sniff } from '../inspect/sniff.ts';
import { HIERARCHY } from '../layer/rootfs.ts';
import type { ConversionRequest, LayerCompression } from '../model/conversion-request.ts';
import type { Digest } from '../model/digest.ts';
import type { Inspection } from '../model/inspection.ts';
import { plan as planOf } from '../model/plan.ts';
import { DEFAULT_PLATFORM } from '../model/platform.ts';
import type { Tools } from '../model/ports.ts';
import { parseHeader } from '../tar/header.ts';
import { cleanPath } from '../tar/paths.ts';
import { RECORD_TYPES } from '../tar/records.ts';
import { convert } from './convert.ts';
import { layout } from './layout.ts';
import type { LayersToMerge } from './merge-layers.ts';
import { rootfsEntry } from './rootfs-image.ts';

/**
 * A placeholder for a digest that is not known yet. It has the length of a real digest, so that a document with the
 * placeholder has the same size as the final document.
 */
const NO_DIGEST: Digest = `sha256:${'0'.repeat(64)}`;

/**
 * The form in which a layer is written: as it is stored (`range`), decompressed (`recoded`), or compressed because the
 * user asked for it (`packed`).
 */
export type LayerForm = 'range' | 'recoded' | 'packed';

/**
 * Predicts the offset in bytes in the image archive at which the layer of a root file system will begin. So the layer
 * can be written there before its digest is known. `head` is the beginning of the layer, decompressed or as stored.
 * `size` is its approximate size in bytes. `form` says how it will be written. Null when no prediction is possible. A
 * prediction can be wrong, so the caller must compare it with the plan of the archive.
 */
export async function foreseenOffset(
  head: Uint8Array,
  form: LayerForm,
  size: number,
  request: ConversionRequest,
  tools: Tools,
): Promise<number | null> {
  const compression = compressionOf(head, form, request);
  if (compression === null) return null;
  const entry = rootfsEntry({
    ...request,
    layer: { size, digest: NO_DIGEST, crc32: 0, compression },
    diffID: NO_DIGEST,
    part: { kind: 'range', start: 0, end: size },
    platform: request.platform ?? DEFAULT_PLATFORM,
    created: 0,
  });
  const { plan } = await layout([entry], tools, request.layout);
  const [before] = plan.parts;
  return before?.kind === 'bytes' ? before.bytes.length : null;
}

/**
 * The assumed ratio of a layer's compressed size to its decompressed size. It serves to predict at which offset a
 * layer will begin in the image archive. The documents before the layer state its compressed size in decimal digits.
 * So a wrong ratio makes the offset wrong only if it changes the number of these digits.
 */
export const PACKED = 0.4;

/**
 * Predicts the offset in bytes in the image archive at which a layer that is made of several layers will begin. So it
 * can be written there before its digest is known. Null if the upload is not converted, or if no layer or more than
 * one is made. A prediction can be wrong, so the caller must compare it with the plan of the archive.
 */
export async function foreseenMergedOffset(
  inspection: Inspection,
  { recipes, size: readTwice }: Pick<LayersToMerge, 'recipes' | 'size'>,
  request: ConversionRequest,
  tools: Tools,
): Promise<number | null> {
  if (recipes.flat().length !== 1) return null;
  const sums = { size: readTwice / 2, digest: NO_DIGEST, crc32: 0 };
  const isPacked = request.compress !== null && request.compress !== 'none';
  const packed = isPacked ? { packed: { ...sums, size: Math.ceil(sums.size * PACKED) } } : {};
  const rewritten = recipes.map((own) => own.map((layer) => ({ ...layer, sums, ...packed })));
  const outcome = await convert({ ...inspection, rewritten }, request, tools, { always: true });
  if (outcome.kind !== 'converted') return null;
  const { parts } = outcome.conversion.plan;
  const at = parts.findIndex(({ kind }) => kind === 'rewritten');
  return at === -1 ? null : planOf(parts.slice(0, at)).size;
}

/**
 * Returns the compression that a layer will have in the image archive. `head` is the beginning of the layer, and `form`
 * says how it would be written. Null when the layer cannot be written while the upload is still being read. There are
 * two such cases: `head` begins neither a root file system nor gzip data, or the request (its `compress` or its layout)
 * demands another compression than the layer would have when written like this.
 */
function compressionOf(
  head: Uint8Array,
  form: LayerForm,
  { compress, layout: shape }: ConversionRequest,
): LayerCompression | null {
  // Nothing is written early of gzip that the layout `docker` will hold decompressed.
  if (isGzip(head)) return shape !== 'docker' && (compress === null || compress === 'gzip') ? 'gzip' : null;
  if (!beginsLikeRootfs(head)) return null;
  if (form === 'packed') return compress;
  return compress === null || compress === 'none' ? 'none' : null;
}

function isGzip(head: Uint8Array): boolean {
  const sniffed = sniff(head);
  return sniffed.kind === 'compressed' && sniffed.compression === 'gzip';
}

function beginsLikeRootfs(head: Uint8Array): boolean {
  if (sniff(head).kind !== 'tar') return false;
  const first = parseHeader(head);
  if (typeof first === 'string') return false;
  const [top = ''] = cleanPath(first.name).split('/');
  return top === '' || top === '.dockerenv' || HIERARCHY.has(top) || RECORD_TYPES.has(first.type);
}
