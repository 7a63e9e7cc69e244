import { printable } from '../../core/model/bytes.ts';
import { byteString } from '../../core/model/byte-string.ts';
import type { MergedTree } from '../../core/files/merge.ts';
import type { Place } from '../../core/files/merged-file.ts';
import { linkOf, modeOf, ownerOf, timeOf } from '../../core/page/file-columns.ts';

/** A line of the file tree, as the page shows it. */
export interface FileRow {
  /**
   * The path of the file, with one character for each byte. By this path, the page asks the worker for the content of
   * the file.
   */
  path: string;
  /** The name of the file, or its whole path in the results of a search, with unprintable characters escaped. */
  name: string;
  depth: number;
  /**
   * True for a directory whose entries are shown, false for one whose entries are hidden. Null for any other file, and
   * in the results of a search.
   */
  open: boolean | null;
  mode: string;
  owner: string;
  size: number | null;
  time: string;
  link: string;
  /** The number (from 1) of the layer that wrote the file last. */
  layer: number;
}

interface Node {
  path: string;
  name: string;
  place: Place;
  depth: number;
  open: boolean;
}

/**
 * The lines of a file tree: those of open directories, or the results of a search. The page asks for some lines at a
 * time.
 */
export class FileTree {
  #tree: Node[];
  #found: Node[] | null = null;
  /** All files with their paths in lower case, for searching; null until the first call of `search` or `prepare`. */
  #all: { lower: string; node: Node }[] | null = null;
  readonly #root: Readonly<Place>;

  constructor(tree: MergedTree) {
    this.#root = tree.root;
    this.#tree = childrenOf({ path: '', name: '', place: this.#root, depth: -1, open: true });
  }

  get length(): number {
    return this.#lines().length;
  }

  rows(from: number, to: number): FileRow[] {
    const isSearch = this.#found !== null;
    return this.#lines()
      .slice(from, to)
      .map((node) => rowOf(node, isSearch));
  }

  /**
   * Opens or closes the directory in the line with this index, which counts from 0. Does nothing for another file, or
   * while the results of a search are shown.
   */
  toggle(index: number): void {
    const node = this.#tree[index];
    if (this.#found !== null || node === undefined || node.place.children === null) return;
    node.open = !node.open;
    const after = this.#tree.findIndex(({ depth }, at) => at > index && depth <= node.depth);
    const end = after < 0 ? this.#tree.length : after;
    const inside = node.open ? childrenOf(node) : [];
    this.#tree = [...this.#tree.slice(0, index + 1), ...inside, ...this.#tree.slice(node.open ? index + 1 : end)];
  }

  /**
   * Shows only the files whose path has this text in it; all files again for an empty text. ASCII letters match in
   * either case.
   */
  search(text: string): void {
    const wanted = lower(byteString(new TextEncoder().encode(text)));
    if (wanted === '') {
      this.#found = null;
      return;
    }
    this.#found = this.#index()
      .filter((each) => each.lower.includes(wanted))
      .map((each) => each.node);
  }

  /** Makes the list of all paths that searches need, so that the first search takes no longer than later ones. */
  prepare(): void {
    this.#index();
  }

  #index(): { lower: string; node: Node }[] {
    this.#all ??= allBelow('', this.#root)
      .map((each) => ({ lower: lower(each.path), node: each }))
      .toArray();
    return this.#all;
  }

  #lines(): Node[] {
    return this.#found ?? this.#tree;
  }
}

function lower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The lines for the entries of a directory: directories first, then other files, each in the byte order of names. */
function childrenOf({ path, place, depth }: Node): Node[] {
  return [...(place.children ?? [])]
    .map(([name, child]) => nodeOf(path, name, child, depth + 1))
    .toSorted((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function rank({ place }: Node): number {
  return place.children === null ? 1 : 0;
}

function nodeOf(above: string, name: string, place: Place, depth: number): Node {
  return { path: above === '' ? name : `${above}/${name}`, name, place, depth, open: false };
}

function* allBelow(path: string, place: Place): Generator<Node> {
  for (const [name, child] of place.children ?? []) {
    const found = nodeOf(path, name, child, 0);
    yield found;
    yield* allBelow(found.path, child);
  }
}

function rowOf({ path, name, place, depth, open }: Node, isSearch: boolean): FileRow {
  const { file, children, layer } = place;
  return {
    path,
    name: printable(isSearch ? path : name),
    depth: isSearch ? 0 : depth,
    open: children === null || isSearch ? null : open,
    mode: file === null ? 'd' : modeOf(file),
    owner: file === null ? '' : ownerOf(file),
    size: file === null || children !== null ? null : file.size,
    time: file === null ? '' : timeOf(file),
    link: file === null ? '' : linkOf(file),
    layer: layer + 1,
  };
}
