import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { byteString, bytesOf } from '../model/byte-string.ts';

/**
 * The kinds of things that can be at a path in a layer. Only those kinds are distinguished that make a difference when
 * later members of the layer are unpacked.
 */
export const HOLDS = {
  nothing: 0,
  directory: 1,
  symlink: 2,
  other: 3,
  /** A directory for which the archive has no member of its own, but a member inside it. */
  implied: 4,
  /**
   * A whiteout: the member by which a layer deletes a path of a lower layer. With the overlay storage driver, there is
   * a device file at the path. Other drivers delete the path and create nothing there.
   */
  whiteout: 5,
} as const;
export type Holds = (typeof HOLDS)[keyof typeof HOLDS];

/**
 * A member's name as engines read it: without a leading `/` or `./` and without repeated slashes. Empty for the root
 * directory. No engine can unpack a name of more than `LIMITS.pathBytes` bytes. Such a name is not cleaned, but cut to
 * one byte more than the limit, so that it costs little wherever it is read, and is still judged as too long.
 */
export function cleanPath(name: string): string {
  if (name.length > LIMITS.pathBytes) return name.slice(0, LIMITS.pathBytes + 1);
  const inner = trimmed(name);
  return isClean(inner) ? inner : joined(inner, false);
}

/**
 * Like `cleanPath`, but each component `..` is resolved, too; at the root, it is dropped. A name that is too long for
 * any engine is only cut, as by `cleanPath`.
 */
export function resolvedPath(name: string): string {
  const path = cleanPath(name);
  return path.length > LIMITS.pathBytes || !hasUpward(path) ? path : joined(path, true);
}

/** A name without a `./` or `/` at its beginning, and without a slash at its end. Most names then need no more. */
function trimmed(name: string): string {
  const first = name.charCodeAt(0);
  const from = first === SLASH ? 1 : first === DOT && name.charCodeAt(1) === SLASH ? 2 : 0;
  const to = name.charCodeAt(name.length - 1) === SLASH ? name.length - 1 : name.length;
  return from === 0 && to === name.length ? name : name.slice(from, to);
}

/**
 * A name without empty components and components `.`, and if `resolves` is true, with each `..` resolved. The function
 * works on the bytes of the name: splitting a text takes several times as long when it has thousands of components.
 */
function joined(name: string, resolves: boolean): string {
  const bytes = bytesOf(`${name}/`);
  // What is kept moves to the front: up to `length`, where the component that is being read begins at `part`.
  let length = 0;
  let part = 0;
  for (let at = 0; at < bytes.length; at++) {
    const code = bytes[at]!;
    bytes[length++] = code;
    if (code !== SLASH) continue;
    const size = length - 1 - part;
    if (size === 0 || (size === 1 && bytes[part] === DOT)) length = part;
    else if (resolves && size === 2 && bytes[part] === DOT && bytes[part + 1] === DOT)
      length = part = previous(bytes, part);
    else part = length;
  }
  return byteString(bytes, 0, length - 1);
}

/** The index in `bytes`, a path, of the component before the one that begins at `part`; 0 when there is none. */
function previous(bytes: Uint8Array, part: number): number {
  let at = Math.max(0, part - 1);
  while (at > 0 && bytes[at - 1] !== SLASH) at--;
  return at;
}

/**
 * The directory of the last name that `isClean` accepted, with a slash at its end. The next member is often in the same
 * directory, which is then not checked again.
 */
let cleanAbove = '';

/** True for a member name without empty parts and `.` parts. A loop checks this faster than a regular expression. */
function isClean(name: string): boolean {
  if (!name.startsWith(cleanAbove)) cleanAbove = '';
  let part = cleanAbove.length;
  for (let slash = name.indexOf('/', part); slash !== -1; slash = name.indexOf('/', part)) {
    if (isNoPart(name, part, slash)) return false;
    part = slash + 1;
  }
  if (part > cleanAbove.length) cleanAbove = name.slice(0, part);
  return !isNoPart(name, part, name.length);
}

function isNoPart(name: string, from: number, to: number): boolean {
  return to === from || (to === from + 1 && name.charCodeAt(from) === DOT);
}

/** True for a path with a component `..`, which leads to the directory above. */
export function hasUpward(path: string): boolean {
  return path.includes('..') && `/${path}/`.includes('/../');
}

/** The path of the directory that contains `path`; empty at the top level. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/**
 * The set of all paths of an archive, with the kind of thing at each, such as directory or symlink. A path takes about
 * 16 bytes; in a Set of strings it takes over 100. The set is an open-addressed table of 61-bit hashes. Among a million
 * paths, two share a hash with a probability of 2 in 10^7. The hash has no random seed, because an archive must be
 * judged the same each time.
 */
