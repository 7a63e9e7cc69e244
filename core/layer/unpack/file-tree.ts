import { LIMITS } from '../../limits.ts';

/** Why the kernel does not do what it is asked; `ESCAPES` is what Go's `os.Root` says of a path that leads out of it. */
export type Errno =
  | 'ENOENT'
  | 'ENOTDIR'
  | 'ELOOP'
  | 'EEXIST'
  | 'EPERM'
  | 'EBUSY'
  | 'EINVAL'
  | 'ENAMETOOLONG'
  | 'ESCAPES';

/** Something in a file system, as far as it matters to what is unpacked beside it. */
export type Place = Directory | { kind: 'file' } | { kind: 'symlink'; target: string };
export interface Directory {
  kind: 'directory';
  entries: Map<string, Place>;
  /** Bytes of its path from the root of the tree, when no link is on the way. */
  depth: number;
}

/** How much may be followed before it is given up, in bytes of paths and 20 for each: links can make a short way very long. */
export interface Effort {
  left: number;
}

/** How paths are followed. */
interface Ways {
  /** Symbolic links that may be followed on one way. */
  links: number;
  /** What becomes of a way that leads out of the root; null where it stays at the root, as in a chroot. */
  outside: Errno | null;
  /** The longest path, in bytes. */
  longest: number;
}

/** Links that engines follow themselves before they give up. */
export const MAX_LINKS = 255;

const WAYS = {
  /** The kernel, in a chroot. */
  chroot: { links: 40, outside: null, longest: LIMITS.pathBytes - 1 },
  /** The kernel outside of it: what lies there is not known, and taken for nothing. Paths begin with that of containerd's store. */
  kernel: { links: 40, outside: 'ENOENT', longest: LIMITS.pathBytes - 75 },
  /** Go's `os.Root`. */
  root: { links: 8, outside: 'ESCAPES', longest: Infinity },
  /** An engine that follows links itself. */
  engine: { links: MAX_LINKS, outside: null, longest: Infinity },
} as const satisfies Record<string, Ways>;

/** Bytes of the path of a layer's folder: `/var/lib/docker/overlay2/`, 64 digits, `/diff`. Podman's is 20 bytes shorter or 10 longer. */
const STORE_BYTES = 94;

/** Where a way ends: `parent` is null at the root and after `..`. */
interface Found {
  parent: Directory | null;
  name: string;
  place: Place | undefined;
}

/** A file system in memory that answers as Linux does. Every path begins at its root. */
export class FileTree {
  /** What may still be followed, in bytes of paths. */
  readonly #effort: Effort;
  /** True once a link was followed that leads upwards. Some engines work out `..` before they look at what stands before it. */
  #followedUp = false;
  readonly #root: Directory = { kind: 'directory', entries: new Map(), depth: 0 };
  readonly #ways: Ways;
  /**
   * Directories by their paths, of those that no link and no dot is on the way to: members mostly follow their siblings. It
   * is emptied whenever something is removed, as nothing else changes where a path leads.
   */
  #known = new Map<string, Directory>();
  /**
   * True when the engine goes through all that there is once more, by its path on the host: Docker and podman sum up what a
   * layer on overlay holds, and copy what lies below a layer on vfs. Then a path ends sooner than Linux lets it.
   */
  isMeasured = false;

  constructor(ways: keyof typeof WAYS, effort: Effort) {
    this.#ways = WAYS[ways];
    this.#effort = effort;
  }

  /** What is there, or why nothing is. */
  lstat(path: string): Place | Errno {
    return this.#look(path, false);
  }

  /** The same, at the end of symbolic links. */
  stat(path: string): Place | Errno {
    return this.#look(path, true);
  }

  /** True when a path leads over more links than any engine follows, and none of them upwards: mostly round in a circle. */
  loops(path: string): boolean {
    this.#followedUp = false;
    return this.#find(path, true, WAYS.engine) === 'ELOOP' && !this.#followedUp;
  }

  /** Puts something where nothing is. */
  put(path: string, place: Place): Errno | null {
    const found = this.#find(path, false);
    if (typeof found === 'string') return found;
    if (found.place !== undefined || found.parent === null) return 'EEXIST';
    const depth = found.parent.depth + 1 + found.name.length;
    if (this.isMeasured && depth > LIMITS.pathBytes - 1 - STORE_BYTES) return 'ENAMETOOLONG';
    if (place.kind === 'directory') place.depth = depth;
    found.parent.entries.set(found.name, place);
    return null;
  }

  mkdir(path: string): Errno | null {
    return this.put(path, { kind: 'directory', entries: new Map(), depth: 0 });
  }

