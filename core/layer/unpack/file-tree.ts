import { LIMITS } from '../../limits.ts';
import { type Effort, Rest } from './rest.ts';

/**
 * An error of a file operation, named as in Linux. Only `ESCAPES` is not an error of Linux: it stands for Go's error
 * for a path that leads out of an `os.Root`.
 */
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

/**
 * What a directory of the simulated file system has under a name. `file` is everything except directories and symbolic
 * links.
 */
export type Place = Directory | { kind: 'file' } | { kind: 'symlink'; target: string };
export interface Directory {
  kind: 'directory';
  entries: Map<string, Place>;
  /** The directory that holds this directory. Null for the root, and until the directory is put into a tree. */
  parent: Directory | null;
  /**
   * The length in bytes of the directory's path from the root of the file tree; 0 for the root. The path has no
   * symbolic links.
   */
  depth: number;
}

/**
 * A component of a path that is being resolved, and what was found there. The components `.` and `..` have no
 * `PathStep`.
 */
export interface PathStep {
  name: string;
  /**
   * What is at the path up to this component, or the error of `lstat` there. A symbolic link in the last place is not
   * followed.
   */
  found: Place | Errno;
  /** The directory in which this component of the path was looked up; the root if there is no such directory. */
  parent: Directory;
  /** The number of symbolic links that were followed on the way to this component of a path. */
  links: number;
  /** The length in bytes of the path up to and including this component. */
  bytes: number;
}

/** The rules by which a path is resolved. They differ with what resolves it: the kernel, a chroot or Go's `os.Root`. */
interface PathRules {
  /** The largest number of symbolic links that are followed for one path. One more gives the error `ELOOP`. */
  links: number;
  /**
   * The error for a path that leads out of the root: with `..`, or through a link with an absolute target. Null when
   * such a path ends in the root instead, as in a chroot.
   */
  outside: Errno | null;
  /** The largest number of bytes in a path. A longer path gives the error `ENAMETOOLONG`. */
  longest: number;
}

const PATH_RULES = {
  /** The rules by which the kernel resolves paths inside a chroot. */
  chroot: { links: 40, outside: null, longest: LIMITS.pathBytes - 1 },
  /**
   * The rules by which the kernel resolves the paths of a layer that an engine unpacks without a chroot. The path of
   * the folder with the unpacked layer comes before each path, and is assumed to have 75 bytes. So a path in the layer
   * must be shorter than Linux allows.
   */
  kernel: { links: 40, outside: 'ENOENT', longest: LIMITS.pathBytes - 75 },
  /** The rules by which Go's `os.Root` resolves paths. */
  root: { links: 8, outside: 'ESCAPES', longest: Infinity },
} as const satisfies Record<string, PathRules>;

/**
 * The length in bytes of the path on the host below which Docker has a layer, `/var/lib/docker/overlay2/<64
 * digits>/diff`.
 */
const STORE_BYTES = 94; // podman: 74 or 104

/**
 * What was found at a path, and where. `place` is undefined when nothing is there. `name` is the last component, and
 * `parent` the directory that has it. For the root, and for a path that ends with `..`, `.` or a slash, `parent` is
 * null and `name` is empty.
 */
interface Found {
  parent: Directory | null;
  name: string;
  place: Place | undefined;
  /** The number of symbolic links that were followed to find the entry. */
  links: number;
  /**
   * True when no symbolic link was followed to find the entry, and the path has no `..`. The directory may then be
   * cached.
   */
  isPlain: boolean;
}

/** A file system in memory that behaves like Linux. Every path starts at its root. */
export class FileTree {
  /**
   * The work that may still be spent on resolving paths, in several trees together: each path costs 20 units, each of
   * its bytes 1, each of its components 2. When it is used up, every path gives `ELOOP`.
   */
  readonly effort: Effort;
  readonly #root = newDirectory();
  readonly #rules: PathRules;
  /**
   * A cache of directories by their paths, such as `/usr/bin/`, because a member is mostly in the same directory as the
   * one before it. It is emptied when a directory is removed, or when it is full.
   */
  #known = new Map<string, Directory>();
  /**
   * True when the simulated engine later reads the unpacked layer by its path on the host, such as
   * `/var/lib/docker/…/diff`. A path in the layer must then be shorter by the length of that path.
   */
  isMeasured = false;

  constructor(rules: keyof typeof PATH_RULES, effort: Effort) {
    this.#rules = PATH_RULES[rules];
    this.effort = effort;
  }

