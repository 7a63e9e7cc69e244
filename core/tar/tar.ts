import type { Bilingual } from '../catalogue/bilingual.ts';
import { LIMITS } from '../limits.ts';
import { concat, copied } from '../model/byte-arrays.ts';
import { byteString, type ToByteString } from '../model/byte-string.ts';
import { badArchive } from '../model/errors.ts';
import { type Beyond, BeyondTheEnd } from './after-the-end.ts';
import { DamageSearch } from './damage.ts';
import { Expander } from './expander.ts';
import { after, brokenHeader, brokenMap, endedEarly, reasonOf, recordsTooLong, tooManyMembers } from './faults.ts';
import { BLOCK, isZeroBlock, padding, parseHeader } from './header.ts';
import type { Member } from './member.ts';
import type { BodyPiece, MemberObserver } from './observer.ts';
import { PendingRecords, RECORD_TYPES } from './records.ts';
import { SparseMember } from './sparse.ts';

/**
 * The result of reading a tar archive to its end: the number of members, whether the end mark is there, and the data
 * after it.
 */
export interface TarEnd extends Beyond {
  members: number;
  /** False when the two zero blocks that mark the end of a tar archive are missing. */
  marked: boolean;
}

const EMPTY = new Uint8Array();

type State = 'header' | 'record' | 'body' | 'end';

/**
 * Reads a tar stream in chunks, and reports its members to an observer. It accepts what Go's archive/tar accepts,
 * because every engine unpacks layers with that package, and throws `bad-archive` at a broken header. It skips bodies
 * without copying them.
 */
export class TarScanner {
  readonly #observer: MemberObserver;
  readonly #records: PendingRecords;
  #carry = EMPTY;
  #state: State = 'header';
  /** The number of bytes in `#carry`, which collects a header block that is spread over several chunks. */
  #filled = 0;
  /** The offset in the tar archive, in bytes, of the next byte to read. */
  #offset = 0;
  #members = 0;
  #zeroBlocks = 0;
  /** The reader for the bytes after the archive's end mark; null until the end mark was read. */
  #beyond: BeyondTheEnd | null = null;
  /** The tar member whose body is being read, or was read last. */
  #member: Member | null = null;
  #recordType = '';
  /** The offset in the archive of the first header block of the current member; -1 when no member has begun. */
  #start = -1;
  /** The sparse file whose sparse map is being read; null when no map is being read. */
  #sparse: SparseMember | null = null;
  /** The member whose body `walk` yields piece by piece; null when the current body is not streamed. */
  #streamed: Member | null = null;
  /** Restores the content of the current sparse file; null when the observer does not want that content. */
  #expander: Expander | null = null;
  /** The number of bytes of the current body that are still to be read. */
  #left = 0;
  /** The number of padding bytes after the current body that are still to be read. */
  #padding = 0;
  /** The number of bytes from the beginning of the current member's body that the observer of the archive asked for. */
  #wanted = 0;
  /** The pieces of the current body that were collected for the observer so far. */
  #collected: Uint8Array[] = [];
  #collectedLength = 0;
  /** The search for the cause of a broken header; null while all headers were valid. */
  #damage: DamageSearch | null = null;

  /**
   * Makes a scanner that reports the members of a tar archive to an observer. `toText` makes strings of the bytes of
   * names and records.
   */
  constructor(observer: MemberObserver, toText: ToByteString = byteString) {
    this.#observer = observer;
    this.#records = new PendingRecords(toText);
  }

  /**
   * Reads a chunk of a tar archive. Use it only with an observer that never requests whole bodies (`streams`): an Error
   * is thrown if the observer requests one, because only `walk` can yield it. If a header is broken, this call or a
   * later one throws `bad-archive`.
   */
  push(chunk: Uint8Array): void {
    for (const piece of this.walk(chunk)) throw new Error(`nobody reads the body of ${piece.member.name}`);
  }

