import type { FindingCode } from '../catalogue/findings.ts';
import type { Member } from '../tar/member.ts';
import { MemberFaults } from './member-faults.ts';

/**
 * The size in bytes from which on a login record such as `lastlog` is reported. A sparse file of at least this size is
 * reported as huge if the archive stores less than one byte for each `HUGE_RATIO` bytes of it.
 */
const HUGE_BYTES = 2 ** 30;
const HUGE_RATIO = 100;

/**
 * A pattern for log files with a row for each user ID, such as `var/log/lastlog`. A single large user ID makes them
 * huge.
 */
const TABLES = /(?:^|\/)var\/log\/(?:lastlog|faillog|tallylog)$/;

/**
 * Finds sparse files, and huge login records such as `/var/log/lastlog`. Makes one finding (a message for the user) for
 * each kind of problem, with the first file and the number of files.
 */
export class SparseRules {
  readonly faults = new MemberFaults();

  check(member: Member): void {
    const isTable = member.type === '0' && member.size >= HUGE_BYTES && TABLES.test(member.name);
    if (isTable && member.sparse === null) this.#report('table-huge', member);
    if (member.sparse === null) return;
    const { stored } = member.sparse;
    // No engine unpacks old GNU sparse files (type `S`). `odd-member-type` reports them.
    if (member.type !== 'S') this.#report('sparse-member', member);
    if (member.size >= HUGE_BYTES && member.size > HUGE_RATIO * stored) this.#report('sparse-huge', member);
  }

  #report(code: FindingCode, member: Member): void {
    const { size } = member;
    const stored = member.sparse?.stored ?? size;
    this.faults.add(code, member, () => ({ size, stored }));
  }
}
