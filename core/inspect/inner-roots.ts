import { HIERARCHY } from '../layer/rootfs.ts';
import type { Member } from '../tar/member.ts';

/** The depth in an archive to which folders are searched for a root file system: `backup/container/rootfs/bin`. */
const DEEPEST = 4;

/** The number of folders that are kept because a name in them is one of a root file system. */
const KEPT = 32;

/** Finds folders that hold a root file system of their own, by the names of the directories in them. */
export class InnerRoots {
  /** The names in each folder that belong to the Filesystem Hierarchy Standard. */
  readonly folders = new Map<string, Set<string>>();
  #parent = '';

  member({ type }: Member, path: string): void {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return;
    // A file in the same folder as the file before it adds nothing.
    if (type !== '5' && type !== '2') {
      if (slash === this.#parent.length && path.startsWith(this.#parent)) return;
      this.#parent = path.slice(0, slash);
    }
    this.#look(path, type === '5' || type === '2' ? path.length : slash);
  }

  /** Keeps the first component of a path, up to the index `end`, that is a name of a root file system. */
  #look(path: string, end: number): void {
    let start = path.indexOf('/') + 1;
    for (let depth = 1; depth <= DEEPEST && start > 0 && start <= end; depth++) {
      const next = path.indexOf('/', start);
      const stop = next < 0 || next > end ? end : next;
      const name = path.slice(start, stop);
      if (HIERARCHY.has(name)) return this.#keep(path.slice(0, start - 1), name);
      start = next + 1;
    }
  }

  #keep(folder: string, name: string): void {
    const names = this.folders.get(folder);
    if (names !== undefined) names.add(name);
    else if (this.folders.size < KEPT) this.folders.set(folder, new Set([name]));
  }

  /** The folders that hold a root file system. */
  get roots(): string[] {
    return [...this.folders].filter(([folder, names]) => isRoot(folder, names)).map(([folder]) => folder);
  }
}

const MAIN = ['bin', 'etc', 'lib', 'sbin', 'usr', 'var'];

/** Directories that a root file system has, and an archive of one program has not. */
const OF_A_SYSTEM = ['boot', 'dev', 'home', 'mnt', 'proc', 'root', 'run', 'sys', 'tmp'];

/** True when the names in a folder are those of a root file system. A program may have `bin`, `etc` and `lib`, too. */
function isRoot(folder: string, names: ReadonlySet<string>): boolean {
  if (/(?:^|\/)rootfs$/.test(folder)) return MAIN.filter((name) => names.has(name)).length >= 2;
  if (!names.has('etc')) return false;
  return names.has('usr') || (names.has('bin') && OF_A_SYSTEM.some((name) => names.has(name)));
}
