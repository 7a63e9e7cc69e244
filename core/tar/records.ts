import type { Bilingual } from '../catalogue/bilingual.ts';
import type { ToByteString } from '../model/byte-string.ts';
import type { Member, PaxRecords } from './member.ts';
import { applyPax, parsePax } from './pax.ts';

/**
 * The type flags of tar headers that only describe the next member: GNU long name (`L`) and long link (`K`), PAX (`x`)
 * and global PAX (`g`).
 */
export const RECORD_TYPES = new Set(['L', 'K', 'x', 'g']);

/**
 * The type flags of tar members that have no body: hard link, symlink, devices, directory and FIFO. Engines ignore the
 * size field of these members.
 */
export const BODILESS = new Set(['1', '2', '3', '4', '5', '6']);

/**
 * The number of bytes that count as much as one PAX record or map entry: bytes of an extra header (long name or PAX
 * records), of a sparse map, or of a broken archive that is searched for the cause. The count is limited, because
 * reading them takes time.
 */
export const BYTES_OF_ENTRY = 64;

/**
 * The number of bytes of a member's name or link target that count as much as an entry in a map: a path is looked at for
 * each of its components.
 */
const BYTES_OF_NAME = 16;

/**
 * Collects the extra headers before a tar member (GNU long names, PAX records) until the member's own header is read.
 */
export class PendingRecords {
  #longName = '';
  #longLink = '';
  #pax: PaxRecords | null = null;
  /**
   * The number of records in all PAX headers so far, those of global headers included. For each 64 bytes of extra
   * headers, 1 is added. Each such header adds 1 more, and each member 2, and 1 for each 16 bytes of its name and link
   * target. The reader of the archive adds the entries of sparse maps. The number is used to limit the time that an
   * archive takes.
   */
  entries = 0;
  readonly toText: ToByteString;

  constructor(toText: ToByteString) {
    this.toText = toText;
  }

  /**
   * Takes the body of an extra header before a tar member, such as a PAX header; `type` is the header's type flag.
   * Returns null, or a phrase for the user when the body is malformed.
   */
  add(type: string, body: Uint8Array): Bilingual | null {
    this.entries += 1 + Math.ceil(body.length / BYTES_OF_ENTRY);
    if (type === 'L') this.#longName = this.#beforeNul(body);
    else if (type === 'K') this.#longLink = this.#beforeNul(body);
    else {
      const parsed = parsePax(body, this.toText);
      if (parsed === null) return MALFORMED;
      this.entries += parsed.count;
      // A global header changes nothing, as in Docker; but Go's reader forgets the records before it.
      if (type === 'g') this.#forget();
      else this.#pax = parsed.records;
    }
    return null;
  }

  /**
   * Applies the collected extra headers (GNU long names, PAX records) to the tar member that follows them, and forgets
   * them. Returns null on success, or a phrase for the user on what is wrong with a value.
   */
  complete(member: Member): Bilingual | null {
    const pax = this.#pax;
    member.pax = pax;
    const problem = pax === null ? null : applyPax(member, pax);
    if (problem !== null) return problem;
    if (this.#longName !== '') member.name = this.#longName;
    if (this.#longLink !== '') member.linkname = this.#longLink;
    this.entries += 2 + (member.name.length + member.linkname.length) / BYTES_OF_NAME;
    this.#forget();
    // A slash at the end of a name makes a directory only in the old format, whose type is a NUL.
    if (member.type === '\0') member.type = member.name.endsWith('/') ? '5' : '0';
    if (member.type !== '0' && BODILESS.has(member.type)) member.size = 0;
    return member.size < 0 ? NEGATIVE : null;
  }

  #beforeNul(body: Uint8Array): string {
    const end = body.indexOf(0);
    return this.toText(body, 0, end < 0 ? body.length : end);
  }

  #forget(): void {
    this.#longName = this.#longLink = '';
    this.#pax = null;
  }
}

const MALFORMED: Bilingual = { en: 'its PAX records are malformed', zh: '它的 PAX 记录格式有误' };
const NEGATIVE: Bilingual = { en: 'its size is negative', zh: '它的大小为负数' };
