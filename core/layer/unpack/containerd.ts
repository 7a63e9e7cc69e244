import type { FindingCode } from '../../catalogue/findings.ts';
import { FileTree, type Place } from './file-tree.ts';
import type { Effort } from './rest.ts';
import { base, clean, dir, join, split } from './go-path.ts';
import { resolveInRoot } from './in-root.ts';
import {
  above,
  create,
  OPAQUE,
  type Operation,
  replace,
  setAttributes,
  type Store,
  type Unpacker,
  WHITEOUT,
} from './operation.ts';

/** Simulates, in memory, how containerd and Docker's containerd store unpack layers. */
export class ContainerdUnpacker implements Unpacker {
  readonly #store: Store;
  readonly #effort: Effort;
  #tree: FileTree;
  /**
   * The file trees of the layers below the current one, the highest layer first. Empty with the storage layout `vfs`,
   * where all layers are in one tree.
   */
  #lower: FileTree[] = [];
  #layers = 0;
  #unpacked = new Set<string>();
  #directories: Operation[] = [];

  constructor(store: Store, effort: Effort) {
    this.#effort = effort;
    this.#tree = new FileTree('kernel', effort);
    this.#store = store;
  }

  begin(): void {
    if (this.#store === 'overlay' && this.#layers > 0) {
      this.#lower.unshift(this.#tree);
      this.#tree = new FileTree('kernel', this.#effort);
    }
    this.#layers++;
    this.#unpacked = new Set();
    this.#directories = [];
  }

  take(operation: Operation): FindingCode | null {
    const [parents, name] = split(clean(operation.name));
    const parent = resolveInRoot(this.#tree, parents);
    if (typeof parent === 'string') return above(parent);
    const path = join(parent.path, join('/', name));
    if (path === '/') return null;
    const missing = parent.path === '/' ? null : this.#makeParent(parent.path);
    if (missing !== null) return missing;
    if (base(path).startsWith(WHITEOUT)) return this.#whiteOut(path);
    const problem = replace(this.#tree, path, operation) ?? this.#create(path, operation);
    if (problem !== null) return problem;
    if (operation.type === '5') this.#directories.push(operation);
    this.#unpacked.add(path);
    return null;
  }

  end(): { operation: Operation; code: FindingCode } | null {
    const gone = this.#directories.find(({ name }) => {
      const way = resolveInRoot(this.#tree, clean(name));
      return typeof way === 'string' || typeof this.#tree.lstat(way.path) === 'string';
    });
    return gone === undefined ? null : { operation: gone, code: 'directory-gone' };
  }

  #makeParent(path: string): FindingCode | null {
    const there = this.#tree.lstat(path);
    if (typeof there !== 'string') return there.kind === 'directory' ? null : 'parent-not-a-directory';
    if (there !== 'ENOENT') return above(there);
    const problem = this.#tree.mkdirAll(path);
    return problem === null ? this.#checkLower(path) : above(problem);
  }

  /**
   * Simulates how containerd looks up the path of a directory that it creates in the lower layers, to copy the mode of
   * the directory there. Returns null when this succeeds, even if no lower layer has the path. Returns the code of a
   * finding when it fails, for example because a part of the path is a file.
   */
  #checkLower(path: string): FindingCode | null {
    for (const tree of this.#lower) {
      const way = resolveInRoot(tree, path);
      if (typeof way === 'string') return above(way);
      const there: Place | string = tree.lstat(way.path);
      if (typeof there !== 'string') return null;
      if (there !== 'ENOENT') return 'parent-not-a-directory';
    }
    return null;
  }

  #whiteOut(path: string): FindingCode | null {
    const hidden = base(path).slice(WHITEOUT.length);
    if (base(path) === OPAQUE) {
      if (this.#asDevices) return null;
      if (typeof this.#tree.lstat(dir(path)) === 'string') return 'whiteout-refused';
      this.#tree.sweep(dir(path), this.#unpacked);
      return null;
    }
    if (/^\.{0,2}$/.test(hidden)) return 'whiteout-refused';
    const at = join(dir(path), hidden);
    const problem = this.#asDevices ? this.#tree.put(at, { kind: 'file' }) : this.#tree.removeAll(at);
    return problem === null ? null : 'whiteout-refused';
  }

  /**
   * True when whiteouts become device files: with the storage layout `overlay`, in every layer except the lowest.
   * Otherwise they delete files.
   */
  get #asDevices(): boolean {
    return this.#store === 'overlay' && this.#layers > 1;
  }

  #create(path: string, operation: Operation): FindingCode | null {
    const [parents, name] = split(operation.linkname);
    const way = operation.type === '1' ? resolveInRoot(this.#tree, parents) : null;
    if (typeof way === 'string') return 'hard-link-dangling';
    const target = way === null ? '' : name === '..' ? '/' : join(way.path, name);
    return (
      create(this.#tree, path, operation, target) ??
      setAttributes(
        operation,
        ({ errno, key }) => errno === 'ENOTSUP' || key.startsWith('trusted.') || (errno === 'EPERM' && isUser(key)),
      )
    );
  }
}

function isUser(key: string): boolean {
  return key.startsWith('user.');
}
