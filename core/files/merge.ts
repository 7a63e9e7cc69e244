import { both } from '../catalogue/bilingual.ts';
import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { printable } from '../model/bytes.ts';
import { badArchive } from '../model/errors.ts';
import type { Whiteouts } from '../model/recipe.ts';
import type { Member } from '../tar/member.ts';
import { Listing } from './listing.ts';
import { MergeBudget } from './merge-budget.ts';
import {
  type Directory,
  directory,
  fileOf,
  HIDDEN,
  type KeptFile,
  type MergedFile,
  type MergeObserver,
  NO_CHILDREN,
  type Place,
  withChildren,
} from './merged-file.ts';
import { below, isPlainName, ownName, partsOf, WHITEOUT } from './path-parts.ts';
import { type Resolved, Way } from './way.ts';

const OPAQUE = '.wh..wh..opq';

/**
 * The settings for merging layers: how whiteouts are treated, which observer is told about the changes, and how much
 * work is allowed.
 */
export interface MergeSettings {
  whiteouts: Whiteouts;
  observer?: MergeObserver | undefined;
  /**
   * The limit on the work. A caller that merges several images of an archive gives the same budget for all of them.
   * When it is absent, the tree makes a budget for itself.
   */
  budget?: MergeBudget | undefined;
}

/**
 * Merges the tar members of an image's layers, from the lowest layer up, into one file system (OCI image-spec,
 * layer.md). A whiteout hides only files of lower layers, wherever it stands in its own layer. Each path takes about
 * 300 bytes of memory. Throws `bad-archive` beyond `LIMITS.mergedPaths` paths.
 */
export class MergedTree {
  readonly #root: Place = directory(-1);
  readonly #whiteouts: Whiteouts;
  readonly #observer: MergeObserver | null;
  readonly #budget: MergeBudget;
  #layer = -1;
  /** The number of tar members that were added to the tree. */
  #members = 0;
  #paths = 0;
  #implied = 0;
  /**
   * The directory in which the last tar member lies, because the next member is often in it, too. `folder` is its path
   * as it stands in the name of the member, with a slash at the end. Null when the directory may have moved or gone.
   */
  #recent: { folder: string; place: Directory; above: string } | null = null;
  /** The directories from which whiteouts of the current layer have already removed all entries of lower layers. */
  readonly #swept = new Set<Map<string, Place>>();

  constructor({ whiteouts, observer, budget = new MergeBudget() }: MergeSettings) {
    this.#whiteouts = whiteouts;
    this.#budget = budget;
    this.#observer = observer ?? null;
  }

  /** Begins the next layer. Its files go on top of those of all layers before it. */
  startLayer(): void {
    this.#layer++;
    this.#swept.clear();
    this.#recent = null;
    this.#observer?.startLayer();
  }

  /**
   * Adds a tar member to the current layer. Returns false if its path is new. Returns true if something was at the path
   * already, and also for a whiteout and for the root.
   */
  add(member: Member): boolean {
    return this.#add(member.name, member.offset, fileOf(member, this.#layer, this.#members++));
  }

  /**
   * Adds a tar member that was read earlier and kept in memory to the current layer. The same member may be added to
   * several layers.
   */
  addKept({ name, offset, file }: KeptFile): void {
    this.#add(name, offset, { ...file, layer: this.#layer });
  }

  #add(memberName: string, offset: number, file: MergedFile): boolean {
    // The names of directories end in a slash, which says nothing that the type of the member does not say.
    const path = memberName.endsWith('/') ? memberName.slice(0, -1) : memberName;
    if (path.length > LIMITS.pathBytes)
      throw badArchive(finding('path-too-long', { member: printable(memberName), offset }));
    const slash = path.lastIndexOf('/') + 1;
    const isNext = slash > 0 && this.#recent?.folder === path.slice(0, slash);
    if (isNext && this.#recent !== null && isPlainName(path, slash)) {
      this.#budget.walk(0);
      const { place, above } = this.#recent;
      const name = ownName(path.slice(slash), path);
      return this.#put(place.children, name, above, this.#placed(file, path, false));
    }
    const parts = partsOf(path);
    this.#budget.walk(parts.length);
    const name = parts.pop();
    if (name === undefined) this.#root.file = file;
    else if (this.#whiteouts !== 'names' && name.startsWith(WHITEOUT)) this.#hide(parts, name, file);
    else {
      const { place, moved, path: above } = this.#directory(parts);
      const isNew = !this.#put(place.children, ownName(name, path), above, this.#placed(file, path, moved));
      if (isNew && !moved && isPlainName(path, slash)) this.#recent = { folder: path.slice(0, slash), place, above };
      return !isNew;
    }
    return true;
  }

