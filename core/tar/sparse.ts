import type { Bilingual } from '../catalogue/bilingual.ts';
import { concat, copied } from '../model/byte-arrays.ts';
import { byteString } from '../model/byte-string.ts';
import { BLOCK } from './header.ts';
import type { Extent, Member, PaxRecords } from './member.ts';
import { exactDecimal, exactField } from './numbers.ts';
import { given } from './pax.ts';
import { BODILESS, BYTES_OF_ENTRY } from './records.ts';

/**
 * The byte range of a sparse file in its archive, from the first byte of its first header to the end of its last stored
 * byte; null for members that are not sparse.
 */
export function sparseStretch({ offset, start, sparse }: Member): { start: number; end: number } | null {
  return sparse === null ? null : { start: offset, end: start + sparse.stored };
}

/**
 * The largest sparse map, in bytes, that Go's archive/tar reads. The map lists the stored parts of a sparse file. An
 * archive with a longer map is refused.
 */
const MAP_BYTES = 1024 * 1024;

const MALFORMED: Bilingual = { en: 'its sparse map is malformed', zh: '它的稀疏映射表格式有误' };
/**
 * The phrase that says why a member of type `S` (sparse file) is refused when GNU tar did not write it. The tar program
 * star uses the same type, but its sparse map, the list of stored parts, has another format, which Go does not read.
 */
export const NOT_GNU: Bilingual = {
  en: 'its sparse map is not that of GNU tar',
  zh: '它的稀疏映射表不是 GNU tar 的格式',
};
const TOO_LONG: Bilingual = { en: 'its sparse map is longer than 1 MiB', zh: '它的稀疏映射表超过 1 MiB' };
const CUT_OFF: Bilingual = { en: 'its sparse map is cut off', zh: '它的稀疏映射表不完整' };
const CONTRADICTS: Bilingual = {
  en: 'its sparse map contradicts its size',
  zh: '它的稀疏映射表与它的大小矛盾',
};

/** A reader for the sparse map of one file, the list of the parts that the archive stores. */
interface SparseMap {
  /** The entries of the sparse map that were read so far. */
  readonly extents: Extents;
  /**
   * The place of the next 512-byte block of the sparse map: before the member's body, or at the beginning of it. Null
   * when the whole map was read.
   */
  readonly next: 'before' | 'inside' | null;
  /**
   * Reads the next block of the sparse map, which begins at offset `at` of the bytes. Returns the reason when it is
   * unreadable, else null.
   */
  add(bytes: Uint8Array, at: number): Bilingual | null;
}

/** A sparse file of a tar archive while its map, the list of its stored parts, is read block by block. */
export class SparseMember {
  readonly member: Member;
  /** The number of bytes that the archive stores of a sparse file's content: the body without the sparse map. */
  stored: number;
  /** True once the whole sparse map was read and copied into the member. */
  complete = false;
  /** The number of 512-byte blocks that were read of the sparse map, not counting the member's own header. */
  #blocks = 0;
  readonly #map: SparseMap;

  /**
   * Starts to read a sparse file whose header is at offset `at` of `bytes`. The file's PAX records must have been
   * applied. Returns null for a member that is not sparse. When its sparse map is unreadable, returns the reason as a
   * phrase.
   */
  static begin(member: Member, bytes: Uint8Array, at: number): SparseMember | Bilingual | null {
    const map = sparseMapOf(member, bytes, at);
    if (map === null || 'en' in map) return map;
    const sparse = new SparseMember(member, map);
    return sparse.#follow() ?? sparse;
  }

  private constructor(member: Member, map: SparseMap) {
    this.member = member;
    this.stored = member.size;
    this.#map = map;
  }

  /**
   * The number of entries of the sparse map that were read so far. For each 64 bytes of the blocks that hold the map, 1
   * is added. The number is used to limit the time that an archive takes.
   */
  get entries(): number {
    return this.#map.extents.entries + (this.#blocks * BLOCK) / BYTES_OF_ENTRY;
  }

