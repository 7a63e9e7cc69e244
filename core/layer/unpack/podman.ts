import type { FindingCode } from '../../catalogue/findings.ts';
import type { Effort } from './rest.ts';
import { base, clean, dir, join } from './go-path.ts';
import { secureJoin } from './in-root.ts';
import { MobyUnpacker } from './moby.ts';
import { above, create, OPAQUE, type Operation, replace, setAttributes, type Store, WHITEOUT } from './operation.ts';

/** Simulates, in memory, how podman from 6.1 on unpacks layers: it resolves the symbolic links in each path itself. */
export class PodmanUnpacker extends MobyUnpacker {
  constructor(store: Store, effort: Effort) {
    super('chroot', store, effort);
  }

  take(operation: Operation): FindingCode | null {
    const name = clean(operation.name);
    const full = join('/', name);
    const parent = secureJoin(this.tree, dir(full));
    if (typeof parent !== 'string') return above(parent.errno);
    const path = full === '/' ? '/' : join(parent, base(full));
    if (path === '/' && operation.type !== '5') return 'root-not-a-directory';
    if (path !== '/' && this.tree.lstat(parent) === 'ENOENT') {
      const problem = this.tree.mkdirAll(parent);
      if (problem !== null) return above(problem);
    }
    if (this.passesOver(operation, name)) return null;
    if (this.store === 'vfs' && base(path).startsWith(WHITEOUT)) return this.#whiteOut(path);
    const problem = replace(this.tree, path, operation);
    if (problem !== null || this.store === 'vfs' || !base(path).startsWith(WHITEOUT))
      return problem ?? this.#create(path, operation);
    return this.#mark(path);
  }

  override end(): { operation: Operation; code: FindingCode } | null {
    for (const { operation } of this.directories) {
      const full = join('/', clean(operation.name));
      const parent = secureJoin(this.tree, dir(full));
      const isThere = typeof parent === 'string' && typeof this.tree.lstat(join(parent, base(full))) !== 'string';
      if (!isThere) return { operation, code: 'directory-gone' };
    }
    return null;
  }

  #whiteOut(path: string): FindingCode | null {
    if (base(path) === OPAQUE) {
      if (typeof this.tree.lstat(dir(path)) === 'string') return 'whiteout-refused';
      this.tree.sweep(dir(path), this.unpacked);
      return null;
    }
    const hidden = base(path).slice(WHITEOUT.length);
    if (/^\.{0,2}$/.test(hidden)) return 'whiteout-refused';
    return this.tree.removeAll(join(dir(path), hidden)) === null ? null : 'whiteout-refused';
  }

  /**
   * Carries out a whiteout at `path` with the storage layout `overlay`. It becomes a device file, or an attribute of
   * its directory if it is opaque. Returns null on success, or the code of a finding when podman fails.
   */
  #mark(path: string): FindingCode | null {
    if (base(path) === OPAQUE) return typeof this.tree.stat(dir(path)) === 'string' ? 'whiteout-refused' : null;
    const hidden = base(path).slice(WHITEOUT.length);
    if (/^\.{0,2}$/.test(hidden)) return 'whiteout-refused';
    const failed = this.tree.put(join(dir(path), hidden), { kind: 'file' });
    return failed === null || failed === 'ENOTDIR' ? null : 'whiteout-refused';
  }

  #create(path: string, operation: Operation): FindingCode | null {
    const made = this.withoutAufs(operation);
    const target = this.#target(operation.linkname);
    if (made === null || typeof target !== 'string') return 'hard-link-dangling';
    const problem =
      create(this.tree, path, made, target) ??
      setAttributes(operation, ({ errno, key }) => errno === 'ENOTSUP' || key === 'security.selinux');
    if (problem === null) this.keep(path, operation);
    return problem;
  }

  #target(linkname: string): ReturnType<typeof secureJoin> {
    const full = join('/', linkname);
    const parent = secureJoin(this.tree, dir(full));
    return typeof parent === 'string' && full !== '/' ? join(parent, base(full)) : parent;
  }
}
