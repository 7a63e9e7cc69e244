import { LIMITS } from '../limits.ts';
import { HIDDEN, type Place } from './merged-file.ts';

/**
 * The result of following a path: `found`, `missing` when a part of the path does not exist, or `circle` when more than
 * `MAX_LINKS` symbolic links would have to be followed. For `missing`, `path` is the whole path that was looked for,
 * with the symbolic links before the missing part resolved. `linked` is true if symbolic links were followed.
 */
type Followed = { kind: 'found' } | { kind: 'missing'; path: string; linked: boolean } | { kind: 'circle' };

/**
 * The result of following a path from the root. When the path was found, it has what is there (`place`), and the path
 * to it without symbolic links.
 */
export type Resolved = Exclude<Followed, { kind: 'found' }> | { kind: 'found'; path: string; place: Place };

/** The most symbolic links that are followed in one path, as in Linux, which returns ELOOP for more. */
const MAX_LINKS = 40;

/**
 * A position in a merged file system, which begins at the root and moves along paths. Symbolic links are followed, and
 * none leads out of the root.
 */
export class Way {
  /** The directories and files from the root to the current position, each with its name. */
  readonly #trail: { name: string; place: Place }[];
  readonly #onLink: (target: string) => void;
  #links = 0;
  /** The length in bytes of the path from the root to the current position. */
  length = 0;

  /** Begins at the directory `root`. `onLink` is called with the target of each symbolic link that is followed. */
  constructor(root: Place, onLink: (target: string) => void) {
    this.#trail = [{ name: '', place: root }];
    this.#onLink = onLink;
  }

  /** The file or directory at the current position. */
  get place(): Place {
    return this.#trail.at(-1)!.place;
  }

  /** The path from the root to the current position, without symbolic links. It is put together anew each time. */
  get path(): string {
    return this.#pathTo([]);
  }

  /** Moves from the current directory to its entry `name`, which is `place`. */
  enter(name: string, place: Place): void {
    this.#trail.push({ name, place });
    this.length += name.length + 1;
  }

  /**
   * Moves along the components of a path, and follows symbolic links. When a component is not found, the result says
   * `missing`, and the position is then the last directory or file that was found. When there are too many links, the
   * result is `circle`.
   */
  follow(parts: readonly string[]): Followed {
    // The next component is the last one, so that links do not make a copy of all that follows them.
    const rest = parts.toReversed();
    for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        this.#leave();
        continue;
      }
      const next = this.place.children?.get(part);
      if (next === undefined || next.file?.type === HIDDEN)
        return { kind: 'missing', path: this.#pathTo([part, ...rest.toReversed()]), linked: this.#links > 0 };
      if (next.file?.type !== '2') {
        this.enter(part, next);
        continue;
      }
      if (this.#links >= MAX_LINKS) return { kind: 'circle' };
      this.#links++;
      const target = next.file.linkname;
      this.#onLink(target);
      // Linux does not create such a link, and following it could take very long.
      if (target.length >= LIMITS.pathBytes) return { kind: 'missing', path: this.#pathTo([part]), linked: true };
      if (target.startsWith('/')) while (this.#trail.length > 1) this.#leave();
      for (const each of target.split('/').toReversed()) rest.push(each);
    }
    return { kind: 'found' };
  }

  #leave(): void {
    if (this.#trail.length > 1) this.length -= (this.#trail.pop()?.name.length ?? 0) + 1;
  }

  #pathTo(rest: readonly string[]): string {
    return [...this.#trail.map(({ name }) => name), ...rest].filter((each) => each !== '').join('/');
  }
}
