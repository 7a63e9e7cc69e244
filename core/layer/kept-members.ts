import { LIMITS } from '../limits.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import { NO_ATTRIBUTES } from './attributes.ts';
import { NameList } from './name-list.ts';
import type { Attribute, Operation } from './unpack/operation.ts';

/** A member of a layer, held in memory to simulate how container engines unpack the layer. */
export interface KeptMember extends Operation {
  /** The offset in bytes of the member's tar header in the layer. 0 when `calm` is true: no finding needs it then. */
  offset: number;
  /** True for a plain file that every engine can unpack, and whose directory has a tar member in the same layer. */
  calm: boolean;
}

/**
 * Limits the memory for simulations of how engines unpack the layers of an archive, for all layers together. It counts
 * members that are held in memory, bytes of their names, and directories that have no tar member of their own.
 */
export class KeepBudget {
  #members: number = LIMITS.triedMembers;
  #bytes: number = LIMITS.triedBytes;
  #implied = 0;
  #longNames = 0;

  /**
   * Reserves memory for one member or directory. `bytes` is the number of bytes of its name and link target. Returns
   * false when the budget is used up.
   */
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
   * Counts the `bytes` bytes of a name or link target if they are more than `LIMITS.componentBytes`. Returns false when
   * all such long names in all layers together have more than `LIMITS.longNameBytes` bytes.
   */
  takeName(bytes: number): boolean {
    if (bytes > LIMITS.componentBytes) this.#longNames += bytes;
    return this.#longNames <= LIMITS.longNameBytes;
  }
}

/** The fields of a member of a layer that are held in memory, apart from its name. */
type Rest = Pick<KeptMember, 'type' | 'linkname' | 'attributes' | 'offset'>;

/**
 * The fields of all calm members: plain files that every engine can unpack, and whose directory has a tar member. No
 * finding is about such a file, so the offset is not needed and 0.
 */
const CALM: Rest = { type: '0', linkname: '', attributes: NO_ATTRIBUTES, offset: 0 };

/**
 * The members of a layer, held in memory to simulate how engines unpack the layer. Of a plain file that every engine
 * can unpack, only the name is held, and the offset if its directory has no tar member. When the members take more
 * memory than the budget allows, all are dropped.
 */
export class KeptMembers {
  readonly #budget: KeepBudget;
  #isDropped = false;
  #bytes = 0;
  readonly #names = new NameList();
  /**
   * The fields of the members that some engine may not unpack. Keys are the indexes of the members in the layer, from
   * 0.
   */
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

  /**
   * The number of members of the layer that are held in memory; 0 after all were dropped, because there were too many.
   */
  get count(): number {
    return this.#names.length;
  }

  /** The number of bytes of the names and link targets that are held in memory; 0 after all members were dropped. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * True when `isWanted` returns true for the path of some member in memory that is not a directory. False after all
   * members were dropped.
   */
  hasNonDirectory(isWanted: (path: string) => boolean): boolean {
    let at = 0;
    for (const name of this.#names) if (this.#others.get(at++)?.type !== '5' && isWanted(cleanPath(name))) return true;
    return false;
  }

  /**
   * The members of the layer in their order. Null after all were dropped, because there were too many. Each call makes
   * a new array.
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
   * Holds in memory the name of a plain file that every engine can unpack, and whose directory has a tar member in the
   * same layer. Drops all members when the budget is used up, or when the path has too many components.
   */
  addCalm({ name }: Member): void {
    if (this.#isDropped) return;
    if (isDeep(name) || !this.#affords(name.length)) return this.#drop();
    this.#names.push(name);
  }

  /**
   * Holds in memory the name and the offset of a plain file whose directory has no tar member in the layer. The name
   * must have at most 255 bytes. Drops all members when the budget is used up.
   */
  addPlain({ name, offset }: Member): void {
    if (this.#isDropped) return;
    if (!this.#affords(name.length)) return this.#drop();
    this.#plain.add(this.#names.length, offset);
    this.#names.push(name);
  }

  /**
   * Holds in memory the fields of a member that some engine may not unpack. `path` is the member's name after
   * `cleanPath`, for example without a leading `./`. `attributes` are the extended attributes that some engine cannot
   * set. Drops all members when the budget is used up, or when a path cannot be simulated.
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

  /**
   * Holds in memory the path of a directory that has no tar member of its own, but members below it. Drops all members
   * when the budget is used up.
   */
  addImplied(path: string): void {
    if (this.#isDropped) return;
    if (this.#budget.take(path.length)) this.implied.add(path);
    else this.#drop();
  }

  /**
   * Counts the bytes of a member's name and link target. Returns false when the budget for members and bytes is used
   * up.
   */
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
   * Returns a function that finds offsets: for the index of a member in the layer, it returns the offset in bytes of
   * the member's tar header. It returns null when the member was not added. It must be called with rising indexes.
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
 * The first length of the array in `PlainFiles`: the number of its 8-byte elements. It is small, because in most layers
 * each directory has a tar member, so that the array stays empty. V8 keeps an array of up to 64 bytes in its own heap,
 * where it costs far less.
 */
const FIRST_NUMBERS = 8;

/**
 * True for a path of more than 200 components that is still short enough for engines. No real system has such a path,
 * and a simulation would take long for it.
 */
function isDeep(path: string): boolean {
  return path.length > LONG && path.length < LIMITS.pathBytes && path.split('/', MANY_PARTS + 1).length > MANY_PARTS;
}

const MANY_PARTS = 200;
/**
 * The length of a path in bytes up to which it has at most 200 components, and need not be split to count them. A
 * component takes at least two bytes: one character and a slash.
 */
const LONG = 2 * MANY_PARTS;

/**
 * True for a name, cut to `LIMITS.pathBytes` bytes, that becomes shorter when empty components and components `.` are
 * removed. A simulation would take it for another path than that of the whole name. No real archive has such a name.
 */
function isPadded(name: string): boolean {
  return cleanPath(name).length < LIMITS.pathBytes - 1;
}
