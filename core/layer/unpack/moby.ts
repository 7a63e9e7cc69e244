import type { FindingCode } from '../../catalogue/findings.ts';
import { FileTree } from './file-tree.ts';
import type { Effort } from './rest.ts';
import { base, clean, join } from './go-path.ts';
import { AUFS, AUFS_LINKS, OPAQUE, type Operation, type Store, type Unpacker } from './operation.ts';

/** A directory that was unpacked: its member in the layer, and the path at which it was unpacked. */
interface Unpacked {
  path: string;
  operation: Operation;
}

/**
 * The base class of the unpackers that simulate how Docker and podman unpack layers. It holds the state of the layer
 * that is being unpacked. It also simulates how they treat the files that AUFS, Docker's old file system, left in
 * layers.
 */
export abstract class MobyUnpacker implements Unpacker {
  protected readonly store: Store;
  protected tree: FileTree;
  /** The paths that were unpacked from the current layer so far. */
  protected unpacked = new Set<string>();
  protected directories: Unpacked[] = [];
  readonly #root: 'root' | 'chroot';
  readonly #effort: Effort;
  #aufsLinks = new Set<string>();

  constructor(root: 'root' | 'chroot', store: Store, effort: Effort) {
    this.#root = root;
    this.#effort = effort;
    this.store = store;
    this.tree = new FileTree(root, effort);
  }

  begin(isLast: boolean): void {
    if (this.store === 'overlay') this.tree = new FileTree(this.#root, this.#effort);
    // Docker and podman measure a layer on overlay, and copy the layers below another one on vfs.
    this.tree.isMeasured = this.store === 'overlay' || !isLast;
    this.unpacked = new Set();
    this.directories = [];
    this.#aufsLinks = new Set();
  }

  abstract take(operation: Operation): FindingCode | null;

  end(): { operation: Operation; code: FindingCode } | null {
    const gone = this.directories.find(({ path }) => typeof this.tree.stat(path) === 'string');
    return gone === undefined ? null : { operation: gone.operation, code: 'directory-gone' };
  }

  /**
   * True for a file of AUFS, Docker's old file system, that Docker and podman skip with the storage layout `vfs`.
   * `name` is the clean name of the member. If later members may be hard links to the file, its name is remembered for
   * `withoutAufs`.
   */
  protected passesOver({ type }: Operation, name: string): boolean {
    if (this.store !== 'vfs' || !name.startsWith(AUFS) || name === OPAQUE) return false;
    if (name.startsWith(AUFS_LINKS) && type === '0') this.#aufsLinks.add(base(name));
    return true;
  }

  /**
   * With the storage layout `vfs`, turns a hard link to a skipped file of AUFS, Docker's old file system, into a plain
   * file. Returns null if that file was not in the layer. Any other member is returned unchanged.
   */
  protected withoutAufs(operation: Operation): Operation | null {
    const { type, linkname } = operation;
    if (this.store !== 'vfs' || type !== '1' || !clean(linkname).startsWith(AUFS_LINKS)) return operation;
    return this.#aufsLinks.has(base(clean(linkname))) ? { ...operation, type: '0' } : null;
  }

  /**
   * Remembers the path at which a member of the current layer was unpacked. If the member is a directory, the member is
   * remembered, too.
   */
  protected keep(path: string, operation: Operation): void {
    if (operation.type === '5') this.directories.push({ path, operation });
    this.unpacked.add(join('/', path));
  }
}
