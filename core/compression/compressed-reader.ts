import { finding } from '../catalogue/findings.ts';
import { badArchive, type LadingError } from '../model/errors.ts';
import type { Compression } from '../model/inspection.ts';
import type { Bytes } from '../model/ports.ts';
import { ByteReader } from './byte-reader.ts';
import { inBoth, type Reason } from './reasons.ts';

/** What a compressed stream turned out to be made of; filled while it is read, complete when it ends. */
export interface CompressedFacts {
  /** Gzip members, bzip2 and xz streams, zstd frames. */
  members: number;
  /** Bytes after the last member, if there are any: the offset of the first, and whether all are zero. */
  trailing: { offset: number; zeros: boolean } | null;
  /** True when some of the content carries no checksum, so that damage can go unnoticed. */
  unchecked?: boolean;
  /** Called after each member, and after each zstd frame that is skipped: many of them can hold nothing. */
  watch?: () => void | Promise<void>;
}

/** Counts a member that was read to its end. */
export function memberRead(facts: CompressedFacts): void | Promise<void> {
  facts.members++;
  return facts.watch?.();
}

/**
 * How many bytes of a gzip member or zip entry its engine gets first; each further input may be twice as long. An engine copies
 * its input, so a stream of small members would be copied over and over, if each got all that is at hand.
 */
export const FIRST_INPUT = 4096;

/** Reads the fields of a compressed format, and words its faults, with offsets in the compressed bytes. */
export class CompressedReader extends ByteReader {
  readonly #compression: Compression;

  constructor(bytes: Bytes, compression: Compression) {
    super(bytes);
    this.#compression = compression;
  }

  /** The next `count` bytes, as a copy. Throws `bad-archive` (compressed-truncated) when there are fewer. */
  async need(count: number): Promise<Uint8Array> {
    const taken = await this.take(count);
    if (taken.length < count) throw this.truncated();
    return taken;
  }

  /** Throws `bad-archive` (compressed-truncated) when there are fewer than `count` bytes to pass over. */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const chunk = await this.chunk();
      if (chunk === null) throw this.truncated();
      const passed = Math.min(left, chunk.length);
      this.consume(passed);
      left -= passed;
    }
  }

  /** Reads the stream to its end: bytes after the last member are ignored, as gzip(1) and Docker do, and recorded. */
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

  /** The stream ended where there should be more; to be asked for at its end. */
  truncated(): LadingError {
    return badArchive(finding('compressed-truncated', { compression: this.#compression, offset: this.offset }));
  }
}

/** True when all there is of a magic number fits it, but its end is missing. */
export function isCutOff(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length > 0 && bytes.length < magic.length && startsWith(bytes, magic.slice(0, bytes.length));
}

/** True when the bytes are nearly a magic number: at most one wrong byte of four, at most two of six. */
export function isNearly(bytes: Uint8Array, magic: readonly number[]): boolean {
  const same = magic.filter((byte, i) => bytes[i] === byte).length;
  return same >= Math.max(3, magic.length - 2);
}

export function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** An unsigned number, least significant byte first; exact up to 2^53. */
export function littleEndian(field: Uint8Array): number {
  return field.reduceRight((value, byte) => value * 256 + byte, 0);
}
