import { enlarged } from '../model/byte-arrays.ts';
import { type Change, newHeader, type NewMember } from '../tar/make-header.ts';

/**
 * A tar member without a body, such as a directory: its header blocks as an archive stores them, or the fields of its
 * header, which take less memory.
 */
type Bodiless = Uint8Array | NewMember;

/**
 * The tar members that are inserted at one position. Those in `reversed` are written first, from the last to the first,
 * and then those in `rest`, in order.
 */
interface Inserted {
  reversed: Bodiless[];
  rest: Bodiless[];
}

/**
 * The decisions on each tar member of some layers that are made into one archive. A member is written as it is (`keep`)
 * or with a changed header (`change`). A member without a decision is left out. New members can be inserted. The
 * members of the layers are numbered from 0, in the order in which the layers are read.
 */
export class Decisions {
  /** A bit map over the numbers of the layers' members: 1 for a member that is written as it is. */
  #kept = new Uint8Array(1024);
  readonly #changes = new Map<number, Change>();
  readonly #inserted = new Map<number, Inserted>();

  /** Decides that the tar member with the number `number` is written as it is, byte for byte. */
  keep(number: number): void {
    const at = number >>> 3;
    if (at >= this.#kept.length) this.#kept = enlarged(this.#kept, Math.max(2 * this.#kept.length, at + 1));
    this.#kept[at]! |= 1 << (number & 7);
  }

  /** Decides that the tar member with the number `number` is written with the changes `change` in its header. */
  change(number: number, change: Change): void {
    this.#changes.set(number, change);
  }

  /**
   * Inserts a new tar member, which has no body, before the layers' member with the number `number`, and before all new
   * members that were inserted there so far. If `number` is the total number of the layers' members, the new one is
   * written at the end.
   */
  insertBefore(number: number, member: Bodiless): void {
    this.#at(number).reversed.push(member);
  }

  /**
   * Inserts a new tar member, which has no body, after the layers' member with the number `number`, and after all new
   * members that were inserted there so far.
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

  /** Yields the tar headers of the members that were inserted before the member with the number `number`, in order. */
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
