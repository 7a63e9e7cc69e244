import { type Finding, finding, type FindingCode } from '../catalogue/findings.ts';
import { printable } from '../model/bytes.ts';
import type { Member } from '../tar/member.ts';

/** From this size on, and this many times what is stored, a sparse file is named: it may be more than a disk has room for. */
const HUGE_BYTES = 2 ** 30;
const HUGE_RATIO = 100;

/** Tables with a row for each user ID, up to the largest one that was ever given. */
const TABLES = /(?:^|\/)var\/log\/(?:lastlog|faillog|tallylog)$/;

/** Says what files with holes do in engines: one finding per code, with the first member and how many there are. */
export class SparseRules {
  readonly #found = new Map<FindingCode, Finding>();

  get findings(): Finding[] {
    return [...this.#found.values()];
  }

  check(member: Member): void {
    const isTable = member.type === '0' && member.size >= HUGE_BYTES && TABLES.test(member.name);
    if (isTable && member.sparse === null) this.#report('table-huge', member);
    if (member.sparse === null) return;
    const { stored } = member.sparse;
    // No engine takes the form of old GNU tars at all; that is a finding of its own.
    if (member.type !== 'S') this.#report('sparse-member', member);
    if (member.size >= HUGE_BYTES && member.size > HUGE_RATIO * stored) this.#report('sparse-huge', member);
  }

  #report(code: FindingCode, member: Member): void {
    const earlier = this.#found.get(code);
    if (earlier !== undefined) {
      earlier.count = (earlier.count ?? 1) + 1;
      return;
    }
    const { size, offset } = member;
    const detail = { member: printable(member.name), offset, size, stored: member.sparse?.stored ?? size };
    this.#found.set(code, finding(code, detail));
  }
}
