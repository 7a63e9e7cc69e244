import { both } from '../catalogue/bilingual.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import type { Compression } from '../model/compression.ts';
import type { Inspection, LayerSource } from '../model/inspection.ts';
import type { Source, Tools } from '../model/ports.ts';
import type { LayerPlace, Whiteouts } from '../model/recipe.ts';
import type { Member } from '../tar/member.ts';
import { TarScanner } from '../tar/tar.ts';
import { ExpandedUpload } from './expanded-upload.ts';
import { KeptLayers } from './kept-layers.ts';
import { MergeBudget } from './merge-budget.ts';
import { MergedTree, type MergeSettings } from './merge.ts';

/**
 * The places of an image's layers, the lowest first: where each lies in the decompressed upload, and how it is
 * compressed. `image` is the index of the image, from 0. A root file system counts as an image with one layer. The
 * places are those of the original layers, even when a conversion corrects layers. Null when the layers cannot be read.
 */
export function layersOf(
  { compression: outer, inside, content, images, sources, mend }: Inspection,
  image: number,
): LayerPlace[] | null {
  if (content === null) return null;
  const start = inside?.start ?? 0;
  const end = mend?.end ?? start + content.size;
  if (images.length === 0) return [{ outer, start, end, inner: 'none', sparse: false, size: end - start }];
  return sources[image]?.layers.map((layer) => placeOf(layer, outer)) ?? null;
}

function placeOf(layer: LayerSource, outer: Compression): LayerPlace {
  const { start, stored, compression: inner, content, sparse, mend } = layer;
  const place = sparse ?? { start, end: start + stored.size };
  return { outer, ...place, inner, sparse: sparse !== undefined, size: mend?.size ?? content.size };
}

/**
 * A function that reads the tar members of layers. It calls `begin` for each layer, and then the function that `begin`
 * returned with each member of that layer.
 */
export type ReadLayers = (layers: readonly LayerPlace[], begin: (layer: LayerPlace) => Taker) => Promise<void>;

/**
 * A function that is called with each tar member of a layer. Returns false if nothing was at the path of the member
 * before. Returns true if something was at the path, or if that is not known.
 */
type Taker = (member: Member) => boolean;

/**
 * Merges the layers of an image into one file system, from the lowest layer up, and returns it. The function `read`
 * reads the tar members. Each layer is read once, even if the image lists it several times.
 */
export async function mergeLayers(
  layers: LayerPlace[],
  whiteouts: Whiteouts,
  tools: Tools,
  read: ReadLayers,
  settings: Omit<MergeSettings, 'whiteouts'> = {},
): Promise<MergedTree> {
  const budget = settings.budget ?? new MergeBudget();
  const tree = new MergedTree({ whiteouts, ...settings, budget });
  const bound = memberBound(budget);
  if (isAscending(layers)) {
    await read(layers, () => (tree.startLayer(), bound((member) => tree.add(member))));
    return tree;
  }
  const kept = new KeptLayers();
  await read(inReadingOrder(layers), ({ start }) => bound(kept.begin(start)));
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

/**
 * Returns a function that makes a checked version of a callback for tar members. The checked version counts the member
 * in `budget`, adds up the lengths of names and link targets, and then calls the callback. All checked versions share
 * one sum. They throw `bad-archive` (finding `limit-exceeded`) when the link targets are longer than
 * `LIMITS.mergedTargetBytes` bytes, or names and link targets together longer than `LIMITS.mergedNameBytes` bytes.
 */
function memberBound(budget: MergeBudget): (take: Taker) => Taker {
  let [names, targets] = [0, 0];
  return (take) => (member) => {
    budget.read();
    names += member.name.length;
    targets += member.linkname.length;
    if (targets > LIMITS.mergedTargetBytes) throw beyondLimit(TARGETS, LIMITS.mergedTargetBytes);
    if (names + targets > LIMITS.mergedNameBytes) throw beyondLimit(NAMES, LIMITS.mergedNameBytes);
    return take(member);
  };
}

const TARGETS = both('the bytes of the link targets of all members', '所有成员的链接目标字节数');
const NAMES = both('the bytes of the names and link targets of all members', '所有成员的名称和链接目标字节数');

/**
 * The number of kept files that are merged at once. After that, `tools.breathe` lets other tasks of the process run.
 */
const FILES_AT_ONCE = 1000;

/**
 * True when layers can be merged in the order of the list while they are read. No layer may be listed twice. In a
 * compressed upload, each layer must also begin at a higher offset than the layer that is listed before it.
 */
function isAscending(layers: readonly LayerPlace[]): boolean {
  if (layers.some(({ outer }) => outer !== 'none'))
    return layers.every(({ start }, i) => i === 0 || start > (layers[i - 1]?.start ?? 0));
  return new Set(layers.map(({ start }) => start)).size === layers.length;
}

/**
 * Returns layers in the order in which they are best read, usually from the lowest up. There are two exceptions: an
 * image lists a layer twice, or a compressed upload has the layers in another order than the image. Then each layer
 * comes once, in the order of the upload.
 */
export function inReadingOrder(layers: readonly LayerPlace[]): readonly LayerPlace[] {
  if (isAscending(layers)) return layers;
  return [...new Map(layers.map((layer) => [layer.start, layer])).values()].toSorted((a, b) => a.start - b.start);
}

/** A receiver for the bytes of one layer's tar archive: it gets them chunk by chunk, and is told when they end. */
interface ChunkTaker {
  push(chunk: Uint8Array): void;
  finish(): unknown;
}

/**
 * Makes a function that reads the tar archives of layers. For each layer, it calls `takerOf`, and passes the bytes of
 * the layer to the receiver that `takerOf` returns. This receiver must find the tar members in the bytes, and call
 * `take`, the argument of `takerOf`, with each of them. `onProgress` is called with the number of decompressed bytes
 * that were read so far.
 */
export function layerReader(
  source: Source,
  tools: Tools,
  onProgress: (bytes: number) => void,
  takerOf: (take: Taker) => ChunkTaker,
): ReadLayers {
  return (layers, begin) =>
    ExpandedUpload.with(source, tools, async (upload) => {
      let read = 0;
      for (const layer of layers) {
        const taker = takerOf(begin(layer));
        for await (const chunk of upload.layer(layer)) {
          taker.push(chunk);
          onProgress((read += chunk.length));
        }
        taker.finish();
      }
    });
}

/**
 * Makes a function that reads the tar members of layers, without their contents. `onProgress` gets the number of
 * decompressed bytes of layers that were read so far.
 */
export function memberReader(source: Source, tools: Tools, onProgress: (bytes: number) => void = () => {}): ReadLayers {
  const takerOf = (take: Taker) =>
    new TarScanner({ member: (member) => (take(member), 0), body() {} }, tools.byteString);
  return layerReader(source, tools, onProgress, takerOf);
}

/**
 * Merges layers of an inspected archive into one file system, and returns it. In an archive without images, names that
 * begin with `.wh.` are ordinary names and no whiteouts. `onProgress` gets the number of decompressed bytes of layers
 * that were read so far.
 */
export async function mergedFiles(
  { images, upload }: Inspection,
  layers: LayerPlace[],
  source: Source,
  tools: Tools,
  { onProgress, ...others }: { onProgress?: (bytes: number) => void } & Omit<MergeSettings, 'whiteouts'> = {},
): Promise<MergedTree> {
  const whiteouts = images.length > 0 ? 'applied' : 'names';
  const budget = others.budget ?? new MergeBudget(upload?.size);
  return await mergeLayers(layers, whiteouts, tools, memberReader(source, tools, onProgress), { ...others, budget });
}
