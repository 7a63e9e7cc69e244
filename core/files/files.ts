import { finding } from '../catalogue/findings.ts';
import { stream } from '../convert/execute.ts';
import { LIMITS } from '../limits.ts';
import { badArchive } from '../model/errors.ts';
import type { Compression, Inspection, LayerSource } from '../model/inspection.ts';
import { plan, type PlanPart } from '../model/plan.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import { expanded } from '../tar/expanded.ts';
import { TarScanner } from '../tar/tar.ts';
import { type MergedFile, MergedTree } from './merge.ts';

/** The place of a layer in the decompressed upload, and the compression of the layer itself. */
export interface LayerPlace {
  outer: Compression;
  start: number;
  end: number;
  inner: Compression;
  /** True when the layer is stored as a sparse file in the upload, so that its data is in pieces. */
  sparse: boolean;
  /** The size in bytes of the layer when it is decompressed. */
  size: number;
}

/** The layers of the image with the index `image` (from 0). A root file system is one layer. Null when unreadable. */
export function layersOf(
  { compression: outer, inside, content, images, sources }: Inspection,
  image: number,
): LayerPlace[] | null {
  if (content === null) return null;
  const start = inside?.start ?? 0;
  if (images.length === 0)
    return [{ outer, start, end: start + content.size, inner: 'none', sparse: false, size: content.size }];
  return sources[image]?.layers.map((layer) => placeOf(layer, outer)) ?? null;
}

function placeOf(layer: LayerSource, outer: Compression): LayerPlace {
  const { start, stored, compression: inner, content, sparse } = layer;
  const place = sparse ?? { start, end: start + stored.size };
  return { outer, ...place, inner, sparse: sparse !== undefined, size: content.size };
}

/** Reads layers, lowest first, and merges them into one file system. `whiteouts` is true for the layers of an image. */
export async function mergeLayers(
  layers: LayerPlace[],
  source: Source,
  tools: Tools,
  options: { whiteouts: boolean; onProgress?: (bytes: number) => void },
): Promise<MergedTree> {
  checkRepeated(layers);
  const tree = new MergedTree(options);
  const scanner = () => {
    tree.startLayer();
    return new TarScanner({ member: (member) => (tree.add(member), 0), body() {} }, tools.byteString);
  };
  const left = layers.map((layer) => layer.size);
  let read = 0;
  let at = 0;
  let current = scanner();
  for await (const chunk of stream(plan(layers.map(whole)), source, tools)) {
    current.push(chunk);
    left[at] = (left[at] ?? 0) - chunk.length;
    while (left[at] === 0 && ++at < left.length) {
      current.finish();
      current = scanner();
    }
    options.onProgress?.((read += chunk.length));
  }
  return tree;
}

/** Throws `bad-archive` (limit-exceeded) when repeated layers are too large in all: each is read as often as listed. */
function checkRepeated(layers: LayerPlace[]): void {
  const seen = new Set<number>();
  const again = layers.filter(({ start }) => seen.size === seen.add(start).size);
  if (again.reduce((sum, { size }) => sum + size, 0) <= LIMITS.expandedBytes) return;
  const what = { en: 'the bytes of layers that are listed more than once', zh: '重复列出的层的字节数' };
  throw badArchive(finding('limit-exceeded', { what, limit: LIMITS.expandedBytes }));
}

/** The content of a merged file. Reads only its layer, and only the file's own bytes when nothing is compressed. */
export async function* contentOf(file: MergedFile, layers: LayerPlace[], source: Source, tools: Tools): Bytes {
  const layer = layers[file.layer];
  if (layer === undefined || file.size === 0) return;
  if (file.sparse !== null) yield* expanded(stretch(layer, file.sparse.start, file.sparse.end, source, tools));
  else yield* stretch(layer, file.start, file.start + file.size, source, tools);
}

/** Yields the bytes from `start` to `end` of a layer, decompressed. */
async function* stretch(layer: LayerPlace, start: number, end: number, source: Source, tools: Tools): Bytes {
  const plain = layer.inner === 'none' && !layer.sparse;
  const [from, size] = [layer.start + start, end - start];
  const part = plain ? whole({ ...layer, start: from, end: from + size, size }) : whole(layer);
  let skip = plain ? 0 : start;
  let left = size;
  for await (const chunk of stream(plan([part]), source, tools)) {
    const piece = chunk.subarray(Math.min(skip, chunk.length), skip + left);
    skip -= Math.min(skip, chunk.length);
    left -= piece.length;
    if (piece.length > 0) yield piece;
    if (left === 0) return;
  }
}

function whole({ outer, start, end, inner, sparse, size }: LayerPlace): PlanPart {
  if (outer === 'none' && inner === 'none' && !sparse) return { kind: 'range', start, end };
  return { kind: 'recoded', outer, start, end, inner, ...(sparse && { sparse }), size };
}
