import type { Bilingual } from '../../bilingual.ts';
import { type Member, parsePax } from './header.ts';

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

  /** Applies the records to the member that comes after them; returns why they cannot be, or null. They are used up. */
  complete(member: Member): Bilingual | null {
    member.pax = this.#pax;
    member.name = this.#longName ?? member.name;
    member.linkname = this.#longLink ?? member.linkname;
    this.#longName = this.#longLink = this.#pax = null;
    const problem = member.pax === null ? null : applyPax(member, member.pax);
    if (problem !== null) return problem;
    if (member.type === '0' && member.name.endsWith('/')) member.type = '5';
    if (member.type !== '0' && BODILESS.has(member.type)) member.size = 0;
    return null;
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
