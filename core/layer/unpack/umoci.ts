import type { FindingCode } from '../../catalogue/findings.ts';
import { FileTree } from './file-tree.ts';
import type { Effort } from './rest.ts';
import { base, dir, join } from './go-path.ts';
import { secureJoin } from './in-root.ts';
import { above, create, OPAQUE, type Operation, replace, setAttributes, type Unpacker, WHITEOUT } from './operation.ts';

const PASSED_OVER = /^(?:security\.selinux|system\.nfs4_acl|trusted\.overlay\..*)$/;

/**
 * Simulates, in memory, how umoci unpacks layers: all into one folder. A whiteout does not delete files that were
 * unpacked from the whiteout's own layer.
 */
export class UmociUnpacker implements Unpacker {
  readonly #tree: FileTree;
  /**
   * True for umoci from 0.5 on: where a member's path needs a directory and there is a file, umoci replaces the file by
   * a directory.
   */
  readonly #replaces: boolean;
  /** The paths that were unpacked from the current layer so far, and all directories above them. */
  #upper = new Set<string>();

  constructor(effort: Effort, { replaces }: { replaces: boolean }) {
    this.#replaces = replaces;
    this.#tree = new FileTree('kernel', effort);
  }

  begin(): void {
    this.#upper = new Set();
  }

  take(operation: Operation): FindingCode | null {
    const full = join('/', operation.name);
    if (full === '/') return operation.type === '5' ? null : 'root-not-a-directory';
    const parent = secureJoin(this.#tree, dir(full));
    if (typeof parent !== 'string') return above(parent.errno);
    if (base(full).startsWith(WHITEOUT)) return this.#whiteOut(parent, base(full));
    const path = join(parent, base(full));
    if (this.#replaces) this.#clear(parent);
    const missing = this.#tree.mkdirAll(parent);
    if (missing !== null) return above(missing);
    const problem = replace(this.#tree, path, operation) ?? this.#create(path, operation);
    if (problem !== null) return problem;
    for (let at = path; at !== '/' && !this.#upper.has(at); at = dir(at)) this.#upper.add(at);
    return null;
  }

  end(): null {
    return null;
  }

  #clear(parent: string): void {
    for (let at = parent; at !== '/'; at = dir(at)) {
      const there = this.#tree.lstat(at);
      if (typeof there !== 'string' && there.kind !== 'directory') this.#tree.removeAll(at);
    }
  }

  /**
   * Deletes what the whiteout `name` in the directory `parent` hides. umoci then restores the modification time of
   * `parent`, and fails if it is gone. Returns null on success, or the code of a finding when umoci fails.
   */
  #whiteOut(parent: string, name: string): FindingCode | null {
    const wasThere = typeof this.#tree.lstat(parent) !== 'string';
    const hidden = name.slice(WHITEOUT.length);
    const isOpaque = name === OPAQUE || (this.#replaces && hidden === '');
    const path = isOpaque ? parent : join(parent, hidden);
    const there = this.#tree.lstat(path);
    if (typeof there === 'string') return there === 'ENOENT' || there === 'ENOTDIR' ? null : 'whiteout-refused';
    if (hidden === '..' && parent === '/') return 'whiteout-refused';
    if (this.#upper.has(path) || isOpaque) this.#tree.sweep(path, this.#upper);
    else this.#tree.removeAll(path);
    const isGone = path === '/' && !isOpaque ? true : typeof this.#tree.lstat(parent) === 'string';
    return wasThere && isGone ? 'whiteout-refused' : null;
  }

  #create(path: string, operation: Operation): FindingCode | null {
    const full = join('/', operation.linkname);
    const parent = secureJoin(this.#tree, dir(full));
    if (operation.type === '1' && typeof parent !== 'string') return 'hard-link-dangling';
    const target = typeof parent === 'string' && full !== '/' ? join(parent, base(full)) : '/';
    const made = create(this.#tree, path, operation, target);
    if (made !== null || operation.type === '1') return made;
    return setAttributes(operation, ({ errno, key }) => errno === 'ENOTSUP' || PASSED_OVER.test(key));
  }
}
