import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import { badArchive } from '../model/errors.ts';
import type { Whiteouts } from '../model/recipe.ts';
import type { Member } from '../tar/member.ts';
import { fileOf, HIDDEN, type KeptFile, type MergedFile, type MergeObserver, type Place } from './merged-file.ts';
import { below, partsOf } from './path-parts.ts';

/**
 * The result of following a path: the place that was found, a path that is missing (`linked`: a symbolic link led to
 * it), or a circle of links.
 */
export type Resolved =
  | { kind: 'found'; path: string; place: Place }
  | { kind: 'missing'; path: string; linked: boolean }
  | { kind: 'circle' };

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** The most symbolic links that Linux follows in one path before it returns ELOOP. */
const MAX_LINKS = 40;

/**
 * The file system that the layers of an image make, from the lowest up (OCI image-spec, layer.md). A whiteout hides
 * only files of lower layers, wherever it stands in its own layer. Each path takes about 300 bytes of memory. Throws
 * `bad-archive` beyond `LIMITS.mergedPaths` paths.
 */
export class MergedTree {
  readonly #root: Place = directory(-1);
  readonly #whiteouts: Whiteouts;
  readonly #observer: MergeObserver | null;
  #layer = -1;
  /** The number of tar members that were added to the tree. */
  #members = 0;
  #paths = 0;
  #followed = 0;
  /** The directories from which whiteouts of the current layer have already removed all entries of lower layers. */
  readonly #swept = new Set<Map<string, Place>>();

  constructor({ whiteouts, observer }: { whiteouts: Whiteouts; observer?: MergeObserver | undefined }) {
    this.#whiteouts = whiteouts;
    this.#observer = observer ?? null;
  }

  /** Begins the next layer. Its files go on top of those of all layers before it. */
  startLayer(): void {
    this.#layer++;
    this.#swept.clear();
    this.#observer?.startLayer();
  }

  /** Adds a tar member to the current layer. Returns true if something was at its path already. */
  add(member: Member): boolean {
    return this.#add(member.name, member.offset, fileOf(member, this.#layer, this.#members++));
  }

  /** Adds a tar member that was read earlier to the current layer. The same member may be added to several layers. */
  addKept({ name, offset, file }: KeptFile): void {
    this.#add(name, offset, { ...file, layer: this.#layer });
  }

  #add(path: string, offset: number, file: MergedFile): boolean {
    const parts = partsOf(path);
    if (path.length > LIMITS.pathBytes && parts.join('/').length > LIMITS.pathBytes) {
      throw badArchive(finding('path-too-long', { member: printable(path), offset }));
    }
    const name = parts.pop();
    if (name === undefined) this.#root.file = file;
    else if (this.#whiteouts !== 'names' && name.startsWith(WHITEOUT)) this.#hide(parts, name, file);
    else {
      const { place, moved, path: above } = this.#directory(parts);
      return this.#put(place.children, name, above, { ...this.#completed(file), moved: moved || path.includes('..') });
    }
    return true;
  }

  /** Follows a path and its symbolic links inside the merged file system. No link leads out of it. */
  resolve(path: string): Resolved {
    return this.#walk(path.split('/'), [{ name: '', place: this.#root }], 0);
  }

  /**
   * Lists the files below a path. A directory comes before its entries, and names are in byte order. Directories that
   * no tar member describes are left out.
   */
  *list(path = '', place: Place = this.#root): Generator<{ path: string; file: MergedFile }> {
    const names = [...(place.children?.keys() ?? [])].toSorted((a, b) => (a < b ? -1 : 1));
    for (const name of names) {
      const child = place.children?.get(name);
      if (child === undefined) continue;
      const inside = below(path, name);
      if (child.file !== null) yield { path: inside, file: child.file };
      if (child.children !== null) yield* this.list(inside, child);
    }
  }

