import { hole } from './faults.ts';
import { BLOCK, isHeader, isZeroBlock } from './header.ts';
import type { Member } from './member.ts';

/** The data found after the end mark of a tar archive, apart from padding. */
export interface Beyond {
  /**
   * The first block after a tar archive's end mark that is not all zero: its offset in bytes, and whether it begins
   * another archive. Null when only zeros follow the end mark.
   */
  after: { offset: number; anotherArchive: boolean } | null;
  /**
   * The run of zero bytes from the end mark of a tar archive to the end of the file. Only present when it is too long
   * to be padding.
   */
  zeros?: { offset: number; bytes: number };
}

/**
 * The largest number of zero bytes after a tar archive that counts as padding. `tar -b` can pad by this much. A longer
 * run of zeros is reported to the user.
 */
const PADDING_BYTES = 1024 * 1024;
/** The number of PAX records that take as long to read as a block that is not all zero, which may be a header. */
const ENTRIES_OF_LOOK = 2;
/** The size of a tar record in bytes. By default, tar pads an archive with zeros to a multiple of this size. */
const RECORD_BYTES = 20 * BLOCK;

/**
 * Reads the bytes after the two zero blocks that end a tar archive. Container engines ignore these bytes. Throws
 * `bad-archive` when the bytes show that the two blocks are part of a hole, and that more of the same archive follows.
 * A hole is a range of zeros in place of data that was never written.
 */
export class BeyondTheEnd {
  readonly #start: number;
  readonly #last: Member | null;
  /** The offset in the archive, in bytes, of the current block, which comes after the end mark. */
  #offset: number;
  /**
   * The number of bytes of the current 512-byte block, which comes after the end of the tar archive, that have been
   * read into `#block`.
   */
  #filled = 0;
  #block = new Uint8Array();
  #after: Beyond['after'] = null;
  /** The number of PAX records that take as long to read as the blocks that were looked at so far. */
  entries = 0;

  /**
   * Begins to read what follows a tar archive, at the offset `start` right after its two zero blocks. `last` is the
   * archive's last member; null for an archive without members.
   */
  constructor(start: number, last: Member | null) {
    this.#start = this.#offset = start;
    this.#last = last;
  }

  add(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#filled === 0) {
        const zeros = zeroBlocks(bytes.subarray(at));
        this.#offset += zeros;
        at += zeros;
        if (at === bytes.length) return;
      }
      // Not before it is needed, because an archive can have thousands of layers, and most have only zeros here.
      if (this.#block.length === 0) this.#block = new Uint8Array(BLOCK);
      const taken = Math.min(BLOCK - this.#filled, bytes.length - at);
      this.#block.set(bytes.subarray(at, at + taken), this.#filled);
      this.#filled += taken;
      at += taken;
      if (this.#filled === BLOCK) this.#look();
    }
  }

  finish(): Beyond {
    this.#look();
    const bytes = this.#offset - this.#start;
    if (this.#after !== null || bytes <= PADDING_BYTES) return { after: this.#after };
    return { after: null, zeros: { offset: this.#start, bytes } };
  }

  /**
   * Checks the block in `#block` for a tar header or other non-zero bytes, and stores the first occurrence in `#after`.
   * Throws `bad-archive` when the block shows that the same archive continues after its end mark. The last block of a
   * file can be shorter than 512 bytes.
   */
  #look(): void {
    const block = this.#block.subarray(0, this.#filled);
    const offset = this.#offset;
    this.entries += ENTRIES_OF_LOOK;
    this.#offset += this.#filled;
    this.#filled = 0;
    if (this.#after?.anotherArchive === true) return;
    let first = 0;
    while (first < block.length && block[first] === 0) first++;
    if (first === block.length) return;
    const begins = block.length === BLOCK && isHeader(block);
    if (this.#after === null) this.#after = this.#judge(offset, first, begins);
    // A header after other bytes means that the archive goes on.
    else if (begins) throw hole(this.#start - 2 * BLOCK, offset, this.#last);
  }

  #judge(offset: number, first: number, isArchive: boolean): Beyond['after'] {
    const zeros = offset + first - this.#start;
    const isAppended = zeros === 0 || (zeros < RECORD_BYTES && (offset + first) % RECORD_BYTES === 0);
    // Zeros before the first member do not end an archive.
    if (this.#last !== null && (isArchive ? zeros <= PADDING_BYTES : isAppended))
      return { offset, anotherArchive: isArchive };
    throw hole(this.#start - 2 * BLOCK, offset + first, this.#last);
  }
}

/** The total length in bytes of the 512-byte zero blocks at the beginning of `bytes`; 0 when there is none. */
function zeroBlocks(bytes: Uint8Array): number {
  let at = 0;
  while (bytes.length - at >= BLOCK && isZeroBlock(bytes, at)) at += BLOCK;
  return at;
}
