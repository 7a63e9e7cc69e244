import { stream } from '../convert/execute.ts';
import type { Compression, Inspection, LayerSource } from '../model/inspection.ts';
import { plan, type PlanPart } from '../model/plan.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import { expanded } from '../tar/expanded.ts';
import type { Member } from '../tar/member.ts';
import { TarScanner } from '../tar/tar.ts';
import { KeptLayers } from './kept-layers.ts';
import { MergedTree } from './merge.ts';
import type { MergedFile, MergeObserver } from './merged-file.ts';

/** The place of one layer of an image: its bytes in the decompressed upload, and the layer's own compression. */
export interface LayerPlace {
  outer: Compression;
  start: number;
  end: number;
  inner: Compression;
  /** True when the upload stores the layer as a sparse tar member, which has the layer's bytes in several pieces. */
  sparse: boolean;
  /** The size in bytes of the layer's tar archive, decompressed. */
  size: number;
}

/**
 * The places of an image's layers in the upload. `image` is the index of the image, from 0. A root file system counts
 * as an image with one layer. Null when the layers cannot be read.
 */
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
 * Merges the layers of an image into one file system, from the lowest layer up. Each layer is read once, even if the
 * image lists it several times. `whiteouts` is false for an archive that is not an image.
 */
export async function mergeLayers(
  layers: LayerPlace[],
  source: Source,
  tools: Tools,
  options: { whiteouts: boolean; observer?: MergeObserver; onProgress?: (bytes: number) => void },
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

/** The number of files that are merged without a pause. Then other work of the process gets a turn. */
const FILES_AT_ONCE = 1000;

/**
 * True when layers can be merged while they are read. No layer may be listed twice. In a compressed upload, each layer
 * must also lie behind the one before it.
 */
function isAscending(layers: readonly LayerPlace[]): boolean {
  if (layers.some(({ outer }) => outer !== 'none'))
    return layers.every(({ start }, i) => i === 0 || start > (layers[i - 1]?.start ?? 0));
  return new Set(layers.map(({ start }) => start)).size === layers.length;
}

/** The layers without repeats, in the order in which they lie in the upload. */
function inOrder(layers: readonly LayerPlace[]): LayerPlace[] {
  return [...new Map(layers.map((layer) => [layer.start, layer])).values()].toSorted((a, b) => a.start - b.start);
}

/**
 * Reads the tar members of several layers, one layer after the other. For each layer, `begin` returns the function that
 * gets its members.
 */
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
    // Before the chunk and not after it, because the first layer may have no bytes.
    while (current?.left === 0) {
      current.scanner.finish();
      current = scanners.next().value;
    }
    current?.scanner.push(chunk);
    if (current !== undefined) current.left -= chunk.length;
    onProgress((read += chunk.length));
  }
  current?.scanner.finish();
}

/** The content of one file of an image. Reads only its layer, or only the file itself if nothing is compressed. */
export async function* contentOf(file: MergedFile, layers: LayerPlace[], source: Source, tools: Tools): Bytes {
  const layer = layers[file.layer];
  if (layer === undefined || file.size === 0) return;
  if (file.sparse !== null) yield* expanded(stretch(layer, file.sparse.start, file.sparse.end, source, tools));
  else yield* stretch(layer, file.start, file.start + file.size, source, tools);
}

/** Yields the decompressed bytes of a layer from offset `start` up to and without `end`. */
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
