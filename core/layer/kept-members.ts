import { LIMITS } from '../limits.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import { NO_ATTRIBUTES } from './attributes.ts';
import { NameList } from './name-list.ts';
import type { Attribute, Operation } from './unpack/operation.ts';

/** A member of a layer, held in memory for a simulation of how container engines unpack the layer. */
export interface KeptMember extends Operation {
  /** The offset of the member's tar header in the layer, in bytes; 0 when `calm` is true, as it is not needed. */
  offset: number;
  /** True for a plain file that every engine can unpack, and whose directory is a member of the same layer. */
  calm: boolean;
}

/**
 * The number of members, and the bytes of their names, that may still be held in memory for simulations of how engines
 * unpack the layers of an archive. For all layers together, it also limits the number of directories without a tar
 * member of their own.
 */
export class KeepBudget {
  #members: number = LIMITS.triedMembers;
  #bytes: number = LIMITS.triedBytes;
  #implied = 0;
  #longNames = 0;

  /** Reserves memory for one member whose name and link target have `bytes` bytes. False when the budget is used up. */
  take(bytes: number): boolean {
    this.#bytes -= bytes;
    return --this.#members >= 0 && this.#bytes >= 0;
  }

  /**
   * Counts one more directory that has no tar member of its own. It is called only for a layer in which such
   * directories outnumber the members. Returns false when it was called more than `LIMITS.impliedDirectories` times for
   * all layers together.
   */
  takeImplied(): boolean {
    return ++this.#implied <= LIMITS.impliedDirectories;
  }

  /**
   * Counts a name or link target of `bytes` bytes, if it is long. Returns false when the long ones of all layers
   * together have more than `LIMITS.longNameBytes` bytes.
   */
  takeName(bytes: number): boolean {
    if (bytes > LIMITS.componentBytes) this.#longNames += bytes;
    return this.#longNames <= LIMITS.longNameBytes;
  }
}

/** The fields of a layer's member that are held in memory besides its name. */
type Rest = Pick<KeptMember, 'type' | 'linkname' | 'attributes' | 'offset'>;

/**
 * The fields of a plain file that every engine can unpack, and whose directory is a member of the layer. No finding is
 * about such a file, so its offset is not needed.
 */
const CALM: Rest = { type: '0', linkname: '', attributes: NO_ATTRIBUTES, offset: 0 };

/**
 * The members of a layer, held in memory for a simulation of how engines unpack the layer. Of plain files that every
 * engine can unpack, only the name is held, and the offset if their directory has no tar member. When there are too
 * many members, none is held.
 */
export class KeptMembers {
  readonly #budget: KeepBudget;
  #isDropped = false;
  #bytes = 0;
  readonly #names = new NameList();
  /** The fields of each member that some engine may not unpack, by the member's index in the layer, from 0. */
  #others = new Map<number, Rest>();
  /** The offsets of plain files that every engine can unpack, but whose directory has no tar member of its own. */
  #plain = new PlainFiles();
  /** The paths of directories that have no tar member of their own, but have members below them. */
  readonly implied = new Set<string>();

  constructor(budget: KeepBudget) {
    this.#budget = budget;
  }

  /**
   * True while all members of the layer are held in memory. False once all were dropped, because there were too many.
   */
  get isWhole(): boolean {
    return !this.#isDropped;
  }

  /** The number of members of a layer that are held in memory; 0 when there were too many. */
  get count(): number {
    return this.#names.length;
  }