  #placed(file: MergedFile, path: string, moved: boolean): MergedFile {
    const placed = this.#completed(file);
    placed.moved = moved || path.includes('..');
    return placed;
  }

  /**
   * Finds what is at a path. Follows symbolic links; none leads out of the root. The result says `found`, with the file
   * or directory, `missing`, or `circle` when too many links would have to be followed.
   */
  resolve(path: string): Resolved {
    const way = this.#way();
    const followed = way.follow(path.split('/'));
    return followed.kind === 'found' ? { kind: 'found', path: way.path, place: way.place } : followed;
  }

  /**
   * Yields the files and directories below a path, each with its path. `place` is the directory at that path. A
   * directory comes before its entries, and names are in byte order. Directories that no tar member describes are left
   * out.
   */
  *list(path = '', place: Place = this.#root): Generator<{ path: string; file: MergedFile }> {
    // A stack, because in generators within generators each file would pass through all directories above it.
    const open = [new Listing(path, place)];
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      const next = folder.next();
      if (next === null) open.pop();
      else {
        if (next.place.file !== null) yield { path: next.path, file: next.place.file };
        if (next.place.children !== null && next.place.children.size > 0) open.push(new Listing(next.path, next.place));
      }
    }
  }

  /**
   * Returns the file that a tar member becomes when layers are merged. Only a hard link changes: it gets the content
   * and most fields of its target. Its `start` is -1 when the target is missing or a directory.
   */
  #completed(file: MergedFile): MergedFile {
    if (file.type !== '1') return file;
    const target = this.#linked(file.linkname);
    if (target === undefined || target === null || target.type === '5') return { ...file, start: -1 };
    return {
      ...target,
      type: target.type === '0' || target.type === '1' ? '1' : target.type,
      linkname: target.type === '2' ? target.linkname : file.linkname,
      number: file.number,
    };
  }

  /**
   * Returns the file to which a hard link with this target leads. Null for a directory without a tar member, undefined
   * when nothing is there, or when the target is longer than any path.
   */
  #linked(target: string): MergedFile | null | undefined {
    if (target.length > LIMITS.pathBytes) return undefined;
    const slash = target.lastIndexOf('/') + 1;
    if (this.#recent?.folder === target.slice(0, slash) && isPlainName(target, slash))
      return this.#recent.place.children.get(target.slice(slash))?.file;
    const parts = partsOf(target);
    this.#budget.step(parts.length);
    const name = parts.pop() ?? '';
    const way = this.#way();
    return way.follow(parts).kind === 'found' ? way.place.children?.get(name)?.file : undefined;
  }

  #put(siblings: Map<string, Place>, name: string, above: string, file: MergedFile): boolean {
    const there = siblings.get(name);
    if (this.#observer !== null) {
      this.#observer.put(below(above, name), file, there);
      if (file.type !== '5') this.#lose(below(above, name), there?.children);
    }
    const children = file.type === '5' ? (there?.children ?? NO_CHILDREN) : null;
    if (there === undefined) {
      this.#count();
      siblings.set(name, { file, layer: this.#layer, children, opaque: null });
      return false;
    }
    this.#recent = null; // it may have been in what is replaced
    // A directory that comes after something else hides what lower layers have.
    const opaque = children !== null && there.children === null ? 'new' : there.opaque;
    Object.assign(there, { file, layer: this.#layer, children, opaque });
    return true;
  }

  /**
   * Tells the observer of the merge that each file and directory below a path disappears, but not what is at the path
   * itself. `children` holds the direct entries of the directory at that path; null or undefined when no directory is
   * there.
   */
  #lose(path: string, children: Map<string, Place> | null | undefined): void {
    for (const [name, place] of children ?? []) {
      this.#observer?.dropped(below(path, name), place);
      this.#lose(below(path, name), place.children);
    }
  }

  /**
   * Finds the directory at a path, and makes it if it is missing. `parts` are the components of the path. Symbolic
   * links that the current layer made are followed, as container engines do; `moved` is then true. The result's `path`
   * is the path to the directory without such links, or empty when no observer watches the merge.
   */
  #directory(parts: string[]): { place: Directory; moved: boolean; path: string } {
    let at = withChildren(this.#root);
    let length = 0;
    let way: Way | null = null;
    let moved = false;
    for (const [i, part] of parts.entries()) {
      const next = at.children.get(part);
      if (next?.file?.type === '2' && next.layer === this.#layer) {
        way ??= this.#along(parts.slice(0, i));
        if (way.follow([part]).kind === 'found' && way.place.children !== null) {
          [at, length, moved] = [withChildren(way.place), way.length, true];
          continue;
        }
        way = this.#along(parts.slice(0, i)); // the other one has left the path
      }
      length += part.length + 1;
      at = this.#entered(at, part, length, () => way?.path ?? parts.slice(0, i).join('/'));
      way?.enter(part, at);
    }
    if (moved) this.#checkMoved(parts, length);
    return { place: at, moved, path: this.#observer === null ? '' : (way?.path ?? parts.join('/')) };
  }

  /**
   * Follows the components of a path from the root. All of them must be directories, or symbolic links to directories.
   * Returns the position that is reached in the file system.
   */
  #along(parts: readonly string[]): Way {
    const way = this.#way();
    way.follow(parts);
    return way;
  }

  /**
   * Returns the directory `name` in the directory `at`. If it is missing, it is made; a file of that name is replaced.
   * `length` is the length in bytes of the path to `name`. The function `above` returns the path of `at`.
   */
  #entered(at: Directory, name: string, length: number, above: () => string): Directory {
    const next = at.children.get(name);
    if (next === undefined) {
      this.#count();
      this.#countImplied(length);
      const made = withChildren(directory(this.#layer));
      at.children.set(name, made);
      return made;
    }
    if (next.children === null) {
      this.#recent = null;
      this.#observer?.dropped(below(above(), name), next);
      Object.assign(next, directory(this.#layer), { opaque: 'new' });
    }
    return withChildren(next);
  }

  /**
   * Throws `bad-archive` (finding `path-too-long`) when symbolic links have led a member to a directory whose path has
   * more than `LIMITS.pathBytes` bytes, because no file system can hold such a path. `length` is the length of that
   * path in bytes, and `parts` are the components of the path as written.
   */
  #checkMoved(parts: readonly string[], length: number): void {
    if (length > LIMITS.pathBytes) throw badArchive(finding('path-too-long', { member: printable(parts.join('/')) }));
    this.#budget.follow(length);
  }

  #hide(parts: string[], mark: string, file: MergedFile): void {
    this.#recent = null;
    // Other names that begin with `.wh..wh.` are internal to the AUFS file system.
    if (mark !== OPAQUE && mark.startsWith(WHITEOUT + WHITEOUT)) return;
    if (this.#whiteouts === 'kept') return this.#keepHidden(parts, mark, file);
    const above = this.resolve(parts.join('/'));
    if (above.kind !== 'found' || above.place.children === null) return;
    if (mark === OPAQUE) this.#sweep(above.place.children, above.path);
    else this.#drop(above.place.children, mark.slice(WHITEOUT.length), above.path);
  }

  /**
   * Applies a whiteout, and also records it in the merged file system: as an entry of type `HIDDEN`, or in the field
   * `opaque` of a directory. The record says that files of the layers below the merged ones are hidden.
   */
  #keepHidden(parts: string[], mark: string, file: MergedFile): void {
    const { place: above, moved, path } = this.#directory(parts);
    if (mark === OPAQUE) {
      this.#sweep(above.children, path);
      above.opaque ??= 'marked';
      return;
    }
    const name = mark.slice(WHITEOUT.length);
    this.#drop(above.children, name, path);
    const there = above.children.get(name);
    if (there === undefined) this.#put(above.children, name, path, { ...file, type: HIDDEN, moved });
    else if (there.children !== null) there.opaque = 'new';
  }

  /**
   * Removes what lower layers have put at the path of `name` in a directory, and below it. What the current layer has
   * put there stays. `siblings` are the entries of the directory, and `above` is its path.
   */
  #drop(siblings: Map<string, Place>, name: string, above: string): void {
    const place = siblings.get(name);
    if (place === undefined) return;
    const path = this.#observer === null ? '' : below(above, name);
    if (place.children !== null) this.#sweep(place.children, path);
    if (place.layer === this.#layer) return;
    this.#observer?.dropped(path, place);
    if (place.children === null || place.children.size === 0) siblings.delete(name);
    else Object.assign(place, { file: null, layer: this.#layer });
  }

  /** Removes all entries that lower layers have put into a directory. `path` is the path of the directory. */
  #sweep(children: Map<string, Place>, path: string): void {
    if (this.#swept.has(children)) return;
    this.#swept.add(children);
    for (const name of children.keys()) this.#drop(children, name, path);
  }

  #way(): Way {
    return new Way(this.#root, (target) => this.#budget.follow(target.length + 1));
  }

  /** The root directory of the merged file system, with everything below it. */
  get root(): Readonly<Place> {
    return this.#root;
  }

  #count(): void {
    if (++this.#paths > LIMITS.mergedPaths) throw beyondLimit(PATHS, LIMITS.mergedPaths);
  }

  #countImplied(length: number): void {
    this.#implied += IMPLIED_BYTES + length;
    if (this.#implied > LIMITS.mergedImpliedBytes) throw beyondLimit(IMPLIED, LIMITS.mergedImpliedBytes);
  }
}

/**
 * The number of bytes that each directory without a tar member adds, besides the length of its path, to an estimate of
 * the memory for such directories. `LIMITS.mergedImpliedBytes` limits the estimate.
 */
const IMPLIED_BYTES = 100;

const PATHS = both('the number of paths that can be listed', '可列出的路径数');
const IMPLIED = both('the bytes of the paths of directories that no member gives', '没有成员给出的目录的路径字节数');