  /**
   * Returns the entry at a path, or an error such as `ENOENT`. A symbolic link in the last component is not followed.
   */
  lstat(path: string): Place | Errno {
    return this.#look(path, false);
  }

  /** Returns the entry at a path, or an error such as `ENOENT`. A symbolic link in the last component is followed. */
  stat(path: string): Place | Errno {
    return this.#look(path, true);
  }

  /**
   * Looks up `name` in the directory to which `above` leads, a component that was looked up before. Undefined stands
   * for the root. Returns the component for `name`: its field `found` has the entry, or the error.
   */
  below(above: PathStep | undefined, name: string): PathStep {
    this.charge(name);
    const bytes = (above?.bytes ?? 0) + 1 + name.length;
    const way = bytes > this.#rules.longest ? 'ENAMETOOLONG' : this.#enter(above);
    if (typeof way === 'string') return { name, found: way, parent: this.#root, links: 0, bytes };
    const found = this.#problemOf(name) ?? way.at.entries.get(name) ?? 'ENOENT';
    return { name, found, parent: way.at, links: way.links, bytes };
  }

  /**
   * Adds the entry `place` to the file tree at a path. Returns null on success, or an error: `EEXIST` when the path has
   * an entry, `ENOENT` when its directory is missing.
   */
  put(path: string, place: Place): Errno | null {
    const found = this.#find(path, false);
    if (typeof found === 'string') return found;
    if (found.place !== undefined || found.parent === null) return 'EEXIST';
    const depth = found.parent.depth + 1 + found.name.length;
    if (this.isMeasured && depth > LIMITS.pathBytes - 1 - STORE_BYTES) return 'ENAMETOOLONG';
    if (place.kind === 'directory') {
      place.depth = depth;
      place.parent = found.parent;
    }
    found.parent.entries.set(found.name, place);
    return null;
  }

  mkdir(path: string): Errno | null {
    return this.put(path, newDirectory());
  }

  /**
   * Makes a directory, and the missing directories above it, like `mkdir -p`. Returns null on success, also when the
   * directory exists, or the error when one of them cannot be made.
   */
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

  /**
   * Makes a hard link at `to` to the entry at `from`. Returns null on success, or an error: `EPERM` when `from` is a
   * directory, `EEXIST` when `to` has an entry.
   */
  link(from: string, to: string): Errno | null {
    const there = this.lstat(from);
    if (typeof there === 'string') return there;
    return there.kind === 'directory' ? 'EPERM' : this.put(to, there);
  }

  /**
   * Removes the entry at a path and all below it. Returns null on success, also when there is no entry, or an error.
   * For the root, its content is removed, and the error is `EBUSY`.
   */
  removeAll(path: string): Errno | null {
    if (path === '.' || path.endsWith('/.')) return 'EINVAL';
    const found = this.#find(path, false);
    if (typeof found === 'string') return found === 'ENOENT' ? null : found;
    if (found.place?.kind === 'directory') this.#known.clear();
    if (found.parent !== null) found.parent.entries.delete(found.name);
    else if (found.place?.kind === 'directory') found.place.entries.clear();
    return found.parent === null ? 'EBUSY' : null;
  }

  /**
   * Removes everything below the directory at `path` except the paths in `kept`, as engines do for an opaque whiteout.
   * Does nothing if there is no directory.
   */
  sweep(path: string, kept: ReadonlySet<string>): void {
    const there = this.lstat(path);
    if (typeof there === 'string' || there.kind !== 'directory') return;
    this.#known.clear();
    this.#sweep(there, path === '/' ? '' : path, kept);
  }

  /**
   * Removes the entries below the directory at `path`, except those whose paths are in `kept`. Stops when the work that
   * may be spent is used up; the remaining entries then stay.
   */
  #sweep({ entries }: Directory, path: string, kept: ReadonlySet<string>): void {
    for (const [name, place] of entries) {
      const below = `${path}/${name}`;
      this.charge(below);
      if (this.effort.left < 0) return;
      if (!kept.has(below)) entries.delete(name);
      else if (place.kind === 'directory') this.#sweep(place, below, kept);
    }
  }

  /**
   * Subtracts the cost of looking up one path or name (20, and 1 for each byte) from the work that may still be spent.
   */
  charge(path: string): void {
    this.effort.left -= LOOKUP + path.length;
  }

