import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import type { Folder } from './facts.ts';

/** The bytes of replaced and deleted files in a folder itself (`own`), and the same for each folder in it, by name. */
interface WasteTree {
  own: number;
  below: Map<string, WasteTree>;
}

/** A folder whose files are being added up. */
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
 * The tree of the largest folders and files of a file system. Files are added in the order of the tree, so only one
 * folder of each level is open at a time. When a folder is complete, its small entries are left out.
 */
export class FolderTree {
  /** The fewest bytes, wasted ones included, that a folder or a file must have to be kept. */
  #least: number;
  /** The number of folders and files that were kept since `#least` was last raised. */
  #kept = 0;
  readonly #open: OpenFolder[];

  /** Begins a tree for files of `total` bytes, wasted ones included. `wastedIn` gives the wasted bytes by folder. */
  constructor(total: number, wastedIn: ReadonlyMap<string, number>) {
    this.#least = Math.max(1, total / SMALLEST_PART);
    this.#open = [opened('', wasteTree(wastedIn))];
  }

  /** Adds a file that is no directory. Files of one folder must come together. `bytes` is 0 for a further hard link. */
  add(path: string, bytes: number, layer: number): void {
    const names = path.split('/');
    const name = names.pop() ?? '';
    this.#enter(names);
    const folder = this.#open.at(-1);
    if (folder === undefined) return;
    folder.bytes += bytes;
    folder.files++;
    if (bytes > 0) folder.layers.set(layer, (folder.layers.get(layer) ?? 0) + bytes);
    if (bytes >= this.#least)
      this.#keep(folder, { name: printable(name), bytes, files: 1, wasted: 0, layers: [{ layer, bytes }] });
  }

  /** Returns the tree with all files added, and at most `LIMITS.folderEntries` folders and files. */
  finish(): Folder {
    this.#enter([]);
    const [root = opened('', null)] = this.#open;
    return pruned(this.#closed(root));
  }

  /** Opens the folders with these names, one inside the other, and closes all other open folders. */
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

  /** Keeps an entry of a folder. Each time that very many were kept, it doubles the bytes that others must have. */
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

  /** Describes a folder that no longer exists, or no longer has files. Only its wasted bytes are known. */
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
 * The number of kept folders and files after which only larger ones are kept from then on. A real system has some
 * thousand.
 */
const KEPT_AT_ONCE = 50_000;

/**
 * The parts into which all bytes are divided in the map of what is big. A folder or file smaller than one part could
 * not be seen, and is left out.
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

/** Keeps the largest `LIMITS.folderEntries` entries of a tree. An entry is only kept together with its folder. */
function pruned(root: Folder): Folder {
  const sizes: number[] = [];
  for (let level = root.entries ?? []; level.length > 0; level = level.flatMap((each) => each.entries ?? []))
    for (const each of level) sizes.push(weight(each));
  const most = LIMITS.folderEntries;
  if (sizes.length <= most) return root;
  // An entry is never larger than its folder. So the folders of all that is kept are kept, too.
  const least = sizes.toSorted((a, b) => b - a)[most - 1] ?? 0;
  let equal = most - sizes.filter((each) => each > least).length;
  const isKept = (each: Folder) => weight(each) > least || (weight(each) === least && equal-- > 0);
  const kept = (folder: Folder): Folder =>
    folder.entries === undefined ? folder : { ...folder, entries: folder.entries.filter(isKept).map(kept) };
  return kept(root);
}

function weight({ bytes, wasted }: Folder): number {
  return bytes + wasted;
}

function largestFirst(entries: Folder[]): Folder[] {
  return entries.toSorted((a, b) => weight(b) - weight(a) || (a.name < b.name ? -1 : 1));
}
