import type { FindingCode } from '../../catalogue/findings.ts';
import type { Effort } from './rest.ts';
import { base, clean, dir, join } from './go-path.ts';
import { MobyUnpacker } from './moby.ts';
import { above, create, OPAQUE, type Operation, replace, setAttributes, type Store, WHITEOUT } from './operation.ts';

/**
 * The engines that unpack in a chroot: Docker before 25.0, which ignores unsupported extended attributes
 * (`docker-oldest`), Docker from 25.0 on and before 29.7.2 (`docker`), and podman before 6.1 (`podman`).
 */
type ChrootEngine = 'docker-oldest' | 'docker' | 'podman';

/** Simulates, in memory, how Docker before 29.7.2 and podman before 6.1 unpack layers: in a chroot. */
export class ChrootUnpacker extends MobyUnpacker {
  readonly #engine: ChrootEngine;

  constructor(engine: ChrootEngine, store: Store, effort: Effort) {
    super('chroot', store, effort);
    this.#engine = engine;
  }

  take(operation: Operation): FindingCode | null {
    const name = clean(operation.name);
    const missing = name.endsWith('/') ? null : this.#makeParents(join('/', dir(name)));
    if (missing !== null) return missing;
    if (this.store === 'overlay') return this.#takeOverlay(operation, name);
    if (this.passesOver(operation, name)) return null;
    const path = join('/', name);
    if (base(path).startsWith(WHITEOUT)) return this.#whiteOut(path);
    return replace(this.tree, path, operation) ?? this.#create(path, operation);
  }

  #makeParents(parent: string): FindingCode | null {
    if (this.tree.lstat(parent) !== 'ENOENT') return null;
    const problem = this.tree.mkdirAll(parent);
    return problem === null ? null : above(problem);
  }

  #takeOverlay(operation: Operation, name: string): FindingCode | null {
    if (name === '.') return null;
    const path = join('/', name);
    const problem = replace(this.tree, path, operation);
    if (problem !== null || !base(path).startsWith(WHITEOUT)) return problem ?? this.#create(path, operation);
    if (base(path) === OPAQUE) return typeof this.tree.stat(dir(path)) === 'string' ? 'whiteout-refused' : null;
    const failed = this.tree.put(join(dir(path), base(path).slice(WHITEOUT.length)), { kind: 'file' });
    const passes = failed === null || (failed === 'ENOTDIR' && this.#engine === 'podman');
    return passes ? null : 'whiteout-refused';
  }

  #whiteOut(path: string): FindingCode | null {
    if (base(path) !== OPAQUE) {
      const problem = this.tree.removeAll(join(dir(path), base(path).slice(WHITEOUT.length)));
      return problem === null ? null : 'whiteout-refused';
    }
    if (typeof this.tree.lstat(dir(path)) === 'string') return 'whiteout-refused';
    this.tree.sweep(dir(path), this.unpacked);
    return null;
  }

  #create(path: string, operation: Operation): FindingCode | null {
    const made = this.withoutAufs(operation);
    if (made === null) return 'hard-link-dangling';
    const problem =
      create(this.tree, path, made, join('/', operation.linkname)) ??
      setAttributes(operation, ({ errno, key }) => this.#ignores(errno, key));
    if (problem === null) this.keep(path, operation);
    return problem;
  }

  #ignores(errno: string | null, key: string): boolean {
    if (this.#engine === 'docker') return errno === 'EPERM';
    if (this.#engine === 'docker-oldest') return errno === 'EPERM' || errno === 'ENOTSUP';
    return errno === 'ENOTSUP' || key === 'security.selinux';
  }
}
