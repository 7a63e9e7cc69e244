import { both } from '../catalogue/bilingual.ts';
import { finding } from '../catalogue/findings.ts';
import type { MergedTree } from '../files/merge.ts';
import { HIDDEN, type MergedFile, type Place } from '../files/merged-file.ts';
import { below } from '../files/path-parts.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { printable } from '../model/bytes.ts';
import { badArchive } from '../model/errors.ts';
import type { Whiteouts } from '../model/recipe.ts';
import type { NewMember } from '../tar/make-header.ts';
import { Decisions } from './decisions.ts';
import { type Name, settleLinks } from './links.ts';

/**
 * What the function `decide` must know about layers that become one tar archive. `headers` and `members` are collected
 * while the layers are read for the first time. `whiteouts` says how whiteouts are treated. From this, and from the
 * tree of the files that the layers make together, `decide` decides what is written.
 */
export interface Reading {
  /**
   * The tar headers of directories that may have to be written earlier than they were read. The key is the number of
   * the directory's member among all members of the layers, from 0.
   */
  headers: ReadonlyMap<number, Uint8Array>;
  /** The number of tar members in all layers that were read. */
  members: number;
  whiteouts: Whiteouts;
}

/**
 * Decides what becomes of each tar member of some layers when they are made into one archive, and returns the
 * decisions. The archive gets the files in `tree`, those that the layers make together. The members keep the order in
 * which they are read, with two exceptions. A directory is written before the first file in it, and a hard link after
 * the file that it links to. Throws `bad-archive` for a hard link whose target is missing, unless a lower layer, which
 * is not read, may have the target.
 */
export function decide(tree: MergedTree, reading: Reading): Decisions {
  const decisions = new Decisions();
  const linked = new Map<number, Name[]>();
  const add = (content: number, name: Name): void => {
    const names = linked.get(content);
    if (names === undefined) linked.set(content, [name]);
    else names.push(name);
  };
  each('', tree.root, (path, file) => {
    if (file.type === '1' && file.content === file.number && reading.whiteouts !== 'kept') throw dangling(path, file);
    if (file.content !== file.number) add(file.content, { path, file });
  });
  if (linked.size > 0) {
    each('', tree.root, (path, file) => {
      if (file.content === file.number && linked.has(file.content)) add(file.content, { path, file });
    });
  }
  const slots = settleLinks(linked, decisions);
  new Order(reading, slots, decisions).place('', tree.root);
  return decisions;
}

function dangling(path: string, { linkname }: MergedFile): Error {
  return badArchive(finding('hard-link-dangling', { member: printable(path), target: printable(linkname) }));
}

/** Calls `visit` for `path` and all paths below it that have a tar member. A directory comes before its entries. */
function each(
  path: string,
  { file, children }: Readonly<Place>,
  visit: (path: string, file: MergedFile) => void,
): void {
  if (file !== null) visit(path, file);
  for (const [name, child] of children ?? []) each(below(path, name), child, visit);
}

/**
 * A position in the new tar archive: the one at which the layers' tar member with the number `number` would be written,
 * counted from 0. The number of all members stands for the end of the archive. `mtime` is the modification time, in
 * seconds since 1970, of what is written at this position.
 */
interface Slot {
  number: number;
  mtime: number;
}

/**
 * Decides for each path in a tree of files at which place of the new tar archive it is written. The tar members of the
 * layers keep their order, with one exception: a directory is written before its first file.
 */
class Order {
  readonly #reading: Reading;
  readonly #slots: ReadonlyMap<MergedFile, number>;
  readonly #decisions: Decisions;
  #renamedBytes = 0;

  constructor(reading: Reading, slots: ReadonlyMap<MergedFile, number>, decisions: Decisions) {
    this.#reading = reading;
    this.#slots = slots;
    this.#decisions = decisions;
  }

