import type { ChangeKind } from '../model/mending.ts';
import { parentOf } from '../tar/paths.ts';

/** A change to a member that `SamePaths` has decided. The member is the current one or an earlier one. */
export interface PathChange {
  member: number;
  /** The path of the changed member in the mended layer, before the change. */
  path: string;
  change: ChangeKind;
  detail?: string;
}

/**
 * The state of a path so far: the number of the member that put something there, and the number of the member that has
 * its content.
 */
interface Entry {
  member: number;
  content: number;
  /** For a directory, its fields as text, to tell whether a second member changes any; null for any other file. */
  directory: string | null;
}

/** A file with hard links: the path at which its content is written, and the numbers of its links by their paths. */
interface Links {
  owner: string;
  links: Map<string, number>;
  /** Yields each entry of `links` once. It is kept, because a new iterator would pass over all deleted entries. */
  heirs: Iterator<[path: string, link: number], undefined>;
  /** True when a later member has taken a path of the file, so that some links may name a path that is not its own. */
  lostName: boolean;
}

/** A hard link whose target was not read yet. `bytes` is the length of its header blocks. */
interface Waiting {
  member: number;
  target: string;
  bytes: number;
}

/** A member of a layer that is being mended, with its path and link target in the mended layer. */
export interface Placed {
  member: number;
  /** The cleaned path of a member; `.` and `/` for the two ways to write the root. */
  path: string;
  /** The cleaned path of the target, for a hard link; else null. */
  target: string | null;
  /** The owner, mode and time of a directory as text; null for any other file. */
  directory: string | null;
  /** The length in bytes of all header blocks of the member. */
  bytes: number;
}

/**
 * Follows the paths of a layer as tar unpacks them, and keeps one member for each path: the last. If a later member
 * takes the path of a file, that file goes on at the path of one of its hard links. A hard link before its target is
 * moved behind it.
 */
export class SamePaths {
  readonly #paths = new Map<string, Entry>();
  /** The directories of the layer that have members below them. */
  readonly #parents = new Set<string>();
  readonly #links = new Map<number, Links>();
  /** The hard links whose targets were not read yet, by their paths. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #say: (change: PathChange) => void;
  readonly renamed = new Map<number, string>();
  readonly linked = new Map<number, string>();
  readonly moved: [member: number, after: number][] = [];
  /** The bytes of the paths of all directories with members below them: those of a deep path are far longer than it. */
  parentBytes = 0;
  /** The bytes of the headers of all links that are moved. */
  movedBytes = 0;

  constructor(say: (change: PathChange) => void) {
    this.#say = say;
  }

  /** The number of paths that are kept in memory. */
  get size(): number {
    return this.#paths.size + this.#waiting.size + this.#parents.size;
  }

  add(placed: Placed): void {
    this.#forgetWaiting(placed.path);
    if (placed.target === null) this.#put(placed);
    else this.#link(placed, placed.target);
    for (let above = parentOf(placed.path); above !== '' && !this.#parents.has(above); above = parentOf(above)) {
      this.#parents.add(above);
      this.parentBytes += above.length;
    }
  }

