import { withoutEnd } from '../../model/trim.ts';
import type { Errno, FileTree, PathStep } from './file-tree.ts';
import { clean } from './go-path.ts';
import { Rest } from './rest.ts';

/**
 * The number of symbolic links in one path that an engine follows when it resolves paths itself. At one more, it gives
 * up with the error `ELOOP`.
 */
const MAX_LINKS = 255;

/**
 * A path after its symbolic links were resolved inside a root: `path` is absolute and clean. A component that does not
 * exist is treated like a directory.
 */
export interface InRoot {
  path: string;
  /** True when a symbolic link with an absolute target was followed while the path was resolved. */
  absolute: boolean;
  /**
   * True when a relative target such as `../../etc` led above the root. Links after one with an absolute target are not
   * checked for that.
   */
  escaped: boolean;
}

/**
 * Resolves the symbolic links of a path inside the root of `tree` until none is left, as containerd and Docker do.
 * Returns the resolved path, or an error for a path that they cannot resolve, such as `ELOOP` for too many links.
 */
export function resolveInRoot(tree: FileTree, from: string): InRoot | Errno {
  const way = new Rounds(tree, from);
  const problem = way.resolve();
  return problem ?? { path: way.path, absolute: way.absolute, escaped: way.escaped };
}

/**
 * Resolves the symbolic links of one path inside a root, in rounds, as containerd and Docker do. A round looks up the
 * components of the path in turn, and replaces each symbolic link by its target. Links in a target are left to the next
 * round. The next round begins at the first target, because the components above it are known not to be links.
 */
class Rounds {
  absolute = false;
  escaped = false;
  readonly #tree: FileTree;
  /**
   * The components of the path that were looked up so far. The components of a link's target take the place of the
   * link.
   */
  readonly #steps: PathStep[] = [];
  readonly #rest: Rest;
  /**
   * The number of components at the start of the path that the next round skips, because they are known not to be
   * symbolic links. It is set when a round follows a link, and is Infinity before that.
   */
  #floor = Infinity;
  #links = 0;

  constructor(tree: FileTree, path: string) {
    this.#tree = tree;
    this.#rest = new Rest(tree.effort);
    this.#rest.push(withoutEnd(path, '/'));
  }

  get path(): string {
    return pathOf(this.#steps, this.#rest);
  }

  resolve(): Errno | null {
    for (let before = -1; before !== this.#links;) {
      before = this.#links;
      const problem = this.#round() ?? this.#startAgain();
      if (problem !== null) return problem;
    }
    return null;
  }

  #round(): Errno | null {
    for (let part = this.#rest.pop(); part !== undefined; part = this.#rest.pop()) {
      if (this.#links > MAX_LINKS) return 'ELOOP';
      const before = this.#steps.length;
      const here = Math.max(part === '.' ? before : part === '..' ? before - 1 : before + 1, 0);
      if (here > before) this.#enter(part);
      const place = this.#steps[here - 1]?.found;
      if (typeof place === 'object' && place.kind === 'symlink') {
        this.#steps.length = before;
        this.#follow(place.target, here - 1);
        continue;
      }
      this.#steps.length = here;
      if (typeof place === 'string' && place !== 'ENOENT' && place !== 'ESCAPES') return place;
      // Nothing exists below a missing directory, so the other components stay as they are.
      if (place === 'ENOENT' && !this.#rest.leadsUp) break;
    }
    return null;
  }

  /**
   * Prepares the next round: it begins at the first link target of this one. Returns `ELOOP` after too many links, else
   * null.
   */
  #startAgain(): Errno | null {
    const isEmpty = this.#steps.length === 0 && this.#rest.isEmpty;
    if (this.#links > MAX_LINKS && !isEmpty) return 'ELOOP';
    this.#rest.push(namesOf(this.#steps.slice(this.#floor)).join('/'));
    this.#steps.length = Math.min(this.#steps.length, this.#floor);
    this.#floor = Infinity;
    return null;
  }

  #enter(name: string): void {
    this.#steps.push(this.#tree.below(this.#steps.at(-1), name));
  }

  /** Replaces a symbolic link in the path by its `target`. `depth` is the number of components above the link. */
  #follow(target: string, depth: number): void {
    this.#links++;
    this.#tree.charge(target);
    if (target.startsWith('/')) {
      this.absolute = true;
      this.#steps.length = 0;
    } else if (!this.absolute && this.#leavesRoot(depth, target)) this.escaped = true;
    this.#floor = Math.min(this.#floor, this.#steps.length);
    const parts = new Rest(this.#tree.effort);
    // An absolute target at the end of the path is not cleaned. So each `..` in it is walked, not cut out.
    (this.#rest.isEmpty && target.startsWith('/') ? this.#rest : parts).push(withoutEnd(target, '/'));
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (part === '..') {
        this.#steps.pop();
        this.#floor = Math.min(this.#floor, this.#steps.length);
      } else if (part !== '.') this.#enter(part);
    }
  }

  #leavesRoot(from: number, target: string): boolean {
    let depth = from;
    const parts = new Rest(this.#tree.effort);
    parts.push(withoutEnd(target, '/'));
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      if (part !== '.') depth += part === '..' ? -1 : 1;
      if (depth < 0) return true;
    }
    return false;
  }
}

/**
 * Resolves the symbolic links of a path inside the root of `tree`, as podman 6.1 and umoci do: in a single pass, in
 * which the target of each link is resolved before the rest of the path. Returns the absolute path. Returns an error
 * for too many links (`ELOOP`) or a name that is too long (`ENAMETOOLONG`).
 */
export function secureJoin(tree: FileTree, path: string): string | { errno: Errno } {
  const steps: PathStep[] = [];
  const rest = new Rest(tree.effort);
  let links = 0;
  rest.push(withoutEnd(path, '/'));
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    if (part === '..') steps.pop();
    if (part === '.' || part === '..') continue;
    const step = tree.below(steps.at(-1), part);
    const { found } = step;
    if (found === 'ENAMETOOLONG' || found === 'ELOOP') return { errno: found };
    if (typeof found === 'string' || found.kind !== 'symlink') {
      steps.push(step);
      if (typeof found === 'string' && !rest.leadsUp) break;
      continue;
    }
    if (++links > MAX_LINKS) return { errno: 'ELOOP' };
    tree.charge(found.target);
    if (found.target.startsWith('/')) steps.length = 0;
    rest.push(withoutEnd(found.target, '/'));
  }
  return pathOf(steps, rest);
}

/**
 * Joins the components that were looked up (`steps`) and those that were not looked up yet (`rest`) to an absolute,
 * clean path.
 */
function pathOf(steps: readonly PathStep[], rest: Rest): string {
  return clean(`/${[...namesOf(steps), rest.toString()].join('/')}`);
}

function namesOf(steps: readonly PathStep[]): string[] {
  return steps.map(({ name }) => name);
}