  #look(path: string, follow: boolean): Place | Errno {
    const found = this.#find(path, follow);
    return typeof found === 'string' ? found : (found.place ?? 'ENOENT');
  }

  #find(path: string, follow: boolean): Found | Errno {
    this.charge(path);
    if (this.effort.left < 0) return 'ELOOP';
    if (path.length > this.#rules.longest) return 'ENAMETOOLONG';
    const slash = path.lastIndexOf('/');
    const near = this.#known.get(path.slice(0, slash + 1));
    const last = path.slice(slash + 1);
    if (near !== undefined && last !== '' && last !== '.' && last !== '..' && last.length <= LIMITS.componentBytes) {
      const place = near.entries.get(last);
      if (place?.kind !== 'symlink' || !follow) return { parent: near, name: last, place, links: 0, isPlain: true };
    }
    const found = this.#walk(this.#root, path, 0, follow);
    if (typeof found !== 'string' && found.parent !== null && found.isPlain) this.#remember(path, found.parent);
    return found;
  }

  #remember(path: string, directory: Directory): void {
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    if (!path.endsWith('/') && !path.endsWith('/.'))
      this.#known.set(path.slice(0, path.lastIndexOf('/') + 1), directory);
  }

  /**
   * The directory to which the path component `step` leads, after symbolic links, and the number of links that were
   * followed so far. It is the root if there is no `step`. An error when `step` leads to no directory.
   */
  #enter(step: PathStep | undefined): { at: Directory; links: number } | Errno {
    if (step === undefined) return { at: this.#root, links: 0 };
    const { found, parent, links } = step;
    if (typeof found === 'string') return found;
    if (found.kind === 'directory') return { at: found, links };
    if (found.kind === 'file') return 'ENOTDIR';
    const start = this.#follow(parent, found.target, links + 1);
    const end = typeof start === 'string' ? start : this.#walk(start, found.target, links + 1, true);
    if (typeof end === 'string') return end;
    if (end.place === undefined) return 'ENOENT';
    return end.place.kind === 'directory' ? { at: end.place, links: end.links } : 'ENOTDIR';
  }

  /**
   * The directory in which the `target` of a symbolic link is looked up: `at`, the directory of the link, or the root
   * if the target is absolute. `links` is the number of links followed for the path so far. An error when the link
   * leads out of the root, or when too many links were followed.
   */
  #follow(at: Directory, target: string, links: number): Directory | Errno {
    if (links > this.#rules.links) return 'ELOOP';
    this.charge(target);
    if (!target.startsWith('/')) return at;
    return this.#rules.outside ?? this.#root;
  }

  /**
   * The error for a path component: `ENAMETOOLONG` when it is too long, `ELOOP` when the work for resolving paths is
   * used up; else null.
   */
  #problemOf(name: string): Errno | null {
    if (this.effort.left < 0) return 'ELOOP';
    return name.length > LIMITS.componentBytes ? 'ENAMETOOLONG' : null;
  }

  #walk(from: Directory, path: string, followed: number, follow: boolean): Found | Errno {
    const rest = new Rest(this.effort);
    rest.push(withDot(path));
    let at = from;
    let links = followed;
    let isPlain = true;
    for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
      if (part === '.') continue;
      if (part === '..') {
        isPlain = false;
        if (at.parent !== null) at = at.parent;
        else if (this.#rules.outside !== null) return this.#rules.outside;
        continue;
      }
      const problem = this.#problemOf(part);
      if (problem !== null) return problem;
      const place = at.entries.get(part);
      const isLast = rest.isEmpty;
      if (place?.kind === 'symlink' && (!isLast || follow)) {
        isPlain = false;
        const start = this.#follow(at, place.target, ++links);
        if (typeof start === 'string') return start;
        at = start;
        rest.push(withDot(place.target));
      } else if (isLast) return { parent: at, name: part, place, links, isPlain };
      else if (place === undefined) return 'ENOENT';
      else if (place.kind !== 'directory') return 'ENOTDIR';
      else at = place;
    }
    return { parent: null, name: '', place: at, links, isPlain };
  }
}

/**
 * The units of work that looking up a path costs; each of its bytes costs 1 more. `LIMITS.triedEffort` limits the sum.
 */
const LOOKUP = 20;
/**
 * The largest number of directories in the cache of a file tree. When one more is to be added, the cache is emptied.
 */
const REMEMBERED = 1000;

function newDirectory(): Directory {
  return { kind: 'directory', entries: new Map(), parent: null, depth: 0 };
}

/**
 * Adds `.` to a path that ends with a slash, because `a/` and `a/.` both demand that `a` is a directory. Any other path
 * is returned unchanged.
 */
function withDot(path: string): string {
  return path.endsWith('/') ? `${path}.` : path;
}