  /**
   * Reads the next block of the sparse map, which begins at offset `at` of the bytes. Returns the reason when it is
   * unreadable, else null.
   */
  add(bytes: Uint8Array, at: number): Bilingual | null {
    this.#blocks++;
    if (this.#map.next === 'inside') this.stored -= BLOCK;
    return this.#map.add(bytes, at) ?? this.#follow();
  }

  #follow(): Bilingual | null {
    const { next } = this.#map;
    if (next === 'before' || (next === 'inside' && this.stored >= BLOCK)) return null;
    const problem = next === null ? this.#map.extents.settle(this.member, this.stored) : CUT_OFF;
    this.complete = problem === null;
    return problem;
  }
}

/**
 * Returns the reader for the sparse map of a member, whose header is at offset `at` of `bytes`. Returns the reason if
 * the map is unreadable, and null for a member that is not sparse. This function also gives the member its real name:
 * the header of a sparse file in PAX format has a made-up one.
 */
function sparseMapOf(member: Member, bytes: Uint8Array, at: number): SparseMap | Bilingual | null {
  if (member.type === 'S') return OldGnuMap.begin(bytes, at);
  const version = member.pax === null ? null : placeOfMap(member.pax);
  if (member.pax === null || version === null) return null;
  member.name = given(member.pax, 'GNU.sparse.name') ?? member.name;
  const text = given(member.pax, 'GNU.sparse.size') ?? given(member.pax, 'GNU.sparse.realsize');
  const size = text === null ? BigInt(member.size) : exactDecimal(text);
  if (size === null || BODILESS.has(member.type)) return MALFORMED;
  return version === 'in records' ? RecordMap.begin(member.pax, size) : new BodyMap(size);
}

/**
 * The place of the sparse map of a file in PAX format, which depends on the version that the PAX records state. Null
 * for versions that Go does not know, and for files that are not sparse.
 */
function placeOfMap(pax: PaxRecords): 'in records' | 'in the body' | null {
  const [major, minor] = [given(pax, 'GNU.sparse.major'), given(pax, 'GNU.sparse.minor')];
  if (major === null && minor === null) return given(pax, 'GNU.sparse.map') === null ? null : 'in records';
  if (major === '0' && (minor === '0' || minor === '1')) return 'in records';
  return major === '1' && minor === '0' ? 'in the body' : null;
}

/**
 * The extents (stored parts) of a sparse file, checked as Go's archive/tar checks them. BigInt keeps the sums exact.
 */
class Extents {
  /** The number of entries of the sparse map so far, those of empty extents included. */
  entries = 0;
  readonly #size: bigint;
  readonly #extents: Extent[] = [];
  #end = 0n;
  #stored = 0n;
  #sound = true;

  /** Prepares for the sparse map of a file that has `size` bytes, holes included. */
  constructor(size: bigint) {
    this.#size = size;
  }

  add(offset: bigint | null, length: bigint | null): boolean {
    if (offset === null || length === null) return false;
    this.entries++;
    this.#sound &&= length >= 0n && offset >= this.#end;
    this.#end = offset + length;
    this.#stored += length;
    if (length > 0n) this.#extents.push({ offset: Number(offset), length: Number(length) });
    return true;
  }

