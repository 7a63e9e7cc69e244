import { LIMITS } from '../../limits.ts';

/** The error of a file operation, in Linux's names. `ESCAPES` is that of Go's `os.Root` for a path that leaves it. */
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

/** An entry of a directory. `file` stands for everything except directories and symbolic links. */
export type Place = Directory | { kind: 'file' } | { kind: 'symlink'; target: string };
export interface Directory {
  kind: 'directory';
  entries: Map<string, Place>;
  /** The length in bytes of its path from the root of the tree, without symbolic links. */
  depth: number;
}

/** The work that is left for following paths: 1 per byte and 20 per path. Links can make a short path expensive. */
export interface Effort {
  left: number;
}

/** The rules by which a path is resolved. */
interface Ways {
  /** The number of symbolic links that one path may follow. */
  links: number;
  /** The error for a path that leads out of the root; null when it stays at the root, as in a chroot. */
  outside: Errno | null;
  /** The length of the longest path that is accepted, in bytes. */
  longest: number;
}

/** The number of symbolic links after which an engine that resolves paths itself gives up. */
export const MAX_LINKS = 255;

const WAYS = {
  /** The kernel inside a chroot. */
  chroot: { links: 40, outside: null, longest: LIMITS.pathBytes - 1 },
  /** The kernel without a chroot. Paths outside the folder count as missing. The folder's own path takes 75 bytes. */
  kernel: { links: 40, outside: 'ENOENT', longest: LIMITS.pathBytes - 75 },
  /** Go's `os.Root`. */
  root: { links: 8, outside: 'ESCAPES', longest: Infinity },
  /** An engine that resolves symbolic links itself. */
  engine: { links: MAX_LINKS, outside: null, longest: Infinity },
} as const satisfies Record<string, Ways>;

/** Bytes of a layer's folder `/var/lib/docker/overlay2/<64 digits>/diff`. Podman's is 20 shorter or 10 longer. */
const STORE_BYTES = 94;

/** The entry at the end of a path, and the directory that holds it. `parent` is null at the root and after `..`. */
interface Found {
  parent: Directory | null;
  name: string;
  place: Place | undefined;
}

/** A file system in memory that behaves like Linux. Every path starts at its root. */
export class FileTree {
  /** The work that is left for following paths, shared with other trees. Without any left, every path gives `ELOOP`. */
  readonly #effort: Effort;
  /** True once a symbolic link with `..` was followed. Some engines cut `x/..` out of a path without a look at `x`. */
  #followedUp = false;
  readonly #root: Directory = { kind: 'directory', entries: new Map(), depth: 0 };
  readonly #ways: Ways;
  /**
   * A cache of directories by their paths, with the slash, because a member mostly follows a sibling. Its paths have no
   * symbolic links and no `..`. Only the removal of a directory changes where such a path leads, and empties the cache.
   */
  #known = new Map<string, Directory>();
  /**
   * True when the engine later walks the tree by its paths on the host, so that fewer bytes are left for a path. Docker
   * and podman do so to measure a layer on overlay, and to copy the layers below another one on vfs.
   */
  isMeasured = false;

  constructor(ways: keyof typeof WAYS, effort: Effort) {
    this.#ways = WAYS[ways];
    this.#effort = effort;
  }

  /** The entry at a path, or an error. Does not follow a symbolic link in the last part. */
  lstat(path: string): Place | Errno {
    return this.#look(path, false);
  }

  /** The entry at a path, or an error. Follows a symbolic link in the last part. */
  stat(path: string): Place | Errno {
    return this.#look(path, true);
  }

  /** True when a path follows more than `MAX_LINKS` symbolic links, none with `..`. Mostly they form a circle. */
  loops(path: string): boolean {
    this.#followedUp = false;
    return this.#find(path, true, WAYS.engine) === 'ELOOP' && !this.#followedUp;
  }

  /** Adds an entry at a path. Returns `EEXIST` when there is one already, null when it was added. */
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

  /** Makes a directory and all missing directories above it, from the top down. */
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

  /** Makes a hard link `to` for the entry at `from`. Returns `EPERM` for a directory. */
  link(from: string, to: string): Errno | null {
    const there = this.lstat(from);
    if (typeof there === 'string') return there;
    return there.kind === 'directory' ? 'EPERM' : this.put(to, there);
  }

  /** Removes an entry and everything below it, like Go's `os.RemoveAll`. At the root it empties the tree, and fails. */
  removeAll(path: string): Errno | null {
    if (path === '.' || path.endsWith('/.')) return 'EINVAL';
    const found = this.#find(path, false);
    if (typeof found === 'string') return found === 'ENOENT' ? null : found;
    if (found.place?.kind === 'directory') this.#known.clear();
    if (found.parent !== null) found.parent.entries.delete(found.name);
    else if (found.place?.kind === 'directory') found.place.entries.clear();
    return found.parent === null ? 'EBUSY' : null;
  }

  /** Removes everything below a directory except the paths in `kept`, as engines do at an opaque whiteout. */
  sweep(path: string, kept: ReadonlySet<string>): void {
    const there = this.lstat(path);
    if (typeof there === 'string' || there.kind !== 'directory') return;
    this.#known.clear();
    this.#sweep(there, path === '/' ? '' : path, kept);
  }

  /** Removes the entries that are not kept. Each one costs effort, because a layer can sweep a directory many times. */
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

/** The effort that one path costs, in addition to its bytes. */
const LOOK = 20;
/** The largest number of directories in the cache. */
const REMEMBERED = 1000;

/** The parts of a path in reverse order. A slash at the end becomes the part `.`, because both demand a directory. */
function partsOf(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  if (path.endsWith('/')) parts.push('.');
  return parts.toReversed();
}