  /**
   * Ends the layer: moves the hard links whose targets were read behind these. With `drops`, leaves out all others that
   * wait; without it they stay, because their targets may be in a lower layer.
   */
  finish(drops: boolean): void {
    this.#settleWaiting();
    for (const [path, { member, target }] of this.#waiting) {
      if (drops && !this.#paths.has(target)) this.#say({ member, path, change: 'link-left-out', detail: target });
    }
    for (const { owner, links, lostName } of this.#links.values())
      if (lostName) for (const link of links.values()) this.linked.set(link, owner);
  }

  /** Moves links behind their targets. A link that was moved may be the target of others. */
  #settleWaiting(): void {
    const byTarget = Map.groupBy(this.#waiting, ([, { target }]) => target);
    const ready = [...byTarget.keys()].filter((target) => this.#paths.has(target));
    for (const target of ready) {
      const links = byTarget.get(target) ?? [];
      byTarget.delete(target);
      for (const [path, waiting] of links) {
        const there = this.#paths.get(target);
        if (there === undefined || there.directory !== null) continue;
        this.#waiting.delete(path);
        if (this.#attach(waiting.member, path, target, there)) this.#move(path, waiting, there.content);
        if (byTarget.has(path)) ready.push(path);
      }
    }
  }

  #move(path: string, { member, target, bytes }: Waiting, after: number): void {
    this.moved.push([member, after]);
    this.movedBytes += bytes;
    this.#say({ member, path, change: 'link-moved', detail: target });
  }

  /** Leaves out a link that waits for its target when another member takes its path. */
  #forgetWaiting(path: string): void {
    const waiting = this.#waiting.get(path);
    if (waiting === undefined) return;
    this.#waiting.delete(path);
    this.#say({ member: waiting.member, path, change: 'replaced' });
  }

  #put({ member, path, directory }: Placed): void {
    const there = this.#paths.get(path);
    if (there !== undefined && !this.#replaces(there, path, directory, member)) return;
    this.#paths.set(path, { member, content: member, directory });
  }

  /**
   * Removes what is at a path, because a later member takes its place. False when the later member is left out instead,
   * because both are the same directory with the same fields.
   */
  #replaces(there: Entry, path: string, directory: string | null, member: number): boolean {
    if (there.directory === null) this.#takeAway(there, path);
    else if (directory === there.directory) {
      this.#say({ member, path, change: 'replaced' });
      return false;
      // A directory with members below it cannot become a file: it is not clear what was meant.
    } else if (directory !== null || !this.#parents.has(path))
      this.#say({ member: there.member, path, change: 'replaced' });
    return true;
  }

  /** Takes the path away from a file. If the file has hard links, its content goes on at the path of one of them. */
  #takeAway({ member, content }: Entry, path: string): void {
    const file = this.#links.get(content);
    if (member !== content || file === undefined || file.links.size === 0) {
      this.#say({ member, path, change: 'replaced' });
      file?.links.delete(path);
    } else this.#passOn(content, path, file);
    if (file !== undefined) file.lostName = true;
  }

  #passOn(content: number, path: string, file: Links): void {
    const first = file.heirs.next();
    if (first.done === true) return;
    const [heir, link] = first.value;
    file.links.delete(heir);
    file.owner = heir;
    this.renamed.set(content, heir);
    this.linked.delete(link);
    this.#say({ member: content, path, change: 'content-moved', detail: heir });
    this.#say({ member: link, path: heir, change: 'replaced' });
    const entry = this.#paths.get(heir);
    if (entry !== undefined) entry.member = content;
  }

  #link({ member, path, bytes }: Placed, target: string): void {
    const to = this.#paths.get(target);
    if (to === undefined || to.directory !== null) this.#waiting.set(path, { member, target, bytes });
    else this.#attach(member, path, target, to);
  }

  /** Makes a member a hard link to the file at `target`. False when it is left out, because it is that file. */
  #attach(member: number, path: string, target: string, to: Entry): boolean {
    const there = this.#paths.get(path);
    // tar writes a file that is named twice as a link to itself.
    if (there?.content === to.content) {
      this.#say({ member, path, change: 'replaced' });
      return false;
    }
    if (there !== undefined) this.#replaces(there, path, null, member);
    const file = this.#links.get(to.content) ?? noLinks(target);
    this.#links.set(to.content, file);
    file.links.set(path, member);
    this.#paths.set(path, { member, content: to.content, directory: null });
    if (file.owner !== target) this.linked.set(member, file.owner);
    return true;
  }
}

function noLinks(owner: string): Links {
  const links = new Map<string, number>();
  return { owner, links, heirs: links.entries(), lostName: false };
}
