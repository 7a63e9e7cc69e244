import type { Bilingual } from '../../bilingual.ts';
import { type Header, parsePax } from './header.ts';

/** A member of a tar archive with its long names and PAX records applied. Names are byte strings. */
export interface Member extends Header {
  /** Offset of its first header block in the archive, in bytes. */
  offset: number;
  /** Offset of the first byte of its body in the archive; known once its header is complete. */
  start: number;
  /** PAX records that stood before it, values as byte strings. */
  pax: ReadonlyMap<string, string> | null;
}

/** Type flags of headers that say something about the next one: GNU long name and link, PAX, PAX global. */
export const RECORD_TYPES = new Set(['L', 'K', 'x', 'g']);

/** Types whose size field engines ignore: link, symlink, devices, directory, FIFO. */
const BODILESS = new Set(['1', '2', '3', '4', '5', '6']);

/** The records that stand before a member's own header, until it comes. */
export class PendingRecords {
  #longName: string | null = null;
  #longLink: string | null = null;
  #pax: Map<string, string> | null = null;

  /** Takes one record; returns why it cannot be taken, or null. */
  add(type: string, body: Uint8Array): Bilingual | null {
    if (type === 'L') this.#longName = cString(body);
    if (type === 'K') this.#longLink = cString(body);
    if (type === 'x') {
      this.#pax = parsePax(body);
      if (this.#pax === null) return MALFORMED;
    }
    return null; // a global header changes nothing: Docker ignores it
  }

  /** The member that `header` and the records make, or why they make none. The records are used up. */
  complete(header: Header, offset: number): Member | Bilingual {
    const pax = this.#pax;
    const member: Member = { ...header, offset, start: 0, pax };
    member.name = this.#longName ?? header.name;
    member.linkname = this.#longLink ?? header.linkname;
    this.#longName = this.#longLink = this.#pax = null;
    const problem = pax === null ? null : applyPax(member, pax);
    if (problem !== null) return problem;
    if (member.type === '0' && member.name.endsWith('/')) member.type = '5';
    if (BODILESS.has(member.type)) member.size = 0;
    return member;
  }
}

const MALFORMED: Bilingual = { en: 'its PAX records are malformed', zh: '它的 PAX 记录格式有误' };

function applyPax(member: Member, pax: ReadonlyMap<string, string>): Bilingual | null {
  member.name = pax.get('GNU.sparse.name') ?? pax.get('path') ?? member.name;
  member.linkname = pax.get('linkpath') ?? member.linkname;
  for (const key of ['size', 'uid', 'gid', 'mtime'] as const) {
    const text = pax.get(key);
    if (text === undefined || text === '') continue;
    const value = Number(text);
    const fits = key === 'mtime' ? Number.isFinite(value) : Number.isSafeInteger(value) && value >= 0;
    if (!fits) return { en: `its PAX record \`${key}\` is no number`, zh: `它的 PAX 记录 \`${key}\` 不是数字` };
    member[key] = value;
  }
  return null;
}

function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? bytes.length : end).toString('latin1');
}
