import type { MergedFile, MergeObserver, Place } from '../files/merged-file.ts';
import type { Bilingual } from '../catalogue/bilingual.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import type { Amount, LayerContents, LostFile } from './facts.ts';
import { Largest } from './largest.ts';

/**
 * The file at a path before and after the layer that is being merged. Each field is null when there was nothing at the
 * path at that time, or only a directory.
 */
interface Change {
  before: MergedFile | null;
  after: MergedFile | null;
}

/**
 * Keeps account of what each layer does while layers are merged: which files it adds, changes and deletes. Also counts
 * the wasted bytes, those of files that a later layer replaced or deleted.
 */
export class Ledger implements MergeObserver {
  readonly #layers: LayerContents[] = [];
  readonly #lost = new Largest<LostFile>(LIMITS.largestFiles);
  /**
   * The number of bytes of the files that were replaced or deleted, by the path of the folder in which these files
   * were. The path of the root is empty.
   */
  readonly wastedIn = new Map<string, number>();
  #wastedFiles = 0;
  /** The changes that the layer that is being merged has made so far to files of lower layers, by path. */
  #touched = new Map<string, Change>();
  /** The total length in bytes of the paths in `#touched`, at which files of lower layers were replaced or deleted. */
  #touchedBytes = 0;
  /** The total length in bytes of the paths of all folders in which files were replaced or deleted. */
  #folderBytes = 0;
  /**
   * The number of paths that share a file's content through hard links, by the layer and offset of the content. A
   * content that is not in this map has one path.
   */
  readonly #links = new Map<string, number>();

  startLayer(): void {
    this.#settle();
    this.#layers.push({ added: nothing(), changed: nothing(), deleted: nothing(), bytes: 0, wasted: 0 });
  }

  put(path: string, file: MergedFile, before: Place | undefined): void {
    const current = this.#current;
    current.bytes += bytesOf(file);
    if (file.type === '1' && file.start >= 0) this.#link(file, 1);
    if (before !== undefined) this.#lose(path, before.file, file.type === '5' ? 'deleted' : 'replaced');
    const known = this.#touched.get(path);
    if (known !== undefined) known.after = noDirectory(file);
    else if (isOfLower(before, this.#at)) this.#touch(path, { before: before.file, after: noDirectory(file) });
    else {
      if (before !== undefined) add(current.added, before.file, -1);
      add(current.added, file);
    }
  }

  dropped(path: string, place: Place): void {
    this.#lose(path, place.file, 'deleted');
    const known = this.#touched.get(path);
    if (known !== undefined) known.after = null;
    else if (isOfLower(place, this.#at)) this.#touch(path, { before: place.file, after: null });
    else add(this.#current.added, place.file, -1);
  }

  /**
   * For each layer, from the lowest up, the changes that it makes to the layers below it. The list is complete when all
   * layers have been merged.
   */
  get layers(): LayerContents[] {
    this.#settle();
    return this.#layers;
  }

  /** The number and bytes of the files that are in the layers, but not in the merged file system. */
  get wasted(): Amount {
    return { files: this.#wastedFiles, bytes: this.#layers.reduce((sum, { wasted }) => sum + wasted, 0) };
  }

  /**
   * The largest files that were replaced or deleted, largest first, at most `LIMITS.largestFiles`. Their paths are byte
   * strings, with one character for each byte.
   */
  get lost(): readonly LostFile[] {
    return this.#lost.sorted;
  }

  /** True when several paths in the merged file system have the content of this file, because of hard links. */
  isShared(file: MergedFile): boolean {
    return this.#links.size > 0 && (this.#links.get(contentKey(file)) ?? 1) > 1;
  }

  get #at(): number {
    return this.#layers.length - 1;
  }

  get #current(): LayerContents {
    const layer = this.#layers.at(-1);
    if (layer === undefined) throw new RangeError('no layer has begun');
    return layer;
  }

  /** Ends the layer that is being merged: adds up the files of lower layers that it has changed and deleted. */
  #settle(): void {
    for (const { before, after } of this.#touched.values()) {
      if (after === null) add(this.#current.deleted, before);
      else add(this.#current.changed, after);
    }
    this.#touched = new Map();
    this.#touchedBytes = 0;
  }

  #touch(path: string, change: Change): void {
    this.#touched.set(path, change);
    this.#touchedBytes += path.length;
    this.#checkBytes();
  }

  /**
   * Throws `bad-archive` (finding `limit-exceeded`) when the paths of changed files, and of folders that lost files,
   * have more than `LIMITS.changedPathBytes` bytes together.
   */
  #checkBytes(): void {
    if (this.#touchedBytes + this.#folderBytes > LIMITS.changedPathBytes)
      throw beyondLimit(PATHS, LIMITS.changedPathBytes);
  }

  /**
   * Changes the number of paths that share a file's content through hard links by `more`, which is 1 or -1. Returns the
   * new number.
   */
  #link(file: MergedFile, more: 1 | -1): number {
    const paths = (this.#links.get(contentKey(file)) ?? 1) + more;
    this.#links.set(contentKey(file), paths);
    return paths;
  }

  /**
   * Notes that the file at a path was replaced or deleted, as `how` says. Its bytes are counted as wasted only when no
   * other path in the merged file system shares them through a hard link.
   */
  #lose(path: string, file: MergedFile | null, how: LostFile['how']): void {
    if (file === null || !hasContent(file)) return;
    if (this.#links.has(contentKey(file)) && this.#link(file, -1) > 0) return;
    const owner = this.#layers[file.layer];
    if (owner === undefined) return;
    owner.wasted += file.size;
    this.#wastedFiles++;
    if (file.size === 0) return;
    this.#lost.add({ path, bytes: file.size, layer: file.layer, by: this.#at, how });
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    const before = this.wastedIn.get(folder);
    this.wastedIn.set(folder, (before ?? 0) + file.size);
    if (before !== undefined) return;
    this.#folderBytes += folder.length;
    this.#checkBytes();
  }
}

const PATHS: Bilingual = { en: 'the bytes of the paths of changed files', zh: '被更改文件的路径字节数' };

function nothing(): Amount {
  return { files: 0, bytes: 0 };
}

/**
 * Adds a file to the number of files and the number of bytes in `amount`; subtracts it when `sign` is -1. Does nothing
 * when `file` is null or a directory.
 */
function add(amount: Amount, file: MergedFile | null, sign: 1 | -1 = 1): void {
  if (file === null || file.type === '5') return;
  amount.files += sign;
  amount.bytes += sign * bytesOf(file);
}

/**
 * The number of bytes that a file adds to its layer: its size for a regular file, 0 for any other type, such as a hard
 * link.
 */
function bytesOf({ type, size }: MergedFile): number {
  return type === '0' ? size : 0;
}

/** True for a regular file, and for a hard link whose target is a file that exists. */
function hasContent({ type, start }: MergedFile): boolean {
  return type === '0' || (type === '1' && start >= 0);
}

/**
 * A text that identifies the content of a file: the index of the layer and the offset in bytes where the content lies,
 * such as `2:512`.
 */
function contentKey({ layer, start }: MergedFile): string {
  return `${layer}:${start}`;
}

function noDirectory(file: MergedFile): MergedFile | null {
  return file.type === '5' ? null : file;
}

/**
 * True when there is a file, not a directory, at a path (`place`), and it comes from a layer below the one with the
 * index `current`.
 */
function isOfLower(place: Place | undefined, current: number): place is Place & { file: MergedFile } {
  return place !== undefined && place.layer < current && place.file !== null && place.file.type !== '5';
}
