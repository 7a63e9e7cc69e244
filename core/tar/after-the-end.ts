import { asBuffer } from '../model/bytes.ts';
import { hole } from './faults.ts';
import { BLOCK, isHeader } from './header.ts';
import type { Member } from './member.ts';

/** What an archive has behind its end besides some zero bytes. */
export interface Beyond {
  /** What is no zero byte, where it begins; null when there is nothing. */
  after: { offset: number; anotherArchive: boolean } | null;
  /** Zero bytes up to the end of the file, where they are more than padding. */
  zeros?: { offset: number; bytes: number };
}

/** How many zero bytes may pad an archive, or stand between two of them (`tar -b`). */
const PADDING_BYTES = 1024 * 1024;
/** What tar pads an archive to unless it is asked for something else. */
const RECORD_BYTES = 20 * BLOCK;

const ZEROS = Buffer.alloc(64 * 1024);

/**
 * Looks on behind the two zero blocks that end an archive. Clients read nothing of it; but zeros also stand where a file
 * was never filled, and then the archive goes on behind them, with members that are lost. That throws `bad-archive`.
 */
export class BeyondTheEnd {
  readonly #start: number;
  readonly #last: Member | null;
  /** Offset of the block at hand, and how many bytes of it are there. */
  #offset: number;
  #filled = 0;
  readonly #block = Buffer.alloc(BLOCK);
  #after: Beyond['after'] = null;

  /** `start` is where the two blocks end, `last` the last member before them. */
  constructor(start: number, last: Member | null) {
    this.#start = this.#offset = start;
    this.#last = last;
  }

  add(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#filled === 0 && this.#after === null) {
        const zeros = zeroBlocks(bytes.subarray(at));
        this.#offset += zeros;
        at += zeros;
      }
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

  /** Looks at the block at hand, which is shorter than others at the end of the file only. */
  #look(): void {
    const block = this.#block.subarray(0, this.#filled);
    const offset = this.#offset;
    this.#offset += this.#filled;
    this.#filled = 0;
    if (this.#after?.anotherArchive === true) return;
    const first = block.findIndex((byte) => byte !== 0);
    if (first < 0) return;
    const begins = block.length === BLOCK && isHeader(block);
    if (this.#after === null) this.#after = this.#judge(offset, first, begins);
    // Bytes that are none, and then a header: the archive goes on.
    else if (begins) throw hole(this.#start - 2 * BLOCK, offset, this.#last);
  }

  #judge(offset: number, first: number, isArchive: boolean): Beyond['after'] {
    const zeros = offset + first - this.#start;
    const isAppended = zeros === 0 || (zeros < RECORD_BYTES && (offset + first) % RECORD_BYTES === 0);
    // Before the first member there is nothing that could have ended.
    if (this.#last !== null && (isArchive ? zeros <= PADDING_BYTES : isAppended))
      return { offset, anotherArchive: isArchive };
    throw hole(this.#start - 2 * BLOCK, offset + first, this.#last);
  }
}

/** How many bytes the zero blocks at the beginning have. */
function zeroBlocks(bytes: Uint8Array): number {
  const buffer = asBuffer(bytes);
  let at = 0;
  while (buffer.length - at >= ZEROS.length && buffer.subarray(at, at + ZEROS.length).equals(ZEROS)) at += ZEROS.length;
  while (buffer.length - at >= BLOCK && buffer.subarray(at, at + BLOCK).equals(ZEROS.subarray(0, BLOCK))) at += BLOCK;
  return at;
}
