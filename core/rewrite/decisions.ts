import type { Change } from '../tar/make-header.ts';

/**
 * The members that a rewritten archive gets. Each member of the layers has a number, from 0, in the order in which the
 * layers are read. A member without a decision is left out.
 */
export class Decisions {
  /** One bit for each member that is written as it is. */
  #kept = new Uint8Array(1024);
  readonly #changes = new Map<number, Change>();
  readonly #inserted = new Map<number, Uint8Array[]>();

  /** Keeps a member as it is, byte for byte. */
  keep(number: number): void {
    const at = number >>> 3;
    if (at >= this.#kept.length) {
      const more = new Uint8Array(Math.max(2 * this.#kept.length, at + 1));
      more.set(this.#kept);
      this.#kept = more;
    }
    this.#kept[at]! |= 1 << (number & 7);
  }

  /** Keeps a member, but gives it other names or records. */
  change(number: number, change: Change): void {
    this.#changes.set(number, change);
  }

  /**
   * Inserts the header of a member without a body before the member with this number, and before the headers that were
   * inserted there so far. If no member has the number, the header is written at the end.
   */
  insertBefore(number: number, header: Uint8Array): void {
    this.#at(number).unshift(header);
  }

  /** Writes the header of a member without a body after a member and after all that was inserted there so far. */
  insertAfter(number: number, header: Uint8Array): void {
    this.#at(number + 1).push(header);
  }

  #at(number: number): Uint8Array[] {
    const there = this.#inserted.get(number) ?? [];
    this.#inserted.set(number, there);
    return there;
  }

  isKept(number: number): boolean {
    return ((this.#kept[number >>> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }

  changeOf(number: number): Change | undefined {
    return this.#changes.get(number);
  }

  insertedBefore(number: number): readonly Uint8Array[] {
    return this.#inserted.get(number) ?? NONE;
  }
}

const NONE: readonly Uint8Array[] = [];