export class PathSet {
  /**
   * The hash table of the path set. Each path has two adjacent words. The first is the low word of its hash. The second
   * is the high word, whose last three bits are replaced by the kind of the path. The words are adjacent so that one
   * access to memory reads both.
   */
  #slots = new Int32Array(FIRST_WORDS);
  #size = 0;

  get(path: string): Holds {
    hash(path);
    return holdsAt(this.#slots, find(this.#slots, hashLow, hashHigh));
  }

  /**
   * Checks that `path` and all directories above it exist and are directories. If so, returns `directory`, or `implied`
   * when `path` has no tar member of its own. Otherwise returns the kind of the first path, from the root down, that is
   * not a directory; `nothing` means that this path does not exist. If `make` is given, a missing directory is no
   * failure: it is added as `implied`, and `make` is called with its path. If `make` is null, nothing is added.
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

  /**
   * Sets the kind of thing that is at a path (directory, symlink or other). Returns the previous kind; `nothing` if the
   * path is new.
   */
  put(path: string, holds: Holds): Holds {
    hash(path);
    return this.#set(holds);
  }

  /**
   * Returns the directory of a path, with a slash at the end: `etc/` for `etc/passwd`. `addLocated` can then add the
   * path. For two paths in the same directory it returns the same string object, which is fast to compare.
   */
  locate(path: string): string {
    hash(path);
    return above;
  }

  /**
   * Adds the path that was last passed to `locate`, with its kind, and returns true. Returns false, and changes
   * nothing, if the path is already in the set.
   */
  addLocated(holds: Holds): boolean {
    return this.#set(holds, false) === HOLDS.nothing;
  }

  /**
   * Sets the kind of the path that was hashed last, and returns its previous kind; `nothing` if the path is new. With
   * `replaces` false, a path that is in the set keeps its kind.
   */
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

/**
 * Finds a path in the hash table by its hash, given in two words. Returns the index of its first word. If the path is
 * not in the table, returns the index of the free slot where it belongs. Throws a LadingError (`bad-archive`) when so
 * many other paths are in the way that somebody has made their hashes alike.
 */
function find(slots: Int32Array, low: number, high: number): number {
  const mask = slots.length - 2;
  let at = (low << 1) & mask;
  for (let passed = 0; passed < LIMITS.collidingPaths; passed++) {
    const found = slots[at + 1] ?? 0;
    if ((found & MASK) === HOLDS.nothing || (slots[at] === low && (found & ~MASK) === high)) return at;
    at = (at + 2) & mask;
  }
  throw beyondLimit(COLLIDING, LIMITS.collidingPaths);
}

const COLLIDING = { en: 'the number of paths whose hashes are nearly the same', zh: '哈希值几乎相同的路径数' };

function holdsAt(slots: Int32Array, at: number): Holds {
  return ((slots[at + 1] ?? 0) & MASK) as Holds;
}

/**
 * The size of a new hash table of paths in 32-bit words: room for 6 paths. It is small, because an archive may hold
 * thousands of JSON documents. Each of them could be a layer until it was read, and so gets a table of its own. V8
 * keeps an array of up to 64 bytes in its own heap, where it costs far less.
 */
const FIRST_WORDS = 1 << 4;

/**
 * The size, in 32-bit words, below which the hash table of paths grows to four times its size. A larger table only
 * doubles. Fourfold growth wastes less than a megabyte of memory, but saves time, because all entries are moved
 * whenever the table grows.
 */
const SMALL_WORDS = 1 << 18;

/** The bits of a hash table's word that hold the kind of the path. */
const MASK = 7;
const SLASH = 0x2f;
const DOT = 0x2e;
const HIGH = 0x9e3779b9 | 0;
const LOW = 0x811c9dc5 | 0;

let hashHigh = 0;
let hashLow = 0;

/**
 * The directory of the path that was hashed last, with a slash at its end. The next path is often in the same
 * directory, whose hash is then reused.
 */
let above = '';
/**
 * The first of the two hashes of the directory of the path that was hashed last; `aboveLow` is the second. For the next
 * path in that directory, only the rest of the path is hashed, starting from these values.
 */
let aboveHigh = HIGH;
let aboveLow = LOW;

/**
 * Computes two independent 32-bit hashes of a path. It leaves them in `hashHigh` and `hashLow`, because returning an
 * array would cost time.
 */
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
