import type { BitReader } from './bits.ts';
import { type BlockTables, readTables } from './tables.ts';

/**
 * The number of bytes of a bzip2 block for which a decoder has memory at first. It is small, because an upload may hold
 * very many small layers, and each has a decoder of its own.
 */
const FIRST_ROOM = 4096;

/** The number of symbols in a row that share one Huffman code in bzip2. */
const GROUP = 50;

/**
 * The highest symbol of a bzip2 block that is a digit of a run length. The symbols 0 and 1 are such digits; higher
 * symbols stand for bytes, or for the end of the block.
 */
const MAX_DIGIT = 1;
const MAX_DIGITS = 20;

/** The number of bytes up to which a loop copies faster than a call of `copyWithin`. */
const FEW = 16;

/** The number of equal bytes in a row after which bzip2 stores how many more of them follow (0 to `MAX_RUN`). */
const RUN = 4;
const MAX_RUN = 255;

/**
 * The lookup table for bzip2's CRC-32, with one entry for each value of a byte. The polynomial is that of gzip's
 * CRC-32, but the highest bit comes first.
 */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, i) => {
  let crc = i << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});

/** Decodes bzip2 blocks one after another, and uses the same memory for each. */
export class BlockDecoder {
  readonly #bits: BitReader;
  /**
   * The bytes of a block as bzip2 has sorted them (Burrows–Wheeler transform), and the links that restore their order.
   * The lower 8 bits of an entry are a byte. The upper 24 bits are the index of the entry whose byte comes next in the
   * restored content.
   */
  #links = new Uint32Array(FIRST_ROOM);
  readonly #counts = new Int32Array(256);
  readonly #group = new Uint16Array(GROUP);
  /** The move-to-front list of a bzip2 block: its bytes in the order of their last occurrence, the latest first. */
  readonly #recent = new Uint8Array(256);
  /** The index in `#links`, the sorted bytes of the block, of the byte with which the next call of `expand` begins. */
  #rank = 0;
  #left = 0; // the number of bytes that are still to come
  #last = -1; // the last byte
  #run = 0; // how many times it came in a row
  #crc = -1;

  constructor(bits: BitReader) {
    this.#bits = bits;
  }

  /** The CRC-32, as a signed number, of what `expand` has decompressed of the bzip2 block so far. */
  get crc(): number {
    return ~this.#crc;
  }

  /**
   * Reads the tables and symbols of a bzip2 block, so that `expand` can return its content. Throws `bad-archive` when
   * the block is damaged, or has more than `limit` bytes before its runs of equal bytes are expanded. `start` is the
   * offset of the block in the compressed data; the error states it.
   */
  read(limit: number, start: number): void {
    if (this.#bits.read(1) === 1) {
      throw this.#bits.fault('a block is marked as randomised, as none has been since bzip2 0.9.5', start);
    }
    const origin = this.#bits.read(24);
    const tables = readTables(this.#bits, start);
    const size = this.#readSymbols(tables, limit);
    this.#bits.checkEnd();
    if (size === null || origin >= size) throw this.#bits.fault('the symbols of a block are impossible', start);
    this.#link(size);
    this.#rank = this.#links[origin]! >>> 8;
    this.#left = size;
    this.#last = -1;
    this.#run = 0;
    this.#crc = -1;
  }

  /**
   * Writes the next decompressed bytes of the bzip2 block to the beginning of `out`, which must have more than
   * `MAX_RUN` bytes. Returns the number of bytes written; 0 at the end of the block.
   */
  expand(out: Uint8Array): number {
    const links = this.#links;
    const room = out.length - MAX_RUN;
    let rank = this.#rank;
    let left = this.#left;
    let last = this.#last;
    let run = this.#run;
    let crc = this.#crc;
    let at = 0;
    for (; left > 0 && at < room; left--) {
      const link = links[rank]!;
      const byte = link & 0xff;
      rank = link >>> 8;
      if (run === RUN) {
        for (let more = byte; more > 0; more--) {
          out[at++] = last;
          crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ last]!;
        }
        last = -1;
        run = 0;
      } else {
        run = byte === last ? run + 1 : 1;
        last = byte;
        out[at++] = byte;
        crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte]!;
      }
    }
    this.#rank = rank;
    this.#left = left;
    this.#last = last;
    this.#run = run;
    this.#crc = crc;
    return at;
  }

  /**
   * Reads the symbols of a bzip2 block into bytes in `#links`: reverses Huffman coding, run lengths and move-to-front.
   * Returns the number of bytes. Returns null when the symbols are impossible, or stand for more than `limit` bytes.
   */
  #readSymbols({ bytes, codes, selectors }: BlockTables, limit: number): number | null {
    const group = this.#group;
    const end = bytes.length + 1;
    this.#recent.set(bytes);
    this.#counts.fill(0);
    let size = 0;
    let run = 0;
    let digits = 0;
    for (const selector of selectors) {
      this.#makeRoom(size + GROUP);
      this.#bits.symbols(codes[selector]!, group, end);
      for (let i = 0; i < GROUP; i++) {
        const symbol = group[i]!;
        if (symbol <= MAX_DIGIT) {
          if (digits > MAX_DIGITS) return null;
          run += (symbol + 1) << digits;
          digits += 1;
          continue;
        }
        if (size + run > limit) return null;
        if (run > 0) size = this.#repeat(run, size);
        if (symbol >= end) return symbol === end ? size : null;
        if (size === limit) return null;
        run = 0;
        digits = 0;
        const byte = this.#toFront(symbol - 1);
        this.#counts[byte]! += 1;
        this.#links[size] = byte;
        size += 1;
      }
    }
    return null;
  }

  /** Enlarges `#links`, the memory for a bzip2 block, if it has room for fewer than `size` bytes of the block. */
  #makeRoom(size: number): void {
    if (size <= this.#links.length) return;
    const larger = new Uint32Array(2 * size);
    larger.set(this.#links);
    this.#links = larger;
  }

  #repeat(run: number, size: number): number {
    // Room for the bytes that the other symbols of the group stand for, too.
    this.#makeRoom(size + run + GROUP);
    const byte = this.#recent[0]!;
    this.#counts[byte]! += run;
    for (let at = size; at < size + run; at++) this.#links[at] = byte;
    return size + run;
  }

  #toFront(place: number): number {
    const recent = this.#recent;
    const byte = recent[place]!;
    if (place > FEW) recent.copyWithin(1, 0, place);
    else for (let at = place; at > 0; at--) recent[at] = recent[at - 1]!;
    recent[0] = byte;
    return byte;
  }

  /**
   * Prepares to reverse the Burrows–Wheeler transform of a bzip2 block of `size` bytes: stores beside each byte the
   * index of the one that follows it in the restored content.
   */
  #link(size: number): void {
    const links = this.#links;
    const ranks = this.#counts;
    let sum = 0;
    for (let byte = 0; byte < 256; byte++) {
      const count = ranks[byte]!;
      ranks[byte] = sum;
      sum += count;
    }
    for (let at = 0; at < size; at++) {
      const byte = links[at]! & 0xff;
      const rank = ranks[byte]!;
      ranks[byte] = rank + 1;
      links[rank] = links[rank]! | (at << 8);
    }
  }
}