  /** Makes a directory and all that are missing above it, one after the other from the top. */
  mkdirAll(path: string): Errno | null {
    for (let at = 0; at >= 0;) {
      at = path.indexOf('/', at + 1);
      const prefix = at < 0 ? path : path.slice(0, at);
      const there = this.stat(prefix);
      if (typeof there !== 'string' && there.kind === 'directory') continue;
      const problem = typeof there === 'string' ? this.mkdir(prefix) : 'ENOTDIR';
      if (problem !== null) return problem;
    }
    return null;
  }

  /** A further name for something that is no directory. */
  link(from: string, to: string): Errno | null {
    const there = this.lstat(from);
    if (typeof there === 'string') return there;
    return there.kind === 'directory' ? 'EPERM' : this.put(to, there);
  }

  /** Go's `os.RemoveAll`: of the root it can only remove what is in it. */
  removeAll(path: string): Errno | null {
    if (path === '.' || path.endsWith('/.')) return 'EINVAL';
    const found = this.#find(path, false);
    if (typeof found === 'string') return found === 'ENOENT' ? null : found;
    if (found.place?.kind === 'directory') this.#known.clear();
    if (found.parent !== null) found.parent.entries.delete(found.name);
    else if (found.place?.kind === 'directory') found.place.entries.clear();
    return found.parent === null ? 'EBUSY' : null;
  }

  /** Empties a directory of all whose paths are not to be kept, as engines do at an opaque mark. */
  sweep(path: string, kept: ReadonlySet<string>): void {
    const there = this.lstat(path);
    if (typeof there === 'string' || there.kind !== 'directory') return;
    this.#known.clear();
    this.#sweep(there, path === '/' ? '' : path, kept);
  }

  /** A directory can be swept as often as a layer asks for it: what is looked at counts as what is followed does. */
  #sweep({ entries }: Directory, path: string, kept: ReadonlySet<string>): void {
    for (const [name, place] of entries) {
      const below = `${path}/${name}`;
      this.#effort.left -= LOOK + below.length;
      if (this.#effort.left < 0) return;
      if (!kept.has(below)) entries.delete(name);
      else if (place.kind === 'directory') this.#sweep(place, below, kept);
    }
  }

  #look(path: string, follow: boolean): Place | Errno {
    const found = this.#find(path, follow);
    return typeof found === 'string' ? found : (found.place ?? 'ENOENT');
  }

  #find(path: string, follow: boolean, { links, outside, longest }: Ways = this.#ways): Found | Errno {
    this.#effort.left -= path.length + LOOK;
    if (this.#effort.left < 0) return 'ELOOP';
    if (path.length > longest) return 'ENAMETOOLONG';
    const slash = path.lastIndexOf('/');
    const near = this.#known.get(path.slice(0, slash + 1));
    const last = path.slice(slash + 1);
    if (near !== undefined && last !== '' && last !== '.' && last !== '..' && last.length <= LIMITS.componentBytes) {
      const place = near.entries.get(last);
      if (place?.kind !== 'symlink' || !follow) return { parent: near, name: last, place };
    }
    return this.#walk(path, follow, { links, outside });
  }

  #remember(path: string, directory: Directory): void {
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    if (!path.endsWith('/') && !path.endsWith('/.'))
      this.#known.set(path.slice(0, path.lastIndexOf('/') + 1), directory);
  }

  #walk(path: string, follow: boolean, { links, outside }: Pick<Ways, 'links' | 'outside'>): Found | Errno {
    const rest = partsOf(path);
    const trail = [this.#root];
    let followed = 0;
    let isPlain = true;
    for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
      const at = trail.at(-1) ?? this.#root;
      if (part === '.') continue;
      if (part === '..') {
        isPlain = false;
        if (trail.length > 1) trail.pop();
        else if (outside !== null) return outside;
        continue;
      }
      if (part.length > LIMITS.componentBytes) return 'ENAMETOOLONG';
      const place = at.entries.get(part);
      const isLast = rest.length === 0;
      if (place?.kind === 'symlink' && (!isLast || follow)) {
        if (++followed > links) return 'ELOOP';
        if (place.target.startsWith('/')) {
          if (outside !== null) return outside;
          trail.length = 1;
        }
        this.#effort.left -= place.target.length + LOOK;
        this.#followedUp ||= place.target.includes('..');
        rest.push(...partsOf(place.target));
      } else if (isLast) {
        if (isPlain && followed === 0) this.#remember(path, at);
        return { parent: at, name: part, place };
      } else if (place === undefined) return 'ENOENT';
      else if (place.kind !== 'directory') return 'ENOTDIR';
      else trail.push(place);
    }
    return { parent: null, name: '', place: trail.at(-1) };
  }
}

/** What a look at a path costs beside its bytes. */
const LOOK = 20;
/** Paths of directories that are remembered. */
const REMEMBERED = 1000;

/** The parts of a path, the first one last. A slash at the end asks for a directory, as `/.` does. */
function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  if (path.endsWith('/')) parts.push('.');
  return parts.toReversed();
}
