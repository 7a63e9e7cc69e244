import type { Folder, ImageContents } from '../../core/contents/facts.ts';

/**
 * An area of the treemap that shows which files of an image take the most space. An area of kind `rest` stands for all
 * small files of a folder. One of kind `wasted` stands for all files of a layer that later layers replaced or deleted.
 */
export interface Area {
  name: string;
  kind: 'layer' | 'folder' | 'file' | 'rest' | 'wasted';
  /** The bytes of the area's files that are in the merged file system, which a container sees. */
  bytes: number;
  /** The bytes of the area's files that are in a layer, but were replaced or deleted by a later one. */
  wasted: number;
  /**
   * The areas inside this one; empty for files and for areas of kind `rest` or `wasted`. Layers are in the order in
   * which the image has them. All other areas are sorted by size, the largest first, but the area of kind `wasted` is
   * the last one in its layer.
   */
  inside: Area[];
}

/**
 * Makes the content of the treemap for an image, and returns one area for the whole image. Inside it is one area for
 * each entry of the root directory or, when `by` is `layer`, for each layer.
 */
export function mapOf(image: ImageContents, by: 'folder' | 'layer'): Area {
  const folders = folderArea(image.folders);
  if (by === 'folder') return folders;
  const layers = image.layers.map(({ bytes, wasted }, layer) =>
    layerArea(image.folders, layer, bytes - wasted, wasted),
  );
  return { ...folders, inside: layers };
}

/**
 * Returns the area that is open in the treemap. `names` are the names of the folders or layers that the user opened,
 * from the area `map` inwards. When a name has no area, or its area has none inside it, as a file, this name and those
 * after it are ignored.
 */
export function areaAt(map: Area, names: readonly string[]): Area {
  const [name, ...rest] = names;
  const next = map.inside.find((each) => each.name === name && each.inside.length > 0);
  return next === undefined ? map : areaAt(next, rest);
}

/**
 * The areas to draw inside an area of the treemap. An area of which only some bytes are wasted, that is, replaced or
 * deleted by a later layer, is drawn as two: one for these bytes, and one for the others.
 */
export function drawn(area: Area): Area[] {
  return area.inside.flatMap((each) =>
    each.wasted === 0 || each.bytes === 0
      ? [each]
      : [
          { ...each, wasted: 0 },
          { ...each, bytes: 0 },
        ],
  );
}

function folderArea({ name, bytes, wasted, entries }: Folder): Area {
  if (entries === undefined) return { name, kind: 'file', bytes, wasted, inside: [] };
  return { name, kind: 'folder', bytes, wasted, inside: withRest(entries.map(folderArea), bytes, wasted) };
}

function layerArea(folders: Folder, layer: number, bytes: number, wasted: number): Area {
  const inside = partOfLayer(folders, layer).inside.filter(({ kind }) => kind !== 'rest');
  const name = String(layer + 1);
  const lost: Area[] = wasted === 0 ? [] : [{ name: '', kind: 'wasted', bytes: 0, wasted, inside: [] }];
  return { name, kind: 'layer', bytes, wasted, inside: [...withRest(inside, bytes, 0), ...lost] };
}

/** Makes the area of the treemap for the part of a folder or file that comes from one layer. `layer` counts from 0. */
function partOfLayer({ name, layers, entries }: Folder, layer: number): Area {
  const bytes = layers.find((each) => each.layer === layer)?.bytes ?? 0;
  if (entries === undefined) return { name, kind: 'file', bytes, wasted: 0, inside: [] };
  const inside = entries.map((each) => partOfLayer(each, layer)).filter((each) => each.bytes > 0);
  return { name, kind: 'folder', bytes, wasted: 0, inside: withRest(inside, bytes, 0) };
}

/**
 * Returns the areas `inside` a folder or layer, largest first. `bytes` and `wasted` are the numbers of bytes of the
 * whole folder or layer. If the areas together have fewer bytes, adds an area of kind `rest` with the remaining bytes.
 * It stands for the small files.
 */
function withRest(inside: Area[], bytes: number, wasted: number): Area[] {
  const rest: Area = {
    name: '',
    kind: 'rest',
    bytes: bytes - inside.reduce((sum, each) => sum + each.bytes, 0),
    wasted: wasted - inside.reduce((sum, each) => sum + each.wasted, 0),
    inside: [],
  };
  const all = rest.bytes + rest.wasted > 0 ? [...inside, rest] : inside;
  return all.toSorted((a, b) => b.bytes + b.wasted - (a.bytes + a.wasted));
}
