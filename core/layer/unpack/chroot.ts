import type { FindingCode } from '../../catalogue/findings.ts';
import { type Effort, FileTree } from './file-tree.ts';
import { base, clean, dir, join } from './go-path.ts';
import {
  above,
  AUFS,
  AUFS_LINKS,
  create,
  OPAQUE,
  type Operation,
  replace,
  setAttributes,
  type Store,
  type Unpacker,
  WHITEOUT,
} from './operation.ts';

/** The engines that unpack in a chroot. `docker-oldest` is Docker before 25.0, which ignores unsupported attributes. */
type ChrootEngine = 'docker-oldest' | 'docker' | 'podman';

/** Docker before 29.7.2 and podman before 6.1. They make the layer's folder their root. The kernel resolves paths. */
export class ChrootUnpacker implements Unpacker {
  readonly #engine: ChrootEngine;
  readonly #store: Store;
  readonly #effort: Effort;
  #tree: FileTree;
  /** The paths and the directory members that were unpacked from the current layer. */
  #unpacked = new Set<string>();
  #directories: Operation[] = [];
  #aufsLinks = new Set<string>();

  constructor(engine: ChrootEngine, store: Store, effort: Effort) {
    this.#effort = effort;
    this.#tree = new FileTree('chroot', effort);
    this.#engine = engine;
    this.#store = store;
  }

  begin(isLast: boolean): void {
    if (this.#store === 'overlay') this.#tree = new FileTree('chroot', this.#effort);
    this.#tree.isMeasured = this.#store === 'overlay' || !isLast;
    this.#unpacked = new Set();
    this.#directories = [];
    this.#aufsLinks = new Set();
  }

  take(operation: Operation): FindingCode | null {
    const name = clean(operation.name);
    const missing = name.endsWith('/') ? null : this.#makeParents(join('/', dir(name)));
    if (missing !== null) return missing;
    if (this.#store === 'overlay') return this.#takeOverlay(operation, name);
    if (name.startsWith(AUFS) && name !== OPAQUE) return this.#takeAufs(operation, name);
    const path = join('/', name);
    if (base(path).startsWith(WHITEOUT)) return this.#whiteOut(path);
    return replace(this.#tree, path, operation) ?? this.#create(path, operation);
  }

  end(): { operation: Operation; code: FindingCode } | null {
    const gone = this.#directories.find(({ name }) => typeof this.#tree.stat(join('/', clean(name))) === 'string');
    return gone === undefined ? null : { operation: gone, code: 'directory-gone' };
  }

  #makeParents(parent: string): FindingCode | null {
    if (this.#tree.lstat(parent) !== 'ENOENT') return null;
    const problem = this.#tree.mkdirAll(parent);
    return problem === null ? null : above(problem);
  }

  #takeOverlay(operation: Operation, name: string): FindingCode | null {
    if (name === '.') return null;
    const path = join('/', name);
    const problem = replace(this.#tree, path, operation);
    if (problem !== null || !base(path).startsWith(WHITEOUT)) return problem ?? this.#create(path, operation);
    if (base(path) === OPAQUE) return typeof this.#tree.stat(dir(path)) === 'string' ? 'whiteout-refused' : null;
    const failed = this.#tree.put(join(dir(path), base(path).slice(WHITEOUT.length)), { kind: 'file' });
    const passes = failed === null || (failed === 'ENOTDIR' && this.#engine === 'podman');
    return passes ? null : 'whiteout-refused';
  }

  /** Handles a member of AUFS's own files. It is not unpacked, but a hard link to it becomes a file. */
  #takeAufs({ type }: Operation, name: string): null {
    if (name.startsWith(AUFS_LINKS) && type === '0') this.#aufsLinks.add(base(name));
    return null;
  }

  #whiteOut(path: string): FindingCode | null {
    if (base(path) !== OPAQUE) {
      const problem = this.#tree.removeAll(join(dir(path), base(path).slice(WHITEOUT.length)));
      return problem === null ? null : 'whiteout-refused';
    }
    if (typeof this.#tree.lstat(dir(path)) === 'string') return 'whiteout-refused';
    this.#tree.sweep(dir(path), this.#unpacked);
    return null;
  }

  #create(path: string, operation: Operation): FindingCode | null {
    const { type, linkname } = operation;
    const isAufs = this.#store === 'vfs' && type === '1' && clean(linkname).startsWith(AUFS_LINKS);
    if (isAufs && !this.#aufsLinks.has(base(clean(linkname)))) return 'hard-link-dangling';
    const made = isAufs ? { ...operation, type: '0' } : operation;
    const problem =
      create(this.#tree, path, made, join('/', linkname)) ??
      setAttributes(operation, ({ errno, key }) => this.#ignores(errno, key));
    if (problem !== null) return problem;
    if (type === '5') this.#directories.push(operation);
    this.#unpacked.add(path);
    return null;
  }

  #ignores(errno: string | null, key: string): boolean {
    if (this.#engine === 'docker') return errno === 'EPERM';
    if (this.#engine === 'docker-oldest') return errno === 'EPERM' || errno === 'ENOTSUP';
    return errno === 'ENOTSUP' || key === 'security.selinux';
  }
}
