import type { FindingCode } from '../../catalogue/findings.ts';
import type { Errno } from './file-tree.ts';
import type { Effort } from './rest.ts';
import { base, clean, dir, join, split } from './go-path.ts';
import { resolveInRoot } from './in-root.ts';
import { MobyUnpacker } from './moby.ts';
import { above, create, OPAQUE, type Operation, replace, setAttributes, type Store, WHITEOUT } from './operation.ts';

/**
 * Simulates, in memory, how Docker's classic store from 29.7.2 on unpacks layers: it opens paths through Go's
 * `os.Root`.
 */
export class DockerUnpacker extends MobyUnpacker {
  constructor(store: Store, effort: Effort) {
    super('root', store, effort);
  }

  take(operation: Operation): FindingCode | null {
    const name = clean(operation.name.replace(/^\/+/, ''));
    if (name === '.') return null;
    if (leaves(name)) return 'path-escapes';
    if (this.passesOver(operation, name)) return null;
    const path = this.#place(name);
    if (typeof path !== 'string') return above(path.errno);
    return this.store === 'vfs' ? this.#takeVfs(operation, path) : this.#takeOverlay(operation, path);
  }

  #takeVfs(operation: Operation, path: string): FindingCode | null {
    const problem = this.#makeParents(dir(path));
    if (problem !== null) return problem;
    if (base(path).startsWith(WHITEOUT)) return this.#whiteOut(path);
    return replace(this.tree, path, operation) ?? this.#create(path, operation);
  }

  #takeOverlay(operation: Operation, path: string): FindingCode | null {
    const problem = replace(this.tree, path, operation) ?? this.#makeParents(dir(path));
    if (problem !== null) return problem;
    if (!base(path).startsWith(WHITEOUT)) return this.#create(path, operation);
    const hidden = base(path).slice(WHITEOUT.length);
    if (/^\.{0,2}$/.test(hidden)) return 'whiteout-refused';
    if (base(path) === OPAQUE) return typeof this.tree.stat(dir(path)) === 'string' ? 'whiteout-refused' : null;
    return this.tree.put(join(dir(path), hidden), { kind: 'file' }) === null ? null : 'whiteout-refused';
  }

  /**
   * The path at which Docker unpacks a member; `name` is the member's clean name. If Docker refuses the name, the
   * error. Docker resolves the symbolic links in the path only if the directory of the member does not exist, or if a
   * link leads out of the root.
   */
  #place(name: string): string | { errno: Errno } {
    const [parents, file] = split(name);
    if (parents === '') return name;
    const there = this.tree.stat(clean(parents));
    if (typeof there !== 'string') return name;
    // The directory is missing, or behind a link. Only a link with an absolute target is resolved.
    if (there !== 'ENOENT' && there !== 'ESCAPES') return { errno: there };
    const way = resolveInRoot(this.tree, clean(parents));
    if (typeof way === 'string') return { errno: way };
    if (there === 'ESCAPES' && (!way.absolute || way.escaped)) return { errno: there };
    return join(way.path, file).slice(1);
  }

  #makeParents(parent: string): FindingCode | null {
    if (parent === '.' || parent === '/') return null;
    const there = this.tree.lstat(parent);
    if (there !== 'ENOENT') return typeof there === 'string' ? above(there) : null;
    const problem = this.tree.mkdirAll(parent);
    return problem === null ? null : above(problem);
  }

  #whiteOut(path: string): FindingCode | null {
    if (base(path) !== OPAQUE) {
      const problem = this.tree.removeAll(join(dir(path), base(path).slice(WHITEOUT.length)));
      return problem === null ? null : 'whiteout-refused';
    }
    if (typeof this.tree.lstat(dir(path)) === 'string') return 'whiteout-refused';
    const way = resolveInRoot(this.tree, dir(path));
    if (typeof way === 'string') return 'whiteout-refused';
    this.tree.sweep(way.path, this.unpacked);
    return null;
  }

  #create(path: string, operation: Operation): FindingCode | null {
    const made = this.withoutAufs(operation);
    if (made === null) return 'hard-link-dangling';
    const target = made.type === '1' ? this.#target(made.linkname) : '';
    if (typeof target !== 'string') return 'hard-link-dangling';
    const problem = create(this.tree, path, made, target) ?? this.#setAttributes(path, operation);
    if (problem === null) this.keep(path, operation);
    return problem;
  }

  /**
   * Simulates how Docker sets the extended attributes of a tar member at `path`: those of a symbolic link are set on
   * the target of the link. Returns null on success, or the code of a finding when Docker fails.
   */
  #setAttributes(path: string, operation: Operation): FindingCode | null {
    if (operation.type === '2' && operation.attributes.length > 0) {
      const way = resolveInRoot(this.tree, path);
      if (typeof way === 'string' || typeof this.tree.lstat(way.path.slice(1)) === 'string') return 'attribute-refused';
    }
    return setAttributes(operation, ({ errno }) => errno === 'EPERM');
  }

  #target(linkname: string): string | { errno: Errno } {
    const cleaned = clean(linkname.replace(/^\/+/, ''));
    return cleaned === '.' || leaves(cleaned) ? { errno: 'ESCAPES' } : this.#place(cleaned);
  }
}

function leaves(path: string): boolean {
  return path === '..' || path.startsWith('../');
}
