import type { Folder, ImageContents } from '../../core/contents/facts.ts';

/** An area of the map of what is big: a layer, a folder, a file, or all that is smaller in a folder. */
export interface Area {
  name: string;
  kind: 'layer' | 'folder' | 'file' | 'rest' | 'wasted';
  /** The bytes of the area that are in the merged file system. */
  bytes: number;
  /** The bytes of the area that a later layer replaced or deleted. */
  wasted: number;
  /** The areas inside this one, largest first. None for a file, and for the rest of a folder. */
  inside: Area[];
}

/** The map of what is big in an image, as one area with others inside: folders, or layers. */
export function mapOf(image: ImageContents, by: 'folder' | 'layer'): Area {
  const folders = folderArea(image.folders);
  if (by === 'folder') return folders;
  const layers = image.layers.map(({ bytes, wasted }, layer) =>
    layerArea(image.folders, layer, bytes - wasted, wasted),
  );
  return { ...folders, inside: layers };
}

/** The area to which a path of names leads in the map. When a name is not there, the last area before it. */
export function areaAt(map: Area, names: readonly string[]): Area {
  const [name, ...rest] = names;
  const next = map.inside.find((each) => each.name === name && each.inside.length > 0);
  return next === undefined ? map : areaAt(next, rest);
}

/** The areas to draw inside an area. One with both live and wasted bytes is drawn as two. */
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

/** The area for the part of a folder or file that comes from one layer. */
function partOfLayer({ name, layers, entries }: Folder, layer: number): Area {
  const bytes = layers.find((each) => each.layer === layer)?.bytes ?? 0;
  if (entries === undefined) return { name, kind: 'file', bytes, wasted: 0, inside: [] };
  const inside = entries.map((each) => partOfLayer(each, layer)).filter((each) => each.bytes > 0);
  return { name, kind: 'folder', bytes, wasted: 0, inside: withRest(inside, bytes, 0) };
}

/** Adds an area for the bytes of a folder that are in none of its known areas. */
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
