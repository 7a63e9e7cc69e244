import { stream } from '../convert/execute.ts';
import type { Compression, Inspection, LayerSource } from '../model/inspection.ts';
import { plan, type PlanPart } from '../model/plan.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import { expanded } from '../tar/expanded.ts';
import type { Member } from '../tar/member.ts';
import { TarScanner } from '../tar/tar.ts';
import { KeptLayers } from './kept-layers.ts';
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

/**
 * Merges the layers from the lowest up. Each is read once, however often it is listed. A compressed upload is read once,
 * too: its layers may lie in any order, and to go back in it means to expand it again from its beginning. `whiteouts` is
 * false for an archive that is not an image.
 */
export async function mergeLayers(
  layers: LayerPlace[],
  source: Source,
  tools: Tools,
  options: { whiteouts: boolean; onProgress?: (bytes: number) => void },
): Promise<MergedTree> {
  const tree = new MergedTree(options);
  const onProgress = options.onProgress ?? (() => {});
  if (isAscending(layers)) {
    const begin = () => (tree.startLayer(), (member: Member) => tree.add(member));
    await readLayers(layers, source, tools, { begin, onProgress });
    return tree;
  }
  const kept = new KeptLayers();
  await readLayers(inOrder(layers), source, tools, { begin: ({ start }) => kept.begin(start), onProgress });
  kept.checkRepeated(layers.map(({ start }) => start));
  for (const { start } of layers) {
    tree.startLayer();
    for (const [i, file] of kept.of(start).entries()) {
      tree.addKept(file);
      if (i % FILES_AT_ONCE === 0) await tools.breathe?.();
    }
  }
  return tree;
}

/** The number of files after which others get a turn. */
const FILES_AT_ONCE = 1000;

/** True for layers that can be merged while they are read: none is listed again, and none lies behind the next one. */
function isAscending(layers: readonly LayerPlace[]): boolean {
  if (layers.some(({ outer }) => outer !== 'none'))
    return layers.every(({ start }, i) => i === 0 || start > (layers[i - 1]?.start ?? 0));
  return new Set(layers.map(({ start }) => start)).size === layers.length;
}

/** Each different layer once, in the order of the upload. */
function inOrder(layers: readonly LayerPlace[]): LayerPlace[] {
  return [...new Map(layers.map((layer) => [layer.start, layer])).values()].toSorted((a, b) => a.start - b.start);
}

/** Reads layers one after the other. `begin` returns the function that takes the members of a layer. */
async function readLayers(
  layers: readonly LayerPlace[],
  source: Source,
  tools: Tools,
  {
    begin,
    onProgress,
  }: { begin: (layer: LayerPlace) => (member: Member) => void; onProgress: (bytes: number) => void },
): Promise<void> {
  const scanners = layers.values().map((layer) => {
    const take = begin(layer);
    return {
      left: layer.size,
      scanner: new TarScanner({ member: (member) => (take(member), 0), body() {} }, tools.byteString),
    };
  });
  let current = scanners.next().value;
  let read = 0;
  for await (const chunk of stream(plan(layers.map(whole)), source, tools)) {
    current?.scanner.push(chunk);
    if (current !== undefined) current.left -= chunk.length;
    while (current?.left === 0) {
      current.scanner.finish();
      current = scanners.next().value;
    }
    onProgress((read += chunk.length));
  }
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
