/** What a path holds, as far as later members depend on it. */
export const HOLDS = { nothing: 0, directory: 1, symlink: 2, other: 3 } as const;
export type Holds = (typeof HOLDS)[keyof typeof HOLDS];

/** A member's name as engines see it: no leading `/` or `./`, no doubled or trailing slashes. Empty for the root. */
export function cleanPath(name: string): string {
  if (!UNCLEAN.test(name)) return name;
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

const UNCLEAN = /^\.?\/|^\.$|\/\.?$|\/\.?\//;

/** The path of the directory above, empty for the top level. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/**
 * The set of all paths of an archive, some 18 bytes a path: an open-addressed table of 64-bit hashes.
 * A Set of strings takes 100 and more. Two different paths share a hash with a chance of 3 in 10^8
 * for a million of them; the hash is fixed, because the same archive must always get the same verdict.
 */
export class PathSet {
  #high = new Uint32Array(1 << 12);
  #low = new Uint32Array(1 << 12);
  #holds = new Uint8Array(1 << 12);
  #size = 0;

  get(path: string): Holds {
    hash(path);
    return this.#holds[this.#slot(hashHigh, hashLow)] as Holds;
  }

  /** Records what the path holds now, and returns what it held before. */
  put(path: string, holds: Holds): Holds {
    if (this.#size * 4 > this.#holds.length * 3) this.#grow();
    hash(path);
    const slot = this.#slot(hashHigh, hashLow);
    const before = this.#holds[slot] as Holds;
    if (before === HOLDS.nothing) this.#size++;
    this.#high[slot] = hashHigh;
    this.#low[slot] = hashLow;
    this.#holds[slot] = holds;
    return before;
  }

  #slot(high: number, low: number): number {
    const mask = this.#holds.length - 1;
    let slot = low & mask;
    while (this.#holds[slot] !== HOLDS.nothing && (this.#low[slot] !== low || this.#high[slot] !== high)) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const [high, low, holds] = [this.#high, this.#low, this.#holds];
    const length = holds.length * 2;
    [this.#high, this.#low, this.#holds] = [new Uint32Array(length), new Uint32Array(length), new Uint8Array(length)];
    for (let i = 0; i < holds.length; i++) {
      if (holds[i] === HOLDS.nothing) continue;
      const slot = this.#slot(high[i] ?? 0, low[i] ?? 0);
      this.#high[slot] = high[i] ?? 0;
      this.#low[slot] = low[i] ?? 0;
      this.#holds[slot] = holds[i] ?? 0;
    }
  }
}

let hashHigh = 0;
let hashLow = 0;

/** Two independent 32-bit hashes in one walk; returned in two variables, as an array would cost more than the hash. */
function hash(path: string): void {
  let high = 0x9e3779b9;
  let low = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 13;
  }
  hashHigh = mix(high ^ low) >>> 0;
  hashLow = mix(low) >>> 0;
}

function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
