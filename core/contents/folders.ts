import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import type { Folder } from './facts.ts';

/**
 * The wasted bytes of a folder. `own` is the number of bytes of replaced and deleted files that were directly in the
 * folder. `below` has a `WasteTree` for each folder in it, by the name of that folder.
 */
interface WasteTree {
  own: number;
  below: Map<string, WasteTree>;
}

/** A folder of the tree to which more files may still be added, with the sums of its files so far. */
interface OpenFolder {
  name: string;
  bytes: number;
  files: number;
  wasted: number;
  layers: Map<number, number>;
  entries: Folder[];
  waste: WasteTree | null;
}

/**
 * Builds the tree of the largest folders and files of a file system, to show what takes space. Files of one folder must
 * be added together, so that only one folder of each level is unfinished at a time. When a folder is finished, its
 * small entries are left out.
 */
export class FolderTree {
  /**
   * The fewest bytes that a folder or file must have to be kept in the tree. For a folder, the bytes of replaced and
   * deleted files in it are included.
   */
  #least: number;
  /**
   * The number of folders and files that were added to the tree since `#least`, the fewest bytes to be kept, last grew.
   */
  #kept = 0;
  readonly #open: OpenFolder[];

  /**
   * Begins a tree. `total` is the number of bytes of all files in the layers, replaced and deleted ones included.
   * `wastedIn` gives the bytes of replaced and deleted files by the path of their folder.
   */
  constructor(total: number, wastedIn: ReadonlyMap<string, number>) {
    this.#least = Math.max(1, total / SMALLEST_PART);
    this.#open = [opened('', wasteTree(wastedIn))];
  }

