import { grouped } from '../catalogue/grouped.ts';
import type { Bilingual } from '../catalogue/bilingual.ts';
import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { printable } from '../model/bytes.ts';
import { badArchive } from '../model/errors.ts';
import { isText, shownText } from '../model/text.ts';
import type { HeaderFault } from './header.ts';
import type { Member } from './member.ts';
import { NOT_GNU } from './sparse.ts';

// The errors for a tar stream that cannot be read any further.

/**
 * A phrase for the user that says why the tar archive is broken at a block of 512 bytes: the block is not a valid
 * header, or follows a single zero block.
 */
export function reasonOf(fault: HeaderFault | 'zeroBlock'): Bilingual {
  if (fault === 'zeroBlock') return { en: 'a single zero block stands before it', zh: '它前面只有一个全零块' };
  if (fault === 'checksum') return { en: 'the checksum of the block does not fit', zh: '该块的校验和不符' };
  return { en: `its field \`${fault}\` is no valid number`, zh: `它的字段 \`${fault}\` 不是有效的数字` };
}

/**
 * Describes a place in a tar archive by `last`, the last member before that place. `where` is a phrase: "after NAME",
 * or "after the beginning" when `last` is null. `member` is the name alone; absent when `last` is null.
 */
export function after(last: Member | null): { where: Bilingual; member?: string } {
  if (last === null) return { where: { en: 'after the beginning', zh: '归档开头之后' } };
  const member = printable(last.name);
  return { where: { en: `after ${member}`, zh: `${member} 之后` }, member };
}

export function brokenHeader(offset: number, last: Member | null, reason: Bilingual): Error {
  return badArchive(finding('bad-header', { offset, ...after(last), reason }));
}

/**
 * Returns the error for a sparse file whose map (the list of its stored parts) is unreadable, for the given reason.
 * `offset` is that of the file's first header, and `last` is the member before the file. A sparse file in the format of
 * the tar program star gets a message of its own, because no engine unpacks that format.
 */
export function brokenMap(offset: number, last: Member | null, reason: Bilingual, { name, type }: Member): Error {
  if (reason !== NOT_GNU) return brokenHeader(offset, last, reason);
  const meaning = { en: 'sparse file', zh: '稀疏文件' };
  return badArchive(finding('odd-member-type', { member: printable(name), offset, type, meaning }));
}

/**
 * A tar stream that ended too early, at the byte `offset`: inside a header or, if `inBody` is true, inside the body of
 * the member `last`. `rest` has the bytes of an incomplete header; `missing` is the number of missing bytes.
 */
interface EarlyEnd {
  last: Member | null;
  inBody: boolean;
  rest: Uint8Array;
  missing: number;
  offset: number;
}

export function endedEarly({ last, inBody, rest, missing, offset }: EarlyEnd): Error {
  if (inBody && last !== null) {
    const member = printable(last.name);
    return badArchive(finding('truncated', { where: member, member, missing, offset }));
  }
  const { where, ...member } = after(last);
  if (rest.length > 0 && isText(rest)) {
    const text = shownText(rest);
    return badArchive(finding('foreign-text', { where, ...member, offset: offset - rest.length, text }));
  }
  const header = { en: `a header ${where.en}`, zh: `${where.zh}的 tar 头` };
  return badArchive(finding('truncated', { where: header, missing, offset }));
}

/**
 * Returns the error for an archive with a hole, in which data is missing. It has zeros from the byte `offset` on, after
 * the member `last`, and goes on at the byte `next`.
 */
export function hole(offset: number, next: number, last: Member | null): Error {
  return badArchive(finding('hole', { offset, ...after(last), zeros: next - offset, next }));
}

export function recordsTooLong(bytes: number, offset: number): Error {
  const size = grouped(bytes);
  const what = {
    en: `${size} bytes of header records at byte ${offset}`,
    zh: `字节 ${offset} 处的头部记录有 ${size} 字节`,
  };
  return beyondLimit(what, LIMITS.recordBytes, offset);
}

export function tooManyMembers(): Error {
  const what = { en: 'the number of members', zh: '成员数' };
  return beyondLimit(what, LIMITS.members);
}
