import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import { badArchive } from '../model/errors.ts';
import type { Stretch } from '../model/inspection.ts';
import type { Member } from '../tar/member.ts';
import { sparseStretch } from '../tar/sparse.ts';

/** The fields of a tar header that are kept for each file when layers are merged. */
type KeptFields = 'type' | 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'linkname' | 'devmajor' | 'devminor';

/** A file in the file system that an image's layers make. A hard link (type `1`) has its target's size and bytes. */
export interface MergedFile extends Pick<Member, KeptFields> {
  /** The index (from 0) of the layer that holds the file's bytes. */
  layer: number;
  /** The offset in that layer of the file's first byte; -1 if there is none. */
  start: number;
  /** For a sparse file, the bytes of its tar member in the layer, headers included; null for any other file. */
  sparse: Stretch | null;
}

/** A tar member of a layer, reduced to what is needed to merge the layers. */
export interface KeptFile {
  name: string;
  offset: number;
  file: MergedFile;
}

/** A path in the file system that an image's layers make. `file` is null for a directory without a tar member. */
export interface Place {
  file: MergedFile | null;
  /** The index (from 0) of the last layer that added or changed this path. */
  layer: number;
  /** The entries of a directory by name; null when the path is not a directory. */
  children: Map<string, Place> | null;
}

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
  /** True when names that begin with `.wh.` are whiteouts. False for an archive that is not an image. */
  readonly #whiteouts: boolean;
  #layer = -1;
  #paths = 0;
  #followed = 0;
  /** The directories from which whiteouts of the current layer have already removed all entries of lower layers. */
  readonly #swept = new Set<Map<string, Place>>();

  constructor({ whiteouts }: { whiteouts: boolean }) {
    this.#whiteouts = whiteouts;
  }

  /** Begins the next layer. Its files go on top of those of all layers before it. */
  startLayer(): void {
    this.#layer++;
    this.#swept.clear();
  }

  add(member: Member): void {
    this.#add(member.name, member.offset, fileOf(member, this.#layer));
  }

  /** Adds a tar member that was read earlier to the current layer. The same member may be added to several layers. */
  addKept({ name, offset, file }: KeptFile): void {
    this.#add(name, offset, { ...file, layer: this.#layer });
  }

  #add(path: string, offset: number, file: MergedFile): void {
    const parts = partsOf(path);
    if (path.length > LIMITS.pathBytes && parts.join('/').length > LIMITS.pathBytes) {
      throw badArchive(finding('path-too-long', { member: printable(path), offset }));
    }
    const name = parts.pop();
    if (name === undefined) this.#root.file = file;
    else if (this.#whiteouts && name.startsWith(WHITEOUT)) this.#hide(parts, name);
    else this.#put(this.#directory(parts), name, this.#completed(file));
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
      const below = path === '' ? name : `${path}/${name}`;
      if (child.file !== null) yield { path: below, file: child.file };
      if (child.children !== null) yield* this.list(below, child);
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
    };
  }

  #put(above: Map<string, Place>, name: string, file: MergedFile): void {
    const there = above.get(name);
    const children = file.type === '5' ? (there?.children ?? new Map<string, Place>()) : null;
    if (there === undefined) {
      this.#count();
      above.set(name, { file, layer: this.#layer, children });
    } else Object.assign(there, { file, layer: this.#layer, children });
  }

  /**
   * The entries of a directory, which is made if it is missing. Symbolic links on the way are followed if the current
   * layer made them, as engines do.
   */
  #directory(parts: string[]): Map<string, Place> {
    let at = this.#root;
    for (const [i, part] of parts.entries()) {
      at.children ??= new Map();
      let next = at.children.get(part);
      if (next?.file?.type === '2' && next.layer === this.#layer) {
        const led = this.resolve(parts.slice(0, i + 1).join('/'));
        if (led.kind === 'found' && led.place.children !== null) next = led.place;
      }
      if (next === undefined) {
        this.#count();
        next = directory(this.#layer);
        at.children.set(part, next);
      } else if (next.children === null) Object.assign(next, directory(this.#layer));
      at = next;
    }
    at.children ??= new Map();
    return at.children;
  }

  #hide(parts: string[], mark: string): void {
    const above = this.resolve(parts.join('/'));
    if (above.kind !== 'found' || above.place.children === null) return;
    const { children } = above.place;
    if (mark === OPAQUE) this.#sweep(children);
    // Other names that begin with `.wh..wh.` are internal to the AUFS file system.
    else if (!mark.startsWith(WHITEOUT + WHITEOUT)) this.#drop(children, mark.slice(WHITEOUT.length));
  }

  /** Removes what lower layers have made of a directory entry. Keeps what the current layer has added to it. */
  #drop(siblings: Map<string, Place>, name: string): void {
    const place = siblings.get(name);
    if (place === undefined) return;
    if (place.children !== null) this.#sweep(place.children);
    if (place.layer === this.#layer) return;
    if (place.children === null || place.children.size === 0) siblings.delete(name);
    else Object.assign(place, { file: null, layer: this.#layer });
  }

  /** Removes all entries that lower layers have put into a directory. */
  #sweep(children: Map<string, Place>): void {
    if (this.#swept.has(children)) return;
    this.#swept.add(children);
    for (const name of children.keys()) this.#drop(children, name);
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
      if (next === undefined) return { kind: 'missing', path: pathTo([part, ...rest].join('/')), linked: links > 0 };
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

/** The part of a tar member that stays in memory until its layer is merged. */
export function keptFile(member: Member): KeptFile {
  return { name: member.name, offset: member.offset, file: fileOf(member, -1) };
}

function directory(layer: number): Place {
  return { file: null, layer, children: new Map() };
}

/** The components of a tar member's name, cleaned as engines do: `..` does not lead above the root. */
function partsOf(name: string): string[] {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}

function fileOf(member: Member, layer: number): MergedFile {
  const { type, mode, uid, gid, size, mtime, linkname, devmajor, devminor, start } = member;
  return {
    type: KINDS.has(type) ? type : '0',
    mode,
    uid,
    gid,
    size,
    mtime,
    linkname,
    devmajor,
    devminor,
    layer,
    start,
    sparse: sparseStretch(member),
  };
}

/** The tar header types other than regular files: links, devices, directories, FIFOs. Tar reads any other as a file. */
const KINDS = new Set(['1', '2', '3', '4', '5', '6']);
