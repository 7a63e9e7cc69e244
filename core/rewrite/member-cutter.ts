import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { concat, enlarged } from '../model/byte-arrays.ts';
import type { Tools } from '../model/ports.ts';
import { padding } from '../tar/header.ts';
import type { Member } from '../tar/member.ts';
import { TarScanner } from '../tar/tar.ts';

/**
 * A piece of a tar archive: all header blocks of a member, or bytes of its body and of the padding after it. The bytes
 * are only valid until the next piece is taken.
 */
export type Piece = { kind: 'header'; member: Member; bytes: Uint8Array } | { kind: 'body'; bytes: Uint8Array };

/**
 * The number of bytes of a chunk that are scanned for tar headers at once. The members in these bytes are yielded
 * before more bytes are scanned. A chunk may have some MiB. If it were scanned at once, its members would live so long
 * that V8 would keep them in memory until its next full collection.
 */
const AT_ONCE = 64 * 1024;

/**
 * Cuts a tar archive, which it gets in chunks, into the header blocks and the bodies of its members, as they are
 * stored.
 */
export class MemberCutter {
  readonly #scanner: TarScanner;
  /** The members whose headers end in the part of a chunk that was read last. */
  #found: Member[] = [];
  /** The beginning of a tar header, kept from earlier chunks until the rest of it comes. */
  #pending = new Uint8Array();
  /** The number of bytes that `#pending`, the memory for an incomplete tar header, holds. */
  #pendingBytes = 0;
  /** The offset in the archive of the first byte in `#pending`, the memory for an incomplete tar header. */
  #pendingAt = 0;
  /** The offset in the archive of the next bytes that `cut` gets. */
  #offset = 0;
  /** The offset in the archive at which the current member, with its padding, ends. */
  #end = 0;

  constructor({ byteString }: Pick<Tools, 'byteString'>) {
    this.#scanner = new TarScanner({ member: (member) => (this.#found.push(member), 0), body() {} }, byteString);
  }

  *cut(chunk: Uint8Array): Generator<Piece> {
    const start = this.#offset;
    this.#offset += chunk.length;
    let at = start;
    for (const member of this.#membersIn(chunk)) {
      const end = Math.min(this.#end, member.offset);
      if (end > at) yield { kind: 'body', bytes: chunk.subarray(at - start, end - start) };
      yield { kind: 'header', member, bytes: this.#header(member, chunk, start) };
      at = member.start;
      const stored = member.sparse?.stored ?? member.size;
      this.#end = member.start + stored + padding(stored);
      this.#pendingBytes = 0;
    }
    const end = Math.min(this.#end, this.#offset);
    if (end > at) yield { kind: 'body', bytes: chunk.subarray(at - start, end - start) };
    this.#keep(chunk, Math.max(at, end) - start);
  }

  /**
   * Ends the reading of the archive. Returns the number of padding bytes that are missing after the last member; 0 as a
   * rule. Missing padding is no error, because Go's tar reader accepts it. Throws `bad-archive` when a header is
   * broken, or when a part of a header or of a body is missing.
   */
  finish(): number {
    this.#scanner.finish();
    return Math.max(0, this.#end - this.#offset);
  }

  /** Yields the members whose headers end in a chunk. */
  *#membersIn(chunk: Uint8Array): Generator<Member> {
    for (let at = 0; at < chunk.length; at += AT_ONCE) {
      this.#found = [];
      this.#scanner.push(chunk.subarray(at, at + AT_ONCE));
      yield* this.#found;
    }
  }

  #header({ offset, start }: Member, chunk: Uint8Array, chunkAt: number): Uint8Array {
    if (offset >= chunkAt) return chunk.subarray(offset - chunkAt, start - chunkAt);
    return concat([
      this.#pending.subarray(offset - this.#pendingAt, this.#pendingBytes),
      chunk.subarray(0, start - chunkAt),
    ]);
  }

  /**
   * Keeps the bytes of a chunk from offset `from` to its end. They are the beginning or the middle of a header that
   * continues in the next chunk. Throws `bad-archive` when the header has more than `LIMITS.headerBytes` bytes.
   */
  #keep(chunk: Uint8Array, from: number): void {
    if (from >= chunk.length || this.#scanner.ended) return;
    const rest = chunk.subarray(from);
    if (this.#pendingBytes === 0) this.#pendingAt = this.#offset - rest.length;
    const length = this.#pendingBytes + rest.length;
    if (length > LIMITS.headerBytes) throw tooLong(this.#pendingAt);
    if (length > this.#pending.length) this.#grow(length);
    this.#pending.set(rest, this.#pendingBytes);
    this.#pendingBytes = length;
  }

  /**
   * Enlarges the memory for an incomplete tar header to `needed` bytes, and at least to twice its size. Doubling avoids
   * many copies when the header arrives in many small chunks.
   */
  #grow(needed: number): void {
    this.#pending = enlarged(this.#pending, Math.max(needed, 2 * this.#pending.length));
  }
}

function tooLong(offset: number): Error {
  const what = {
    en: `the header blocks of one member, in bytes, at byte ${offset}`,
    zh: `字节 ${offset} 处单个成员的头部字节数`,
  };
  return beyondLimit(what, LIMITS.headerBytes, offset);
}