  /**
   * Decides where a path and all paths below it are written in the new tar archive. Returns the first of these
   * positions; null if nothing is written.
   */
  place(path: string, { file, children, opaque }: Readonly<Place>): Slot | null {
    if (children === null) return file === null ? null : this.#file(path, file);
    let first: Slot | null = null;
    for (const [name, child] of children) {
      const slot = this.place(below(path, name), child);
      if (slot !== null && (first === null || slot.number < first.number)) first = slot;
    }
    const isMarked = opaque !== null && this.#reading.whiteouts === 'kept';
    const mark = isMarked ? { ...EMPTY, name: below(path, '.wh..wh..opq') } : null;
    if (file !== null) return this.#directory(path, file, first, mark);
    // Over lower layers, a directory without a member keeps what they say of it, unless they have something else.
    const isNew = this.#reading.whiteouts !== 'kept' || opaque === 'new';
    return this.#implied(path, first, mark, isNew && path !== '');
  }

  #file(path: string, file: MergedFile): Slot {
    const { number, mtime } = file;
    const slot = this.#slots.get(file);
    if (slot !== undefined) return { number: slot, mtime };
    if (file.moved) this.#rename(number, file.type === HIDDEN ? hiddenName(path) : path);
    else this.#decisions.keep(number);
    return { number, mtime };
  }

  /**
   * Gives the tar member with the number `number` another name. Throws `bad-archive` when the new names of all members
   * have more than `LIMITS.movedBytes` bytes together.
   */
  #rename(number: number, name: string): void {
    this.#renamedBytes += name.length;
    if (this.#renamedBytes > LIMITS.movedBytes) throw beyondLimit(RENAMED, LIMITS.movedBytes);
    this.#decisions.change(number, { name });
  }

  /**
   * Decides at which position a directory is written in the new archive, and returns the position. The directory has a
   * tar member of its own in a layer. `first` is the first position of anything inside the directory; null if nothing
   * inside it is written. `mark` is the whiteout that hides what lower layers have in the directory; null for no
   * whiteout.
   */
  #directory(path: string, file: MergedFile, first: Slot | null, mark: NewMember | null): Slot {
    const { number, mtime } = file;
    const header = file.moved ? undefined : this.#reading.headers.get(number);
    const isLate = first !== null && first.number < number;
    const at = isLate ? first.number : number;
    const moved = isLate && header !== undefined;
    if (mark !== null) this.#decisions.insertBefore(isLate ? at : number + 1, mark);
    if (moved) this.#decisions.insertBefore(at, header);
    else if (file.moved) this.#rename(number, `${path}/`);
    else this.#decisions.keep(number);
    return { number: at, mtime };
  }

  /**
   * Decides what is written for a directory for which no layer has a tar member. If `isNew` is true, a member with mode
   * 0755 is made for the directory, as engines make such directories. `mark` is the whiteout that hides what lower
   * layers have in the directory; null for no whiteout. `first` is the first position of anything in the directory;
   * null if nothing in it is written. Returns the first position at which the directory, its whiteout or anything in it
   * is written; null if nothing is written.
   */
  #implied(path: string, first: Slot | null, mark: NewMember | null, isNew: boolean): Slot | null {
    const slot = first ?? { number: this.#reading.members, mtime: 0 };
    if (mark !== null) this.#decisions.insertBefore(slot.number, mark);
    if (!isNew) return mark === null ? first : slot;
    const made = { ...EMPTY, name: `${path}/`, type: '5', mode: 0o755, mtime: slot.mtime };
    this.#decisions.insertBefore(slot.number, made);
    return slot;
  }
}

const RENAMED = both('the bytes of the new names of members', '成员新名称的字节数');

const EMPTY = { type: '0', mode: 0, uid: 0, gid: 0, mtime: 0, linkname: '' };

function hiddenName(path: string): string {
  const slash = path.lastIndexOf('/') + 1;
  return `${path.slice(0, slash)}.wh.${path.slice(slash)}`;
}
