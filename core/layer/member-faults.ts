import { type Detail, type Finding, finding, type FindingCode } from '../catalogue/findings.ts';
import { byteString, bytesOf } from '../model/byte-string.ts';
import { printable } from '../model/bytes.ts';
import type { Member } from '../tar/member.ts';

/** A function that returns further values for the sentences of a finding. */
type MakeDetail = () => Detail;

/** The first member of a layer with a certain kind of fault, and the number of members with it. */
interface Fault {
  name: string;
  offset: number;
  makeDetail: MakeDetail;
  count: number;
}

/**
 * The faults of a layer's members: for each kind, the first member that has it, and the number of members. The findings
 * (messages for the user) are only made when they are read. Each takes some 0.1 ms and 5 KiB, and an archive may have
 * thousands of layers that belong to no image.
 */
export class MemberFaults {
  readonly #faults = new Map<FindingCode, Fault>();
  /** The findings, once they were read; null when a fault was added after that. */
  #findings: Finding[] | null = null;

  /**
   * Adds a member with a fault. For the first member with this kind of fault, `makeDetail` is kept. It must not hold the
   * whole member, whose PAX records may be long.
   */
  add(code: FindingCode, { name, offset, pax }: Member, makeDetail: MakeDetail = () => ({})): void {
    this.#findings = null;
    const earlier = this.#faults.get(code);
    if (earlier !== undefined) earlier.count++;
    else {
      // V8 would keep all PAX records in memory for the sake of a name that comes from one of them.
      const own = pax === null ? name : byteString(bytesOf(name));
      this.#faults.set(code, { name: own, offset, makeDetail, count: 1 });
    }
  }

  /** A finding for each kind of fault, in the order in which the kinds were found. */
  get findings(): Finding[] {
    return (this.#findings ??= Array.from(this.#faults, ([code, { name, offset, makeDetail, count }]) => ({
      ...finding(code, { member: printable(name), offset, ...makeDetail() }),
      ...(count > 1 && { count }),
    })));
  }

  /** The finding with the code `code`; null when no member has this kind of fault. */
  of(code: FindingCode): Finding | null {
    return this.#faults.has(code) ? (this.findings.find((each) => each.code === code) ?? null) : null;
  }
}
