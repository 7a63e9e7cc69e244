import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { badArchive, type LadingError } from '../model/errors.ts';
import type { Compression } from '../model/compression.ts';
import type { Bytes } from '../model/ports.ts';
import { ByteReader } from './byte-reader.ts';
import { inBoth, type Reason } from './reasons.ts';

/** Facts about the structure of compressed data. They are filled in while the data is read, and complete at its end. */
export interface CompressedFacts {
  /**
   * The number of members of the data that were read: gzip members, streams of bzip2, xz or lzma, frames of zstd or
   * lz4; 1 for zip.
   */
  members: number;
  /**
   * The bytes after the last member of compressed data: the offset of the first one in the compressed data, and whether
   * all of them are zero. Null when no bytes follow.
   */
  trailing: { offset: number; zeros: boolean } | null;
  /**
   * The CRC-32 of the content of all gzip members read so far. It costs nothing, because each member's CRC-32 is
   * verified anyway. Absent for other compressions.
   */
  crc32?: number;
  /**
   * True when some of the decompressed content has no checksum, so that damage can go unnoticed. Otherwise false or
   * absent.
   */
  unchecked?: boolean;
  /**
   * For a zip file: the name of the archive inside, and in `beside` the contents of the small files next to that
   * archive, by name. Absent for other compressions.
   */
  zip?: { archive: string; beside: Map<string, Uint8Array> };
  /**
   * A callback that limits the time to decompress data that has very many parts but little content. Called for each
   * member, block and skipped frame, and for input that produces no content. Adds `bytes` (by default
   * `LIMITS.memberBytes`) to the count of decompressed bytes. Throws when this count exceeds its limit. If it returns a
   * promise, the caller must wait for it; other tasks can run meanwhile.
   */
  watch?: (bytes?: number) => void | Promise<void>;
}

/**
 * Adds one to `facts.members` after a member, such as a gzip member, was read to its end. Also calls `facts.watch`,
 * which adds `bytes` (by default `LIMITS.memberBytes`) to the count of decompressed bytes. If `memberRead` returns a
 * promise, the caller must wait for it.
 */
export function memberRead(facts: CompressedFacts, bytes?: number): void | Promise<void> {
  facts.members++;
  return facts.watch?.(bytes);
}

/**
 * Reports a block of xz or bzip2 to `facts.watch`, which adds four times `LIMITS.memberBytes` to the count of
 * decompressed bytes. So many are added because even a block of one byte takes some 40 microseconds, and a layer of a
 * few kilobytes can hold very many blocks. If `blockRead` returns a promise, the caller must wait for it.
 */
export function blockRead(facts: CompressedFacts): void | Promise<void> {
  return facts.watch?.(4 * LIMITS.memberBytes);
}

/**
 * Reports symbols of LZMA data (literals and matches) to `facts.watch`, which adds 64 to the count of decompressed bytes
 * for each. A symbol takes up to 0.1 microseconds, and in data that is made for it, a byte holds 90 symbols of one byte
 * each.
 */
export function symbolsRead(facts: CompressedFacts, symbols: number): void | Promise<void> {
  return facts.watch?.(symbols * SYMBOL_COUNTS_AS);
}

const SYMBOL_COUNTS_AS = 64;

/**
 * The most bytes of compressed data that a decompressor gets in its first call. Each further call may get twice as many
 * as the one before. A decompressor copies its input, which may contain many small gzip members: with a long first
 * input, the same bytes would be copied for each member.
 */
export const FIRST_INPUT = 4096;

/** A reader of compressed data. It also makes the errors for damaged data, with offsets in the compressed bytes. */
export class CompressedReader extends ByteReader {
  readonly #compression: Compression;

  constructor(bytes: Bytes, compression: Compression) {
    super(bytes);
    this.#compression = compression;
  }

  /**
   * Reads the next `count` bytes of compressed data as a copy. Throws `bad-archive` (compressed-truncated) when the
   * data ends before that.
   */
  async need(count: number): Promise<Uint8Array> {
    const taken = await this.take(count);
    if (taken.length < count) throw this.truncated();
    return taken;
  }

  /**
   * Skips `count` bytes of compressed data. Throws `bad-archive` (compressed-truncated) when the data ends before that.
   */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const chunk = await this.chunk();
      if (chunk === null) throw this.truncated();
      const passed = Math.min(left, chunk.length);
      this.consume(passed);
      left -= passed;
    }
  }

  /**
   * Skips all bytes after the last member of compressed data, as gzip(1) and Docker do. `offset`, by default the
   * current one, is where these bytes begin. Sets `facts.trailing` to the offset, and whether all bytes are zero;
   * leaves it null when there are none.
   */
  async ignoreRest(facts: CompressedFacts, offset: number = this.offset): Promise<void> {
    let zeros = true;
    for (let rest = await this.chunk(); rest !== null; rest = await this.chunk()) {
      zeros &&= rest.every((byte) => byte === 0);
      this.consume(rest.length);
    }
    if (this.offset > offset) facts.trailing = { offset, zeros };
  }

  damaged(reason: Reason, offset: number = this.offset, cause?: unknown): LadingError {
    const detail = { compression: this.#compression, offset, reason: inBoth(reason, cause) };
    return badArchive(finding('compressed-damaged', detail));
  }

  /** Returns the error for compressed data that ends too early. The error states the reader's current offset. */
  truncated(): LadingError {
    return badArchive(finding('compressed-truncated', { compression: this.#compression, offset: this.offset }));
  }
}

/**
 * True when the data was cut off inside a magic number. `bytes`, the last ones of the data, are then the beginning of
 * the magic number `magic`, but not all of it. False when there are no bytes.
 */
export function isCutOff(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length > 0 && bytes.length < magic.length && startsWith(bytes, magic.slice(0, bytes.length));
}

/** True when `bytes` begin nearly with the magic number `magic`: at most one byte of four is wrong, or two of six. */
export function isNearly(bytes: Uint8Array, magic: readonly number[]): boolean {
  const same = magic.filter((byte, i) => bytes[i] === byte).length;
  return same >= Math.max(3, magic.length - 2);
}

export function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Returns the unsigned number that bytes stand for, lowest byte first. It is exact up to 2^53. */
export function littleEndian(field: Uint8Array): number {
  return field.reduceRight((value, byte) => value * 256 + byte, 0);
}