  /**
   * Adds a file that is not a directory to the tree. All files below one folder must be added one after the other.
   * `layer` is the index of the layer with the file's bytes. `bytes` is 0 for a hard link to a file that was added
   * already.
   */
  add(path: string, bytes: number, layer: number): void {
    const names = path.split('/');
    // What is deeper is shown in the deepest folder that has an entry of its own.
    const name = names.splice(Math.min(names.length - 1, LIMITS.folderDepth)).join('/');
    this.#enter(names);
    const folder = this.#open.at(-1);
    if (folder === undefined) return;
    folder.bytes += bytes;
    folder.files++;
    if (bytes > 0) folder.layers.set(layer, (folder.layers.get(layer) ?? 0) + bytes);
    if (bytes >= this.#least)
      this.#keep(folder, { name: printable(name), bytes, files: 1, wasted: 0, layers: [{ layer, bytes }] });
  }

  /** Returns the tree of all files that were added, reduced to the largest `LIMITS.folderEntries` folders and files. */
  finish(): Folder {
    this.#enter([]);
    const [root = opened('', null)] = this.#open;
    return pruned(this.#closed(root));
  }

  /**
   * Prepares the folder with the path `names` (its components) for further files. Finishes all open folders that are
   * not on this path, and begins the folders on the path that are not open yet.
   */
  #enter(names: readonly string[]): void {
    let same = 0;
    while (same < names.length && this.#open[same + 1]?.name === names[same]) same++;
    while (this.#open.length > same + 1) this.#close();
    for (const name of names.slice(same)) {
      const waste = this.#open.at(-1)?.waste;
      const own = waste?.below.get(name) ?? null;
      waste?.below.delete(name); // what is left when the folder closes are folders that no longer exist
      this.#open.push(opened(name, own));
    }
  }

  #close(): void {
    const folder = this.#open.pop();
    const above = this.#open.at(-1);
    if (folder === undefined || above === undefined) return;
    const done = this.#closed(folder);
    above.bytes += done.bytes;
    above.files += done.files;
    above.wasted += done.wasted;
    for (const { layer, bytes } of done.layers) above.layers.set(layer, (above.layers.get(layer) ?? 0) + bytes);
    if (weight(done) >= this.#least) this.#keep(above, done);
  }

  /**
   * Adds an entry to a folder of the tree. After every `KEPT_AT_ONCE` entries, doubles the number of bytes that each
   * further entry must have at least, so that the tree does not grow without limit.
   */
  #keep({ entries }: OpenFolder, entry: Folder): void {
    entries.push(entry);
    if (++this.#kept < KEPT_AT_ONCE) return;
    this.#kept = 0;
    this.#least *= 2;
  }

  #closed({ name, bytes, files, wasted, layers, entries, waste }: OpenFolder): Folder {
    const gone = [...(waste?.below ?? [])].map(([each, below]) => this.#goneFolder(each, below));
    return {
      name: printable(name),
      bytes,
      files,
      wasted: wasted + (waste?.own ?? 0) + gone.reduce((sum, each) => sum + each.wasted, 0),
      layers: [...layers]
        .map(([layer, of]) => ({ layer, bytes: of }))
        .toSorted((a, b) => b.bytes - a.bytes || a.layer - b.layer),
      entries: largestFirst([...entries, ...gone.filter((each) => each.wasted >= this.#least)]),
    };
  }

  /**
   * Returns the entry of the tree for a folder that no longer exists, or no longer has files. It has only wasted bytes,
   * those of files that layers replaced or deleted. `own` is the number of these bytes directly in the folder, and
   * `below` has the folders in it.
   */
  #goneFolder(name: string, { own, below }: WasteTree): Folder {
    const inside = [...below].map(([each, waste]) => this.#goneFolder(each, waste));
    return {
      name: printable(name),
      bytes: 0,
      files: 0,
      wasted: inside.reduce((sum, each) => sum + each.wasted, own),
      layers: [],
      entries: largestFirst(inside.filter((each) => each.wasted >= this.#least)),
    };
  }
}

/**
 * The number of entries (folders and files) added to a tree after which the fewest bytes of further entries are
 * doubled. This limits the memory. A real system has only some thousand entries.
 */
const KEPT_AT_ONCE = 50_000;

/**
 * The number of equal parts into which all bytes of an image are divided. A folder or file with fewer bytes than one
 * part is left out of the tree that shows what takes space, because nobody could see it in a drawing.
 */
const SMALLEST_PART = 4000;

function opened(name: string, waste: WasteTree | null): OpenFolder {
  return { name, bytes: 0, files: 0, wasted: 0, layers: new Map(), entries: [], waste };
}

function wasteTree(wastedIn: ReadonlyMap<string, number>): WasteTree {
  const root: WasteTree = { own: 0, below: new Map() };
  for (const [path, bytes] of wastedIn) {
    let at = root;
    for (const name of path === '' ? [] : path.split('/')) {
      const next = at.below.get(name) ?? { own: 0, below: new Map<string, WasteTree>() };
      at.below.set(name, next);
      at = next;
    }
    at.own += bytes;
  }
  return root;
}

/**
 * Returns a copy of a tree with only its largest `LIMITS.folderEntries` folders and files. For each of these, only the
 * `LIMITS.folderLayers` layers that hold most of its bytes are listed. When a folder or file is kept, the folder that
 * contains it is kept, too.
 */
function pruned(root: Folder): Folder {
  const sizes: number[] = [];
  for (let level = root.entries ?? []; level.length > 0; level = level.flatMap((each) => each.entries ?? []))
    for (const each of level) sizes.push(weight(each));
  const most = LIMITS.folderEntries;
  // An entry is never larger than its folder. So the folders of all that is kept are kept, too.
  const least = sizes.toSorted((a, b) => b - a)[most - 1] ?? 0;
  let equal = most - sizes.filter((each) => each > least).length;
  const isKept = (each: Folder) => weight(each) > least || (weight(each) === least && equal-- > 0);
  const kept = ({ layers, entries, ...folder }: Folder): Folder => ({
    ...folder,
    layers: layers.slice(0, LIMITS.folderLayers),
    ...(entries !== undefined && { entries: (sizes.length <= most ? entries : entries.filter(isKept)).map(kept) }),
  });
  return kept(root);
}

function weight({ bytes, wasted }: Folder): number {
  return bytes + wasted;
}

function largestFirst(entries: Folder[]): Folder[] {
  return entries.toSorted((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
}
