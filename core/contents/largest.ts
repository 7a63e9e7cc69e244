/**
 * Collects entries, each with a path and a size in bytes, and keeps only the `most` largest. Entries of the same size
 * are ordered by their paths. Entries of 0 bytes are ignored.
 */
export class Largest<T extends { path: string; bytes: number }> {
  readonly #most: number;
  #kept: T[] = [];
  /**
   * The fewest bytes that a further entry must have to be kept. Entries with fewer are surely not among the largest.
   */
  #least = 1;

  constructor(most: number) {
    this.#most = most;
  }

  add(thing: T): void {
    if (thing.bytes < this.#least) return;
    this.#kept.push(thing);
    // Sorted only once for as many things as are kept, so that each costs little.
    if (this.#kept.length >= 2 * this.#most) this.#shorten();
  }

  /** The largest of the entries that were added, largest first. */
  get sorted(): readonly T[] {
    this.#shorten();
    return this.#kept;
  }

  #shorten(): void {
    this.#kept = this.#kept.toSorted((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)).slice(0, this.#most);
    if (this.#kept.length === this.#most) this.#least = this.#kept.at(-1)?.bytes ?? 1;
  }
}