  /**
   * Reads a chunk of a tar archive, and yields the pieces of those bodies that the observer wants streamed. If a header
   * is broken, this call or a later one throws `bad-archive`.
   */
  *walk(chunk: Uint8Array): Generator<BodyPiece> {
    let at = 0;
    while (at < chunk.length) {
      if (this.#left > 0) {
        const end = at + Math.min(this.#left, chunk.length - at);
        this.#takeBody(chunk, at, end);
        if (this.#expander !== null) yield* this.#expand(this.#expander, chunk.subarray(at, end));
        else if (this.#streamed !== null)
          yield { member: this.#streamed, bytes: chunk.subarray(at, end), last: this.#left === 0 };
        at = end;
      } else if (this.#damage !== null) at += this.#searchMore(this.#damage, chunk.subarray(at));
      else if (this.#padding > 0) at += this.#skipPadding(chunk.length - at);
      else if (this.#beyond !== null) return this.#beyond.add(chunk.subarray(at));
      else {
        at += this.#takeBlock(chunk, at);
        if (this.#streamed !== null || this.#expander !== null) yield* this.#bodiless();
      }
    }
  }

  /** The offset in the tar archive, in bytes, of the next byte to push. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * The number of headers, PAX records and entries of sparse maps that were read so far. Each takes much more time than
   * its bytes in the archive. Long names, records and maps take much time, too, and so do blocks after the end mark and
   * bytes that are searched for the cause of a broken header. 1 is added to the number for a few bytes of each.
   */
  get entries(): number {
    return this.#records.entries + (this.#beyond?.entries ?? 0) + (this.#damage?.entries ?? 0);
  }

  /** True once the two zero blocks that end a tar archive were read. */
  get ended(): boolean {
    return this.#state === 'end';
  }

  /**
   * What the observer, which gets the members of the archive, still wants of the current member's body. `streamed` is
   * the member if its whole body is wanted, else null. `bytes` is how many more bytes from the beginning of the body
   * are wanted. After the body, `streamed` is null, and `bytes` is 0.
   */
  get wants(): { streamed: Member | null; bytes: number } {
    const isOpen = this.#left > 0;
    return { streamed: isOpen ? this.#streamed : null, bytes: isOpen ? this.#wanted - this.#collectedLength : 0 };
  }

  /**
   * Skips the rest of the current member's body without reading it. Skips no bytes after `end`, the offset at which the
   * archive ends. Afterwards, the property `offset` is the offset of the next byte to read. Does nothing outside a
   * body.
   */
  skip(end: number): void {
    if (this.#state !== 'body' || this.#damage !== null) return;
    this.#expander = null;
    const passed = Math.min(this.#left, end - this.#offset);
    this.#left -= passed;
    this.#offset += passed;
    if (this.#left > 0) return;
    this.#state = 'header';
    this.#skipPadding(end - this.#offset);
  }

  /**
   * Ends the reading of a tar archive. Returns the number of its members, and what was found at its end. Throws
   * `bad-archive` if the archive ended inside a member (it is truncated), or if a header was broken.
   */
  finish(): TarEnd {
    if (this.#damage !== null) throw badArchive(this.#damage.finding());
    const beyond = this.#beyond?.finish() ?? { after: null };
    const missing = this.#missing();
    if (missing > 0) {
      const inBody = this.#state === 'body';
      const rest = this.#start < 0 ? this.#carry.subarray(0, this.#filled) : EMPTY;
      throw endedEarly({ last: this.#member, inBody, rest, missing, offset: this.#offset });
    }
    return { members: this.#members, marked: this.#zeroBlocks >= 2, ...beyond };
  }

  /**
   * The number of zero bytes after the last whole block, when the archive is cut off inside one of the zero blocks that
   * end it; 0 when it ends in another way.
   */
  get cutEnd(): number {
    const isBetween = this.#state === 'header' && this.#left === 0 && this.#start < 0 && this.#sparse === null;
    const rest = this.#carry.subarray(0, this.#filled);
    return isBetween && this.#damage === null && rest.every((byte) => byte === 0) ? this.#filled : 0;
  }

  #missing(): number {
    if (this.#state === 'end') return 0;
    if (this.#left > 0) return this.#left; // Go's reader accepts missing padding
    if (this.#sparse !== null) return BLOCK - this.#filled;
    // Records that no member follows are cut off, unless a zero block ends the archive.
    const isWhole = this.#filled === 0 && (this.#start < 0 || this.#zeroBlocks > 0);
    return isWhole ? 0 : BLOCK - this.#filled;
  }

  #takeBlock(chunk: Uint8Array, at: number): number {
    if (this.#filled === 0 && chunk.length - at >= BLOCK) {
      this.#offset += BLOCK;
      this.#block(chunk, at);
      return BLOCK;
    }
    const taken = Math.min(BLOCK - this.#filled, chunk.length - at);
    // Not before it is needed, because an archive can have thousands of layers, and each has a scanner.
    if (this.#carry.length === 0) this.#carry = new Uint8Array(BLOCK);
    this.#carry.set(chunk.subarray(at, at + taken), this.#filled);
    this.#filled += taken;
    this.#offset += taken;
    if (this.#filled === BLOCK) {
      this.#filled = 0;
      this.#block(this.#carry, 0);
    }
    return taken;
  }

  #block(bytes: Uint8Array, at: number): void {
    if (this.#sparse !== null) this.#followMap(this.#sparse, this.#sparse.add(bytes, at));
    else if (!isZeroBlock(bytes, at)) this.#header(bytes, at);
    else if (++this.#zeroBlocks === 2) {
      this.#state = 'end';
      this.#beyond = new BeyondTheEnd(this.#offset, this.#member);
    }
  }

  #header(bytes: Uint8Array, at: number): void {
    const offset = this.#offset - BLOCK;
    const header = parseHeader(bytes, at, this.#records.toText);
    if (header === 'checksum') return this.#dissect(offset, bytes.subarray(at, at + BLOCK), 0, reasonOf(header));
    if (this.#zeroBlocks > 0) throw brokenHeader(offset, this.#member, reasonOf('zeroBlock'));
    if (typeof header === 'string') throw brokenHeader(offset, this.#member, reasonOf(header));
    if (this.#start < 0) this.#start = offset;
    if (header.type !== '0' && RECORD_TYPES.has(header.type)) this.#beginRecord(header);
    else this.#beginMember(header, bytes, at);
  }

  #beginRecord(header: Member): void {
    if (header.size > LIMITS.recordBytes) throw recordsTooLong(header.size, this.#start);
    this.#recordType = header.type;
    this.#state = 'record';
    this.#expect(header.size, header.size);
    if (header.size === 0) this.#deliver(new Uint8Array());
  }

  #beginMember(member: Member, bytes: Uint8Array, at: number): void {
    const problem = this.#records.complete(member);
    if (problem !== null) throw brokenHeader(this.#start, this.#member, problem);
    if (++this.#members > LIMITS.members) throw tooManyMembers();
    member.offset = this.#start;
    const sparse = member.type === 'S' || member.pax !== null ? SparseMember.begin(member, bytes, at) : null;
    if (sparse === null) this.#beginBody(member, member.size);
    else if ('en' in sparse) throw brokenMap(this.#start, this.#member, sparse, member);
    else this.#followMap(sparse, null);
  }

  /**
   * Continues with the current sparse file after a block of its sparse map: with the next block or, when the map is
   * complete, with the body. `problem` says what is wrong with the block, and is thrown as `bad-archive`; null when
   * nothing is.
   */
  #followMap(sparse: SparseMember, problem: Bilingual | null): void {
    if (problem !== null) throw brokenHeader(this.#start, this.#member, problem);
    this.#sparse = sparse.complete ? null : sparse;
    if (!sparse.complete) return;
    this.#records.entries += sparse.entries;
    this.#beginBody(sparse.member, sparse.stored);
  }

  #beginBody(member: Member, stored: number): void {
    this.#start = -1;
    this.#member = member;
    this.#state = 'body';
    member.start = this.#offset;
    this.#expect(stored, Math.min(member.size, this.#observer.member(member)));
    if (stored === 0) this.#state = 'header';
    if (this.#observer.streams?.(member) === true) this.#streamed = member;
    if (member.sparse === null) return;
    if (this.#wanted > 0 || this.#streamed !== null) this.#expander = new Expander(member.sparse, member.size);
  }

  #expect(size: number, wanted: number): void {
    this.#left = size;
    this.#padding = padding(size);
    this.#wanted = wanted;
    this.#streamed = null;
    this.#expander = null;
    if (this.#collected.length > 0) this.#collected = [];
    this.#collectedLength = 0;
  }

  #takeBody(chunk: Uint8Array, at: number, end: number): void {
    this.#left -= end - at;
    this.#offset += end - at;
    if (this.#collectedLength < this.#wanted && this.#expander === null) this.#collectFrom(chunk, at, end);
    if (this.#left === 0 && this.#damage === null) this.#state = 'header';
  }

  #skipPadding(available: number): number {
    const skipped = Math.min(this.#padding, available);
    this.#padding -= skipped;
    this.#offset += skipped;
    return skipped;
  }

  /** Yields the content of a streamed member for which the archive stores no bytes: an empty file, or one hole. */
  *#bodiless(): Generator<BodyPiece> {
    const [member, expander] = [this.#streamed, this.#expander];
    if (this.#left > 0) return;
    if (member?.size === 0) yield { member, bytes: EMPTY, last: true };
    else if (expander !== null) yield* this.#expand(expander, EMPTY);
    this.#streamed = this.#expander = null;
  }

  /**
   * Yields the next part of a sparse file's content. Stops when more than the `stored` bytes are needed, or after the
   * last byte that the observer asked for.
   */
  *#expand(expander: Expander, stored: Uint8Array): Generator<BodyPiece> {
    const member = this.#streamed;
    for (const bytes of expander.expand(stored)) {
      this.#collectFrom(bytes, 0, bytes.length);
      if (member !== null) yield { member, bytes, last: expander.done };
      else if (this.#collectedLength === this.#wanted) break;
    }
    if (expander.done || (member === null && this.#collectedLength === this.#wanted)) this.#expander = null;
  }

  #collectFrom(bytes: Uint8Array, at: number, end: number): void {
    const wanted = Math.min(this.#wanted - this.#collectedLength, end - at);
    if (wanted > 0) this.#collect(bytes.subarray(at, at + wanted));
  }

  #collect(view: Uint8Array): void {
    this.#collectedLength += view.length;
    const complete = this.#collectedLength === this.#wanted;
    if (complete && this.#collected.length === 0) return this.#deliver(view); // the usual case, without a copy
    this.#collected.push(copied(view));
    if (complete) this.#deliver(concat(this.#collected));
  }

  #deliver(bytes: Uint8Array): void {
    if (this.#state !== 'record' && this.#member !== null) return this.#observer.body(this.#member, bytes);
    const problem = this.#records.add(this.#recordType, bytes);
    const { length } = bytes;
    if (problem !== null) return this.#dissect(this.#offset - length, bytes, length + this.#padding, problem);
    if (this.#recordType === 'g') this.#start = -1;
    this.#state = 'header';
  }

  #dissect(offset: number, bytes: Uint8Array, expected: number, reason: Bilingual): void {
    this.#damage = new DamageSearch({ offset, expected, reason, ...after(this.#member) }, bytes);
  }

  #searchMore(search: DamageSearch, bytes: Uint8Array): number {
    if (search.full) throw badArchive(search.finding());
    const taken = search.add(bytes);
    this.#offset += taken;
    return taken;
  }
}