  /**
   * Copies the complete sparse map into the member, and returns null. Returns what is wrong when the map does not fit
   * the file's size, or does not fit `stored`, the number of bytes that the archive stores for the file.
   */
  settle(member: Member, stored: number): Bilingual | null {
    const sound = this.#sound && this.#size >= 0n && this.#end <= this.#size && this.#stored === BigInt(stored);
    if (!sound) return CONTRADICTS;
    member.size = Number(this.#size);
    member.sparse = { extents: this.#extents, stored };
    return null;
  }
}

/**
 * A reader for the sparse map that old GNU tar writes: four extents (stored parts) in the header, and 21 in each block
 * after it.
 */
class OldGnuMap implements SparseMap {
  readonly extents: Extents;
  #bytes = 4 * 24 + 1;
  #goesOn = false;

  static begin(bytes: Uint8Array, at: number): OldGnuMap | Bilingual {
    const isGnu = 'ustar  \0'.split('').every((char, i) => bytes[at + 257 + i] === char.charCodeAt(0));
    const size = exactField(bytes, at + 483, 12);
    if (!isGnu) return NOT_GNU;
    if (size === null) return MALFORMED;
    const map = new OldGnuMap(size);
    return map.#take(bytes, at + 386, 4) ?? map;
  }

  private constructor(size: bigint) {
    this.extents = new Extents(size);
  }

  get next(): 'before' | null {
    return this.#goesOn ? 'before' : null;
  }

  add(bytes: Uint8Array, at: number): Bilingual | null {
    this.#bytes += BLOCK;
    return this.#bytes < MAP_BYTES ? this.#take(bytes, at, 21) : TOO_LONG;
  }

  #take(bytes: Uint8Array, start: number, entries: number): Bilingual | null {
    const end = start + entries * 24;
    this.#goesOn = bytes[end] !== 0;
    for (let at = start; at < end && bytes[at] !== 0; at += 24) {
      if (!this.extents.add(exactField(bytes, at, 12), exactField(bytes, at + 12, 12))) return MALFORMED;
    }
    return null;
  }
}

/**
 * A reader for the sparse map of GNU's PAX formats 0.0 and 0.1: a PAX record has all extents (stored parts). `parsePax`
 * joins the many records of format 0.0 into one.
 */
class RecordMap implements SparseMap {
  readonly next = null;
  readonly extents: Extents;

  static begin(pax: PaxRecords, size: bigint): RecordMap | Bilingual {
    const map = new RecordMap(size);
    const count = exactDecimal(pax.get('GNU.sparse.numblocks') ?? '');
    const text = pax.get('GNU.sparse.map') ?? '';
    const numbers = text === '' ? [] : text.split(',');
    if (count === null || BigInt(numbers.length) !== 2n * count) return MALFORMED;
    return map.#take(numbers) ?? map;
  }

  private constructor(size: bigint) {
    this.extents = new Extents(size);
  }

  add(): null {
    return null;
  }

  #take(numbers: string[]): Bilingual | null {
    for (let i = 0; i < numbers.length; i += 2) {
      if (!this.extents.add(exactDecimal(numbers[i] ?? ''), exactDecimal(numbers[i + 1] ?? ''))) return MALFORMED;
    }
    return null;
  }
}

/**
 * A reader for the sparse map of GNU's PAX format 1.0, which is at the beginning of the body. It has one number on each
 * line: the count of stored parts, then the offset and length of each.
 */
class BodyMap implements SparseMap {
  readonly extents: Extents;
  readonly #blocks: Uint8Array[] = [];
  #lines = 0;
  /** The number of lines that the sparse map must have; 1 until its first line, the count, was read. */
  #wanted = 1;

  constructor(size: bigint) {
    this.extents = new Extents(size);
  }

  get next(): 'inside' | null {
    return this.#lines < this.#wanted ? 'inside' : null;
  }

  add(bytes: Uint8Array, at: number): Bilingual | null {
    if (this.#blocks.length * BLOCK === MAP_BYTES) return TOO_LONG;
    const block = copied(bytes.subarray(at, at + BLOCK));
    this.#blocks.push(block);
    for (let i = 0; i < BLOCK; i++) if (block[i] === 0x0a) this.#lines++;
    if (this.#lines === 0) return null;
    const problem = this.#wanted === 1 ? this.#count() : null;
    return problem ?? (this.#lines < this.#wanted ? null : this.#take());
  }

  #count(): Bilingual | null {
    const count = exactDecimal(this.#text().split('\n', 1)[0] ?? '');
    if (count === null || count < 0n) return MALFORMED;
    if (count > BigInt(MAP_BYTES)) return TOO_LONG;
    this.#wanted = 1 + 2 * Number(count);
    return null;
  }

  #take(): Bilingual | null {
    const numbers = this.#text().split('\n', this.#wanted);
    for (let i = 1; i < numbers.length; i += 2) {
      if (!this.extents.add(exactDecimal(numbers[i] ?? ''), exactDecimal(numbers[i + 1] ?? ''))) return MALFORMED;
    }
    return null;
  }

  #text(): string {
    return byteString(concat(this.#blocks));
  }
}
