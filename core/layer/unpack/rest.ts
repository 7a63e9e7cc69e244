/**
 * The work that may still be spent on resolving paths, in units: each path or link target costs 20, each of its bytes
 * 1, each of its components 2. It is limited because short paths can take much work, if they lead through many symbolic
 * links. Below 0, no path is resolved any more.
 */
export interface Effort {
  left: number;
}

/** The components of a path that is being resolved, and of link targets in it, that are still to be looked up. */
export class Rest {
  readonly #paths: Part[] = [];
  /** The number of paths and link targets in which a `..` is still to be resolved. */
  #upward = 0;
  readonly #effort: Effort;

  constructor(effort: Effort) {
    this.#effort = effort;
  }

  /**
   * Puts a path in front of the components that are still to be looked up. An empty path is ignored. The path must not
   * end with a slash.
   */
  push(path: string): void {
    if (path === '') return;
    const lastUp = path.lastIndexOf('..');
    if (lastUp >= 0) this.#upward++;
    // It is not split: that would copy each link target, although few of its components are walked.
    this.#paths.push({ path, at: 0, lastUp });
  }

  /** Takes the next component to look up. Undefined when none is left. Several slashes in a row count as one. */
  pop(): string | undefined {
    const top = this.#paths.at(-1);
    if (top === undefined) return undefined;
    this.#effort.left -= STEP;
    while (top.path.charCodeAt(top.at) === SLASH) top.at++;
    const slash = top.path.indexOf('/', top.at);
    const end = slash < 0 ? top.path.length : slash;
    const part = top.path.slice(top.at, end);
    top.at = end + 1;
    if (top.lastUp >= 0 && top.at > top.lastUp) {
      top.lastUp = -1;
      this.#upward--;
    }
    if (slash < 0) this.#paths.pop();
    return part;
  }

  get isEmpty(): boolean {
    return this.#paths.length === 0;
  }

  /**
   * True when a component `..` may be among those that are still to be looked up. If false, there is certainly none.
   */
  get leadsUp(): boolean {
    return this.#upward > 0;
  }

  /** All components that are still to be looked up, joined by slashes. Empty when none is left. */
  toString(): string {
    return this.#paths
      .map(({ path, at }) => path.slice(at))
      .toReversed()
      .join('/');
  }
}

interface Part {
  path: string;
  /** The index of the first character in `path` that was not looked up yet. That character may be a slash. */
  at: number;
  /** The index of the last `..` in `path` that was not looked up yet; -1 when there is none. */
  lastUp: number;
}

/** The units of work that looking up one component of a path costs. `LIMITS.triedEffort` limits the sum. */
const STEP = 2;
const SLASH = 0x2f;
