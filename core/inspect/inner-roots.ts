import { HIERARCHY } from '../layer/rootfs.ts';
import type { Member } from '../tar/member.ts';

/**
 * The most levels of folders around a root file system that is found: `backup/container/rootfs/bin` has three. Root
 * file systems that lie deeper are not found.
 */
const DEEPEST_LEVEL = 4;

/**
 * The most folders that are remembered because a name in them, such as `etc` or `usr`, hints at a root file system.
 * Further folders are ignored.
 */
const FOLDERS_KEPT = 32;

/** Finds folders of an archive that contain a root file system, by the names of the directories in them. */
export class InnerRoots {
  /** For each folder of the archive, the names in it that are typical of a root file system, such as `etc`. */
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

  /**
   * Searches a path, apart from its first part, for a part with a name that is typical of a root file system. In
   * `backup/web/etc/hosts` this is `etc`, which is then remembered for the folder `backup/web`. The search ends at
   * index `end` of the path, or after `DEEPEST_LEVEL` parts.
   */
  #look(path: string, end: number): void {
    let start = path.indexOf('/') + 1;
    for (let depth = 1; depth <= DEEPEST_LEVEL && start > 0 && start <= end; depth++) {
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
    else if (this.folders.size < FOLDERS_KEPT) this.folders.set(folder, new Set([name]));
  }

  /**
   * The folders of the archive that contain a root file system, in the order in which they were found. Empty when there
   * is none.
   */
  get roots(): string[] {
    return [...this.folders].filter(([folder, names]) => isRoot(folder, names)).map(([folder]) => folder);
  }
}

const MAIN = ['bin', 'etc', 'lib', 'sbin', 'usr', 'var'];

/** The directories that a root file system has, but the archive of a single program does not. */
const SYSTEM_DIRECTORIES = ['boot', 'dev', 'home', 'mnt', 'proc', 'root', 'run', 'sys', 'tmp'];

/**
 * True when the names in a folder are those of a root file system. `bin`, `etc` and `lib` alone are not enough, because
 * programs have them too. In a folder with the name `rootfs`, any two of `bin`, `etc`, `lib`, `sbin`, `usr` and `var`
 * are enough.
 */
function isRoot(folder: string, names: ReadonlySet<string>): boolean {
  if (/(?:^|\/)rootfs$/.test(folder)) return MAIN.filter((name) => names.has(name)).length >= 2;
  if (!names.has('etc')) return false;
  return names.has('usr') || (names.has('bin') && SYSTEM_DIRECTORIES.some((name) => names.has(name)));
}