  /** The file that a tar member becomes when layers are merged. A hard link becomes the file that it links to. */
  #completed(file: MergedFile): MergedFile {
    if (file.type !== '1') return file;
    const parts = partsOf(file.linkname);
    const name = parts.pop() ?? '';
    const above = this.resolve(parts.join('/'));
    const target = above.kind === 'found' ? above.place.children?.get(name)?.file : undefined;
    if (target === undefined || target === null || target.type === '5') return { ...file, start: -1 };
    return {
      ...target,
      type: target.type === '0' || target.type === '1' ? '1' : target.type,
      linkname: target.type === '2' ? target.linkname : file.linkname,
      number: file.number,
    };
  }

  #put(siblings: Map<string, Place>, name: string, above: string, file: MergedFile): boolean {
    const there = siblings.get(name);
    if (this.#observer !== null) {
      this.#observer.put(below(above, name), file, there);
      if (file.type !== '5') this.#lose(below(above, name), there?.children);
    }
    const children = file.type === '5' ? (there?.children ?? new Map<string, Place>()) : null;
    if (there === undefined) {
      this.#count();
      siblings.set(name, { file, layer: this.#layer, children, opaque: null });
      return false;
    }
    // A directory that comes after something else hides what lower layers have.
    const opaque = children !== null && there.children === null ? 'new' : there.opaque;
    Object.assign(there, { file, layer: this.#layer, children, opaque });
    return true;
  }

  /** Tells the observer of the merge that all files below a path disappear. */
  #lose(path: string, children: Map<string, Place> | null | undefined): void {
    for (const [name, place] of children ?? []) {
      this.#observer?.dropped(below(path, name), place);
      this.#lose(below(path, name), place.children);
    }
  }

  /**
   * The place of a directory, which is made if it is missing. Symbolic links on the way are followed if the current
   * layer made them, as engines do; `moved` is then true. `path` is where it is, if an observer wants paths.
   */
  #directory(parts: string[]): { place: Place & { children: Map<string, Place> }; moved: boolean; path: string } {
    let at = withChildren(this.#root);
    let moved = false;
    let path = '';
    for (const [i, part] of parts.entries()) {
      let next = at.children.get(part);
      if (this.#observer !== null) path = below(path, part);
      if (next?.file?.type === '2' && next.layer === this.#layer) {
        const led = this.resolve(parts.slice(0, i + 1).join('/'));
        if (led.kind === 'found' && led.place.children !== null) {
          [next, path] = [led.place, led.path];
          moved = true;
        }
      }
      if (next === undefined) {
        this.#count();
        next = directory(this.#layer);
        at.children.set(part, next);
      } else if (next.children === null) {
        this.#observer?.dropped(path, next);
        Object.assign(next, directory(this.#layer), { opaque: 'new' });
      }
      at = withChildren(next);
    }
    return { place: at, moved, path };
  }

  #hide(parts: string[], mark: string, file: MergedFile): void {
    // Other names that begin with `.wh..wh.` are internal to the AUFS file system.
    if (mark !== OPAQUE && mark.startsWith(WHITEOUT + WHITEOUT)) return;
    if (this.#whiteouts === 'kept') return this.#keepHidden(parts, mark, file);
    const above = this.resolve(parts.join('/'));
    if (above.kind !== 'found' || above.place.children === null) return;
    if (mark === OPAQUE) this.#sweep(above.place.children, above.path);
    else this.#drop(above.place.children, mark.slice(WHITEOUT.length), above.path);
  }

  /**
   * Hides what lower layers have at a path, and marks the path, because some of these layers may not be in the tree.
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

  /** Removes what lower layers have made of a directory entry. Keeps what the current layer has added to it. */
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

  /** Removes all entries that lower layers have put into a directory. */
  #sweep(children: Map<string, Place>, path: string): void {
    if (this.#swept.has(children)) return;
    this.#swept.add(children);
    for (const name of children.keys()) this.#drop(children, name, path);
  }

  #walk(parts: string[], way: { name: string; place: Place }[], links: number): Resolved {
    const rest = [...parts];
    const trail = [...way];
    const pathTo = (name: string) =>
      [...trail.slice(1).map((each) => each.name), name].filter((each) => each !== '').join('/');
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      const at = trail.at(-1)?.place ?? this.#root;
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const next = at.children?.get(part);
      if (next === undefined || next.file?.type === HIDDEN)
        return { kind: 'missing', path: pathTo([part, ...rest].join('/')), linked: links > 0 };
      if (next.file?.type === '2') {
        if (links >= MAX_LINKS) return { kind: 'circle' };
        const target = next.file.linkname;
        this.#follow(target);
        // Linux does not create such a link, and following it could take very long.
        if (target.length >= LIMITS.pathBytes) return { kind: 'missing', path: pathTo(part), linked: true };
        return this.#walk(
          [...target.split('/'), ...rest],
          target.startsWith('/') ? trail.slice(0, 1) : trail,
          links + 1,
        );
      }
      trail.push({ name: part, place: next });
    }
    return { kind: 'found', path: pathTo(''), place: trail.at(-1)?.place ?? this.#root };
  }

  /**
   * Adds up the bytes of all link targets that are followed, because many paths may follow long links. Throws
   * `bad-archive` (finding `limit-exceeded`) when there are too many bytes.
   */
  #follow(target: string): void {
    this.#followed += target.length + 1;
    if (this.#followed <= LIMITS.followedBytes) return;
    const what = { en: 'the bytes of symbolic links that are followed', zh: '跟随的符号链接目标字节数' };
    throw badArchive(finding('limit-exceeded', { what, limit: LIMITS.followedBytes }));
  }

  /** The place of the root directory, with everything below it. */
  get root(): Readonly<Place> {
    return this.#root;
  }

  #count(): void {
    if (++this.#paths <= LIMITS.mergedPaths) return;
    throw badArchive(
      finding('limit-exceeded', {
        what: { en: 'the number of paths that can be listed', zh: '可列出的路径数' },
        limit: LIMITS.mergedPaths,
      }),
    );
  }
}

function directory(layer: number): Place {
  return { file: null, layer, children: new Map(), opaque: null };
}

function withChildren(place: Place): Place & { children: Map<string, Place> } {
  place.children ??= new Map();
  return place as Place & { children: Map<string, Place> };
}
