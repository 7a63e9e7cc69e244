import type { ChangeKind } from '../model/mending.ts';
import { parentOf } from '../tar/paths.ts';

/**
 * A change to a tar member that is needed because another member has the same path, or because a hard link comes before
 * its target or has none. `member` is the number of the changed member in the layer, from 0. `detail` is the new path
 * or the target, if there is one.
 */
export interface PathChange {
  member: number;
  /**
   * The path of the member just before this change. It may differ from the path in the upload, because an earlier
   * change may have moved the member.
   */
  path: string;
  change: ChangeKind;
  detail?: string;
}

/**
 * What a layer has at one path so far. `member` is the number of the tar member that made the path, and `content` the
 * number of the member that has its content. The two differ for a hard link.
 */
interface Entry {
  member: number;
  content: number;
  /**
   * For a directory, its owner, mode and time as text, to compare it with a later member for the same path. Null for
   * anything else.
   */
  directory: string | null;
}

/**
 * A file with hard links. `owner` is the path at which its content is written. `links` has the hard links: the key is
 * the path of a link, and the value the number of its tar member.
 */
interface Links {
  owner: string;
  links: Map<string, number>;
  /**
   * An iterator over `links`, the hard links to the file. It yields each link once, and goes on where it stopped,
   * because a new iterator would take time to step over all deleted entries.
   */
  heirs: Iterator<[path: string, link: number], undefined>;
  /**
   * True when a later member has taken one of the file's paths. Hard links to that path would then lead to another
   * file.
   */
  lostName: boolean;
}

/**
 * A hard link whose target was not read yet. `target` is the path of the target, and `bytes` is the length of the
 * link's header blocks.
 */
interface Waiting {
  member: number;
  target: string;
  bytes: number;
}

/** A tar member with the path and the link target that it gets in the changed layer. */
export interface Placed {
  member: number;
  /**
   * The path of the member, without `.` components and needless slashes. The root is `.` or `/`, depending on how its
   * name begins.
   */
  path: string;
  /** The path of a hard link's target, without `.` components and needless slashes; null for any other member. */
  target: string | null;
  /** The owner, mode and time of a directory as text; null for anything else. */
  directory: string | null;
  /** The length in bytes of all header blocks of the member. */
  bytes: number;
}

/**
 * Decides how a layer keeps one member for each path: the last one, as when tar unpacks the layer. If a later member
 * takes the path of a file that has hard links, the file's content is written at the path of one of these links
 * instead. A hard link that comes before its target is moved behind the target.
 */
export class SamePaths {
  readonly #paths = new Map<string, Entry>();
  /** The paths of the directories of the layer that have members below them. */
  readonly #parents = new Set<string>();
  readonly #links = new Map<number, Links>();
  /** The hard links whose targets were not read yet, by the paths of the links. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #say: (change: PathChange) => void;
  readonly renamed = new Map<number, string>();
  readonly linked = new Map<number, string>();
  readonly moved: [member: number, after: number][] = [];
  /**
   * The total length in bytes of the paths of all directories that have members below them. One deep path has many such
   * directories.
   */
  parentBytes = 0;
  /** The total size in bytes of the headers of all hard links that are moved behind their targets. */
  movedBytes = 0;

  constructor(say: (change: PathChange) => void) {
    this.#say = say;
  }

  /** The number of paths that are kept in memory, which the caller limits. */
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
   * Makes the last decisions about a layer, after its last member. Hard links whose targets were read later are moved
   * behind their targets. If `drops` is true, hard links whose targets were never read are left out. If it is false,
   * they stay, because the targets may be in a lower layer.
   */
  finish(drops: boolean): void {
    this.#settleWaiting();
    for (const [path, { member, target }] of this.#waiting) {
      if (drops && !this.#paths.has(target)) this.#say({ member, path, change: 'link-left-out', detail: target });
    }
    for (const { owner, links, lostName } of this.#links.values())
      if (lostName) for (const link of links.values()) this.linked.set(link, owner);
  }

  /**
   * Moves hard links that come before their targets behind these targets. A link that was moved may itself be the
   * target of other links, which are then moved, too.
   */
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

  /**
   * Leaves out the hard link at `path` that waits for its target, because another member takes this path. Does nothing
   * when no link waits there.
   */
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
   * Removes what an earlier member has put at a path, because a later member has the same path, and returns true.
   * `there` is the earlier member, and `member` the number of the later one. Returns false if both are the same
   * directory with the same owner, mode and time: the later member is then left out.
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

  /**
   * Takes `path` away from the file that has it so far, because a later member has the same path. If the file has its
   * content at `path` and has hard links, the content is written at the path of one of them. Otherwise the earlier
   * member at `path` is left out.
   */
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

  /**
   * Makes a tar member a hard link to the file at the path `target`, and returns true. `member` is its number, and
   * `path` its own path. Returns false if an earlier member has already made `path` a name of that file: the new member
   * is then left out.
   */
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
