import { HIERARCHY } from '../layer/rootfs.ts';
import type { Member } from '../tar/member.ts';

/** How deep in an archive a root file system is looked for: `backup/container/rootfs/bin`. */
const DEEPEST = 4;

/** Folders remembered, of those that hold a directory named like one of a root file system. */
const KEPT = 32;

/** Finds folders that hold a root file system of their own, by the names of the directories in them. */
export class InnerRoots {
  /** The names that each folder holds, of those in the hierarchy. */
  readonly folders = new Map<string, Set<string>>();
  #parent = '';

  member({ type }: Member, path: string): void {
    const slash = path.lastIndexOf('/');
    if (slash < 0) return;
    // Files follow their siblings, and say nothing new.
    if (type !== '5' && type !== '2') {
      if (slash === this.#parent.length && path.startsWith(this.#parent)) return;
      this.#parent = path.slice(0, slash);
    }
    this.#look(path, type === '5' || type === '2' ? path.length : slash);
  }

  /** Looks at the components of a path up to `end`. */
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

  /** The folders whose content is a root file system. */
  get roots(): string[] {
    return [...this.folders].filter(([folder, names]) => isRoot(folder, names)).map(([folder]) => folder);
  }
}

const MAIN = ['bin', 'etc', 'lib', 'sbin', 'usr', 'var'];

/** Directories that are of no use to a program that is unpacked anywhere. */
const OF_A_SYSTEM = ['boot', 'dev', 'home', 'mnt', 'proc', 'root', 'run', 'sys', 'tmp'];

/** Programs that are unpacked anywhere have `bin`, `etc` and `lib`, too: a root file system has more. */
function isRoot(folder: string, names: ReadonlySet<string>): boolean {
  if (/(?:^|\/)rootfs$/.test(folder)) return MAIN.filter((name) => names.has(name)).length >= 2;
  if (!names.has('etc')) return false;
  return names.has('usr') || (names.has('bin') && OF_A_SYSTEM.some((name) => names.has(name)));
}
