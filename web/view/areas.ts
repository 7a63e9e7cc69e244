import type { Folder, ImageContents } from '../../core/contents/facts.ts';

/** An area of the map of what is big: a layer, a folder, a file, or all that is smaller in a folder. */
export interface Area {
  name: string;
  kind: 'layer' | 'folder' | 'file' | 'rest' | 'wasted';
  /** The bytes that are in the merged file system. */
  bytes: number;
  /** The bytes that were replaced or deleted by a later layer. */
  wasted: number;
  /** The areas inside, largest first. None for a file, and for the rest of a folder. */
  inside: Area[];
}

/** The whole map, by folder or by layer. */
export function mapOf(image: ImageContents, by: 'folder' | 'layer'): Area {
  const folders = folderArea(image.folders);
  if (by === 'folder') return folders;
  const layers = image.layers.map(({ bytes, wasted }, layer) =>
    layerArea(image.folders, layer, bytes - wasted, wasted),
  );
  return { ...folders, inside: layers };
}

/** The area that the names lead to, from the outermost on. When a name leads nowhere, the last area before it. */
export function areaAt(map: Area, names: readonly string[]): Area {
  const [name, ...rest] = names;
  const next = map.inside.find((each) => each.name === name && each.inside.length > 0);
  return next === undefined ? map : areaAt(next, rest);
}

/** The areas inside one, as they are drawn. An area that has both live and wasted bytes is split into one for each. */
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

/** The part of a folder or file that one layer has brought. */
function partOfLayer({ name, layers, entries }: Folder, layer: number): Area {
  const bytes = layers.find((each) => each.layer === layer)?.bytes ?? 0;
  if (entries === undefined) return { name, kind: 'file', bytes, wasted: 0, inside: [] };
  const inside = entries.map((each) => partOfLayer(each, layer)).filter((each) => each.bytes > 0);
  return { name, kind: 'folder', bytes, wasted: 0, inside: withRest(inside, bytes, 0) };
}

/** Adds the area of all that is in a folder besides the areas that are known. */
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
