import { type Change, newHeader, type NewMember } from '../tar/make-header.ts';

/** A member without a body: its header as an archive has it, or its fields, which take less memory than a header. */
type Bodiless = Uint8Array | NewMember;

/** The members that are written before another one: first those in `reversed`, the last of them first, then `rest`. */
interface Inserted {
  reversed: Bodiless[];
  rest: Bodiless[];
}

/**
 * The members that a rewritten archive gets. Each member of the layers has a number, from 0, in the order in which the
 * layers are read. A member without a decision is left out.
 */
export class Decisions {
  /** One bit for each member that is written as it is. */
  #kept = new Uint8Array(1024);
  readonly #changes = new Map<number, Change>();
  readonly #inserted = new Map<number, Inserted>();

  /** Decides that a member is written as it is, byte for byte. */
  keep(number: number): void {
    const at = number >>> 3;
    if (at >= this.#kept.length) {
      const more = new Uint8Array(Math.max(2 * this.#kept.length, at + 1));
      more.set(this.#kept);
      this.#kept = more;
    }
    this.#kept[at]! |= 1 << (number & 7);
  }

  /** Decides that a member is written with other names or records. */
  change(number: number, change: Change): void {
    this.#changes.set(number, change);
  }

  /**
   * Decides that a member without a body is written before another member, and before all that was inserted there so
   * far. If no member has the number, the new one is written at the end.
   */
  insertBefore(number: number, member: Bodiless): void {
    this.#at(number).reversed.push(member);
  }

  /**
   * Decides that a member without a body is written after another one, and after all that was inserted there so far.
   */
  insertAfter(number: number, member: Bodiless): void {
    this.#at(number + 1).rest.push(member);
  }

  #at(number: number): Inserted {
    const there = this.#inserted.get(number) ?? { reversed: [], rest: [] };
    this.#inserted.set(number, there);
    return there;
  }

  isKept(number: number): boolean {
    return ((this.#kept[number >>> 3] ?? 0) & (1 << (number & 7))) !== 0;
  }

  changeOf(number: number): Change | undefined {
    return this.#changes.get(number);
  }

  /** The headers of the members that were inserted before a member. */
  *insertedBefore(number: number): Generator<Uint8Array> {
    const there = this.#inserted.get(number);
    if (there === undefined) return;
    for (const member of there.reversed.toReversed()) yield headerOf(member);
    for (const member of there.rest) yield headerOf(member);
  }
}

function headerOf(member: Bodiless): Uint8Array {
  return member instanceof Uint8Array ? member : newHeader(member);
}
