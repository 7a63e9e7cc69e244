import { LIMITS } from '../../limits.ts';
import { cleanPath } from '../tar/paths.ts';
import type { Member } from '../tar/tar.ts';
import { NO_ATTRIBUTES } from './attributes.ts';
import type { Attribute, Operation } from './unpack/operation.ts';

/** A member that is kept until the layer can be tried. */
export interface KeptMember extends Operation {
  /** Where it is in the archive. */
  offset: number;
  /** True for a file that every engine can unpack, in a directory of its own layer. */
  calm: boolean;
}

/** What may still be kept, of all the layers of an archive. */
export class KeepBudget {
  #members: number = LIMITS.triedMembers;
  #bytes: number = LIMITS.triedBytes;

  /** True when there is room for a member whose names have this many bytes. */
  take(bytes: number): boolean {
    this.#bytes -= bytes;
    return --this.#members >= 0 && this.#bytes >= 0;
  }
}

/**
 * The members of a layer, as far as they matter to those who unpack it; dropped when they are too many. They stand in
 * columns: an object for each would have to be moved by the collector, and most layers are never tried.
 */
export class KeptMembers {
  readonly #budget: KeepBudget;
  #isDropped = false;
  #names: string[] = [];
  #types: string[] = [];
  #offsets: number[] = [];
  #calm: boolean[] = [];
  /** Where links lead, and the attributes of members that have some. */
  #linknames = new Map<number, string>();
  #attributes = new Map<number, readonly Attribute[]>();
  /** Directories that no member gives, but that must be there. */
  readonly implied = new Set<string>();

  constructor(budget: KeepBudget) {
    this.#budget = budget;
  }

  /** False when they were too many. */
  get isWhole(): boolean {
    return !this.#isDropped;
  }

  /** True when one of these paths is a member that is no directory. */
  hasNonDirectory(paths: ReadonlySet<string>): boolean {
    return this.#names.some((name, at) => this.#types[at] !== '5' && paths.has(cleanPath(name)));
  }

  /** Null when they were too many. Each call makes them anew. */
  get members(): readonly KeptMember[] | null {
    if (this.#isDropped) return null;
    return this.#names.map((name, at) => ({
      name,
      type: this.#types[at] ?? '',
      linkname: this.#linknames.get(at) ?? '',
      attributes: this.#attributes.get(at) ?? NO_ATTRIBUTES,
      offset: this.#offsets[at] ?? 0,
      calm: this.#calm[at] ?? false,
    }));
  }

  add(member: Member, path: string, attributes: readonly Attribute[]): void {
    if (this.#isDropped) return;
    const { type, offset } = member;
    const name = member.name.length < LIMITS.pathBytes ? member.name : path.slice(0, LIMITS.pathBytes);
    const linkname = type === '1' || type === '2' ? shortTarget(member) : '';
    if (isDeep(path) || isDeep(linkname) || !this.#budget.take(name.length + linkname.length)) return this.#drop();
    const at = this.#names.push(name) - 1;
    this.#types.push(type);
    this.#offsets.push(offset);
    this.#calm.push(false);
    if (linkname !== '') this.#linknames.set(at, linkname);
    if (attributes.length > 0) this.#attributes.set(at, attributes);
  }

  /** Says of the last member that it is calm. */
  markCalm(): void {
    if (!this.#isDropped) this.#calm[this.#calm.length - 1] = true;
  }

  addImplied(path: string): void {
    if (this.#isDropped) return;
    if (this.#budget.take(path.length)) this.implied.add(path);
    else this.#drop();
  }

  #drop(): void {
    this.#isDropped = true;
    this.#names = this.#types = [];
    this.#offsets = [];
    this.#calm = [];
    this.#linknames = new Map();
    this.#attributes = new Map();
    this.implied.clear();
  }
}

/** True for a path of so many directories that no real system has it. One that is too long is followed by nobody. */
function isDeep(path: string): boolean {
  return path.length > LONG && path.length < LIMITS.pathBytes && path.split('/', MANY_PARTS + 1).length > MANY_PARTS;
}

const MANY_PARTS = 200;
/** Shorter paths have fewer parts. */
const LONG = 2 * MANY_PARTS;

/** A target that no engine can follow is kept as one that is too long, and no longer. */
function shortTarget({ type, linkname }: Member): string {
  if (linkname.length < LIMITS.pathBytes) return linkname;
  return (type === '1' ? cleanPath(linkname) : linkname).slice(0, LIMITS.pathBytes);
}
