import { LIMITS } from '../limits.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
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

/** What is kept of a member beside its name. */
type Rest = Pick<KeptMember, 'type' | 'linkname' | 'attributes' | 'offset'>;

/** A calm file: nothing is ever said of it, so nobody asks where it is. */
const CALM: Rest = { type: '0', linkname: '', attributes: NO_ATTRIBUTES, offset: 0 };

/**
 * The members of a layer, as far as they matter to those who unpack it; dropped when they are too many. Of calm files, which
 * nearly all members are, only the name is kept: most layers are never tried.
 */
export class KeptMembers {
  readonly #budget: KeepBudget;
  #isDropped = false;
  #names: string[] = [];
  /** The rest of all members that are not calm, by their places among the names. */
  #others = new Map<number, Rest>();
  /** Directories that no member gives, but that must be there. */
  readonly implied = new Set<string>();

  constructor(budget: KeepBudget) {
    this.#budget = budget;
  }

  /** False when they were too many. */
  get isWhole(): boolean {
    return !this.#isDropped;
  }

  /** How many are kept. */
  get count(): number {
    return this.#names.length;
  }

  /** True when a path that somebody counts on is a member that is no directory. */
  hasNonDirectory(isWanted: (path: string) => boolean): boolean {
    return this.#names.some((name, at) => this.#others.get(at)?.type !== '5' && isWanted(cleanPath(name)));
  }

  /** Null when they were too many. Each call makes them anew. */
  get members(): readonly KeptMember[] | null {
    if (this.#isDropped) return null;
    return this.#names.map((name, at) => {
      const rest = this.#others.get(at);
      return { name, ...(rest ?? CALM), calm: rest === undefined };
    });
  }

  /** Keeps a file that every engine can unpack, in a directory of its own layer. */
  addCalm({ name }: Member): void {
    if (this.#isDropped) return;
    if (isDeep(name) || !this.#budget.take(name.length)) return this.#drop();
    this.#names.push(name);
  }

  add(member: Member, path: string, attributes: readonly Attribute[]): void {
    if (this.#isDropped) return;
    const { type, offset } = member;
    const name = member.name.length < LIMITS.pathBytes ? member.name : path.slice(0, LIMITS.pathBytes);
    const linkname = type === '1' || type === '2' ? shortTarget(member) : '';
    if (isDeep(path) || isDeep(linkname) || !this.#budget.take(name.length + linkname.length)) return this.#drop();
    this.#others.set(this.#names.push(name) - 1, { type, linkname, attributes, offset });
  }

  addImplied(path: string): void {
    if (this.#isDropped) return;
    if (this.#budget.take(path.length)) this.implied.add(path);
    else this.#drop();
  }

  #drop(): void {
    this.#isDropped = true;
    this.#names = [];
    this.#others = new Map();
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