  /** The number of bytes of the names and link targets that are held in memory; 0 when there were too many members. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True when `isWanted` is true for the path of a member that is held in memory and is not a directory. */
  hasNonDirectory(isWanted: (path: string) => boolean): boolean {
    let at = 0;
    for (const name of this.#names) if (this.#others.get(at++)?.type !== '5' && isWanted(cleanPath(name))) return true;
    return false;
  }

  /**
   * The members of a layer that are held in memory, in their order; null when there were too many. Each call makes a
   * new array.
   */
  get members(): readonly KeptMember[] | null {
    if (this.#isDropped) return null;
    const offsetAt = this.#plain.reader();
    return Array.from(this.#names, (name, at) => {
      const offset = offsetAt(at);
      const rest = offset === null ? this.#others.get(at) : { ...CALM, offset };
      return { name, ...(rest ?? CALM), calm: rest === undefined };
    });
  }

  /**
   * Holds in memory the name of a file that every engine can unpack, and whose directory is a member of the same layer.
   */
  addCalm({ name }: Member): void {
    if (this.#isDropped) return;
    if (isDeep(name) || !this.#affords(name.length)) return this.#drop();
    this.#names.push(name);
  }

  /**
   * Holds in memory the name and the offset of a plain file whose name has at most 255 bytes, and whose directory has
   * no tar member in the layer.
   */
  addPlain({ name, offset }: Member): void {
    if (this.#isDropped) return;
    if (!this.#affords(name.length)) return this.#drop();
    this.#plain.add(this.#names.length, offset);
    this.#names.push(name);
  }

  /**
   * Holds in memory the fields of a member that some engine may not unpack. `path` is the member's name after
   * `cleanPath`, for example without a leading `./`.
   */
  add(member: Member, path: string, attributes: readonly Attribute[]): void {
    if (this.#isDropped) return;
    const { type, offset } = member;
    const name = member.name.length < LIMITS.pathBytes ? member.name : path.slice(0, LIMITS.pathBytes);
    // Engines refuse a target of that length anyway.
    const linkname = type === '1' || type === '2' ? member.linkname.slice(0, LIMITS.pathBytes) : '';
    if (path.length > LIMITS.pathBytes && isPadded(name)) return this.#drop();
    if (isDeep(path) || isDeep(linkname) || !this.#affords(name.length + linkname.length)) return this.#drop();
    this.#others.set(this.#names.length, { type, linkname, attributes, offset });
    this.#names.push(name);
  }

  /** Holds in memory the path of a directory that has no tar member of its own, but has members below it. */
  addImplied(path: string): void {
    if (this.#isDropped) return;
    if (this.#budget.take(path.length)) this.implied.add(path);
    else this.#drop();
  }

  /** Counts the bytes of a member's name and link target. Returns false when the budget is used up. */
  #affords(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#budget.take(bytes);
  }

  #drop(): void {
    this.#isDropped = true;
    this.#bytes = 0;
    this.#names.clear();
    this.#others = new Map();
    this.#plain = new PlainFiles();
    this.implied.clear();
  }
}

/**
 * Stores the offsets of those plain files in a layer whose directory has no tar member. The offsets are kept in an
 * array of numbers, which takes a quarter of the memory of a Map.
 */
class PlainFiles {
  /** For each file added: its index among the members of the layer, then the offset of its tar header in bytes. */
  #numbers = new Float64Array(FIRST_NUMBERS);
  #used = 0;

  add(index: number, offset: number): void {
    if (this.#used === this.#numbers.length) {
      const before = this.#numbers;
      this.#numbers = new Float64Array(2 * before.length);
      this.#numbers.set(before);
    }
    this.#numbers[this.#used++] = index;
    this.#numbers[this.#used++] = offset;
  }

  /**
   * Returns a function that takes the index of a member in the layer, and returns the offset of its tar header; null
   * when that member was not added. The function must be called with rising indices.
   */
  reader(): (index: number) => number | null {
    let at = 0;
    return (index) => {
      if (at === this.#used || this.#numbers[at] !== index) return null;
      at += 2;
      return this.#numbers[at - 1] ?? null;
    };
  }
}

/**
 * The first length of the array in `PlainFiles`, in numbers. It is short, because in most layers each directory has a
 * tar member, so that the array stays empty. V8 keeps an array of up to 64 bytes in its own heap, where it costs far less.
 */
const FIRST_NUMBERS = 8;

/** True for a path that engines can unpack, but that has more than 200 parts. No real system has such a path. */
function isDeep(path: string): boolean {
  return path.length > LONG && path.length < LIMITS.pathBytes && path.split('/', MANY_PARTS + 1).length > MANY_PARTS;
}

const MANY_PARTS = 200;
/**
 * The length of a path, in bytes, up to which the path cannot have more than 200 parts. A part takes at least two
 * bytes: one character and a slash.
 */
const LONG = 2 * MANY_PARTS;

/**
 * True for the beginning of a name that is too long, when engines would shorten it by its empty components and
 * components `.`. A simulation would then take it for another path. No real archive has such a name.
 */
function isPadded(name: string): boolean {
  return cleanPath(name).length < LIMITS.pathBytes - 1;
}
