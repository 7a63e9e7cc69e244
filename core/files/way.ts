import { LIMITS } from '../limits.ts';
import { HIDDEN, type Place } from './merged-file.ts';

/** The result of going along a path: a path that is missing (`linked`: a symbolic link led to it), or a circle of links. */
type Followed = { kind: 'found' } | { kind: 'missing'; path: string; linked: boolean } | { kind: 'circle' };

/** The result of following a path from the root, with the place that was found and the path to it without links. */
export type Resolved = Exclude<Followed, { kind: 'found' }> | { kind: 'found'; path: string; place: Place };

/** The most symbolic links that Linux follows in one path before it returns ELOOP. */
const MAX_LINKS = 40;

/** A way through a merged file system, from the root. It follows symbolic links, and none leads out of the root. */
export class Way {
  /** The root, and the places below it on the way to the current one, each with its name. */
  readonly #trail: { name: string; place: Place }[];
  readonly #onLink: (target: string) => void;
  #links = 0;
  /** The length in bytes of the path to the current place. */
  length = 0;

  /** `onLink` gets the target of each symbolic link that is followed. */
  constructor(root: Place, onLink: (target: string) => void) {
    this.#trail = [{ name: '', place: root }];
    this.#onLink = onLink;
  }

  /** The current place. */
  get place(): Place {
    return this.#trail.at(-1)!.place;
  }

  /** The path to the current place, without symbolic links. It is put together anew each time. */
  get path(): string {
    return this.#pathTo([]);
  }

  /** Goes on to a place in the directory at the current place. */
  enter(name: string, place: Place): void {
    this.#trail.push({ name, place });
    this.length += name.length + 1;
  }

  /** Goes on along the components of a path. Only when all of them are found is the way at a place after that. */
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
