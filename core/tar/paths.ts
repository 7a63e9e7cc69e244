/** The kinds of things that a path can hold, as far as later members depend on them. */
export const HOLDS = {
  nothing: 0,
  directory: 1,
  symlink: 2,
  other: 3,
  /** A directory that has no member of its own, but must exist because a member is in it. */
  implied: 4,
  /** The mark that a path of a lower layer is deleted: a device on overlay, nothing elsewhere. */
  whiteout: 5,
} as const;
export type Holds = (typeof HOLDS)[keyof typeof HOLDS];

/** A member's name as engines read it, without a leading `/` or `./` and extra slashes. Empty for the root. */
export function cleanPath(name: string): string {
  if (isClean(name)) return name;
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** The directory of the last clean name, with its slash: most members follow a sibling. */
let cleanAbove = '';

/** True for a name without empty parts and single dots. A loop is faster than a regular expression here. */
function isClean(name: string): boolean {
  if (!name.startsWith(cleanAbove)) cleanAbove = '';
  let part = cleanAbove.length;
  for (let i = part; i < name.length; i++) {
    if (name.charCodeAt(i) !== SLASH) continue;
    if (isNoPart(name, part, i)) return false;
    part = i + 1;
  }
  if (part > cleanAbove.length) cleanAbove = name.slice(0, part);
  return !isNoPart(name, part, name.length);
}

function isNoPart(name: string, from: number, to: number): boolean {
  return to === from || (to === from + 1 && name.charCodeAt(from) === DOT);
}

/** The path of the parent directory; empty at the top level. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/**
 * The set of all paths in an archive: an open-addressed table of 61-bit hashes and kinds, about 16 bytes for each path.
 * A Set of strings takes over 100. Among a million paths, two share a hash with a probability of 2 in 10^7. The hash
 * has no random seed, because the same archive must always get the same verdict.
 */
export class PathSet {
  /** Two adjacent words for each path, read in one memory access: low hash; high hash with the kind in 3 bits. */
  #slots = new Int32Array(1 << 13);
  #size = 0;

  get(path: string): Holds {
    hash(path);
    return holdsAt(this.#slots, find(this.#slots, hashLow, hashHigh));
  }

  /**
   * The kind of a directory path: `directory`, or `implied` when no member gives it. When a part of the path is missing
   * or not a directory, the kind of the first such part. With `make`, missing directories are recorded as implied and
   * passed to it. The time grows with the length of the path alone, however many directories are in it.
   */
  follow(path: string, make: ((implied: string) => void) | null): Holds {
    let [high, low] = [HIGH, LOW];
    let last: Holds = HOLDS.directory;
    for (let i = 0; i <= path.length; i++) {
      const code = i < path.length ? path.charCodeAt(i) : SLASH;
      if (code === SLASH) {
        hashLow = mix(low);
        hashHigh = mix(high ^ low) & ~MASK;
        last = holdsAt(this.#slots, find(this.#slots, hashLow, hashHigh));
        if (last === HOLDS.nothing) {
          if (make === null) return last;
          this.#set(HOLDS.implied);
          make(path.slice(0, i));
          last = HOLDS.implied;
        } else if (last !== HOLDS.directory && last !== HOLDS.implied) return last;
      }
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul(high ^ code, 0x85ebca6b);
      high ^= high >>> 13;
    }
    return last;
  }

  /** Records the kind of a path, and returns the previous kind. */
  put(path: string, holds: Holds): Holds {
    hash(path);
    return this.#set(holds);
  }

  /** The directory of a path with its slash, the same string for all siblings. Selects the path for `addLocated`. */
  locate(path: string): string {
    hash(path);
    return above;
  }

  /** Records the kind of the path that `locate` got last. Returns false, and changes nothing, when it has a kind. */
  addLocated(holds: Holds): boolean {
    return this.#set(holds, false) === HOLDS.nothing;
  }

  /** Records the kind of the path hashed last, and returns the previous kind. `replaces` is false to keep that one. */
  #set(holds: Holds, replaces = true): Holds {
    if (this.#size * 8 > this.#slots.length * 3) this.#grow();
    const slots = this.#slots;
    const at = find(slots, hashLow, hashHigh);
    const before = holdsAt(slots, at);
    if (before === HOLDS.nothing) this.#size++;
    else if (!replaces) return before;
    slots[at] = hashLow;
    slots[at + 1] = hashHigh | holds;
    return before;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * (old.length < SMALL_WORDS ? 4 : 2));
    for (let i = 0; i < old.length; i += 2) {
      const [low, high] = [old[i] ?? 0, old[i + 1] ?? 0];
      if ((high & MASK) === HOLDS.nothing) continue;
      const at = find(this.#slots, low, high & ~MASK);
      this.#slots[at] = low;
      this.#slots[at + 1] = high;
    }
    old.buffer.transfer(0); // frees the memory now, before the garbage collector runs
  }
}

/** The index of the slot that holds the hash, or of the free slot for it. */
function find(slots: Int32Array, low: number, high: number): number {
  const mask = slots.length - 2;
  let at = (low << 1) & mask;
  for (;;) {
    const found = slots[at + 1] ?? 0;
    if ((found & MASK) === HOLDS.nothing || (slots[at] === low && (found & ~MASK) === high)) return at;
    at = (at + 2) & mask;
  }
}

function holdsAt(slots: Int32Array, at: number): Holds {
  return ((slots[at + 1] ?? 0) & MASK) as Holds;
}

/** Words below which a table grows fourfold: each growth moves all paths, and a megabyte is cheap. */
const SMALL_WORDS = 1 << 18;

/** The bits of a slot that hold the kind of its path. */
const MASK = 7;
const SLASH = 0x2f;
const DOT = 0x2e;
const HIGH = 0x9e3779b9 | 0;
const LOW = 0x811c9dc5 | 0;

let hashHigh = 0;
let hashLow = 0;

/** The directory of the last path, with its slash, and the two hashes up to it: most members follow a sibling. */
let above = '';
let aboveHigh = HIGH;
let aboveLow = LOW;

/** Computes two independent 32-bit hashes in one loop. Sets two variables, because an array would cost more time. */
function hash(path: string): void {
  if (!path.startsWith(above)) forget();
  let high = aboveHigh;
  let low = aboveLow;
  let directory = above.length;
  for (let i = directory; i < path.length; i++) {
    const code = path.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 13;
    if (code !== SLASH) continue;
    directory = i + 1;
    aboveHigh = high;
    aboveLow = low;
  }
  if (directory > above.length) above = path.slice(0, directory);
  hashHigh = mix(high ^ low) & ~MASK;
  hashLow = mix(low);
}

function forget(): void {
  above = '';
  aboveHigh = HIGH;
  aboveLow = LOW;
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
