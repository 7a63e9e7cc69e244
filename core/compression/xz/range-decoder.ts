const EVEN_CHANCE = 1024;

const MAX_PACKED = 2 ** 16;

/**
 * The number of zero bytes after an LZMA chunk in memory. The end of the chunk is checked only between symbols, so the
 * decoding of a symbol in damaged data can read up to `LONGEST_SYMBOL` bytes beyond it.
 */
const SLACK = 64;

/** The number of bytes with which LZMA data begins, before its first symbol. */
export const RANGE_HEAD = 5;

/**
 * The largest number of input bytes that the decoding of one LZMA symbol can use (`LZMA_REQUIRED_INPUT_MAX` in LZMA's
 * SDK).
 */
const LONGEST_SYMBOL = 20;

/**
 * LZMA's range decoder: decodes bits, each with a probability that follows from the bits before it. Its methods have
 * the parameters `index` and `table`, which are positions in the array of all probabilities.
 */
export class RangeDecoder {
  readonly #probabilities: Uint16Array;
  readonly #input = new Uint8Array(MAX_PACKED + SLACK);
  #end = 0;
  /** The index in `#input`, the buffer of LZMA data, after which no further symbol may be decoded. */
  #stop = 0;
  #at = 0;
  // Signed 32-bit integers, which V8 keeps unboxed. Decoded bits are too random for the CPU to predict, so no code
  // branches on one. Each loop repeats the same few lines: a call for each bit would take most of the time.
  #range = 0;
  #code = 0;

  constructor(probabilities: number) {
    this.#probabilities = new Uint16Array(probabilities);
  }

  /** Resets the range decoder's probabilities: 0 and 1 are equally likely again for every bit. */
  reset(): void {
    this.#probabilities.fill(EVEN_CHANCE);
  }

  /**
   * Begins an LZMA chunk, `packed`, of at most 64 KiB. Returns false when the chunk does not begin with a zero byte, as
   * the format demands.
   */
  begin(packed: Uint8Array): boolean {
    this.#input.set(packed);
    this.#input.fill(0, packed.length, packed.length + SLACK);
    this.#end = packed.length;
    this.#stop = packed.length;
    this.#range = -1;
    this.#code = (packed[1]! << 24) | (packed[2]! << 16) | (packed[3]! << 8) | packed[4]!;
    this.#at = RANGE_HEAD;
    return packed[0] === 0;
  }

  /**
   * Adds input to LZMA data that comes in pieces. Returns the number of bytes of `input` for which the buffer had room.
   * `input` is null when the data has ended. Until the data has ended, `starved` is true whenever the buffer might not
   * hold all bytes of the next symbol.
   */
  feed(input: Uint8Array | null): number {
    this.#input.copyWithin(0, this.#at, this.#end);
    this.#end -= this.#at;
    this.#at = 0;
    const taken = input?.subarray(0, MAX_PACKED - this.#end) ?? new Uint8Array();
    this.#input.set(taken, this.#end);
    this.#end += taken.length;
    this.#input.fill(0, this.#end, this.#end + SLACK);
    this.#stop = input === null ? this.#end : this.#end - LONGEST_SYMBOL;
    return taken.length;
  }

  /** The bytes of the LZMA data that were fed and not used. */
  get unused(): Uint8Array {
    return this.#input.subarray(this.#at, this.#end);
  }

  /** True when the last symbol was decoded from bytes beyond the end of the LZMA data. */
  get overrun(): boolean {
    return this.#at > this.#end;
  }

  /** True when the range decoder must not decode another symbol before it gets more input. */
  get starved(): boolean {
    return this.#at > this.#stop;
  }

  /** True when the range decoder has read its chunk exactly to the end. */
  get finished(): boolean {
    return this.#at === this.#end && this.#code === 0;
  }

  /**
   * True when LZMA data can end after the symbol that was decoded last, because the range decoder's remaining value
   * (`#code`) is 0.
   */
  get empty(): boolean {
    return this.#code === 0;
  }

  bit(index: number): number {
    const probabilities = this.#probabilities;
    const chance = probabilities[index]!;
    let range = this.#range;
    let code = this.#code;
    const bound = Math.imul(range >>> 11, chance);
    const isZero = code >>> 0 < bound >>> 0;
    if (isZero) {
      range = bound;
      probabilities[index] = chance + ((2048 - chance) >> 5);
    } else {
      range = (range - bound) | 0;
      code = (code - bound) | 0;
      probabilities[index] = chance - (chance >> 5);
    }
    if (range >>> 24 === 0) {
      range <<= 8;
      code = (code << 8) | this.#input[this.#at++]!;
    }
    this.#range = range;
    this.#code = code;
    return isZero ? 0 : 1;
  }

  /**
   * Decodes a number below `size` (a power of two), highest bit first, and returns it. The probabilities of the bits
   * are a tree, which begins at the index `table`.
   */
  tree(table: number, size: number): number {
    const probabilities = this.#probabilities;
    const input = this.#input;
    let range = this.#range;
    let code = this.#code;
    let at = this.#at;
    let symbol = 1;
    while (symbol < size) {
      const index = table + symbol;
      const chance = probabilities[index]!;
      const bound = Math.imul(range >>> 11, chance);
      const above = (code - bound) | 0;
      // All bits are set when code < bound, both unsigned: the decoded bit is then 0.
      const zero = ((~code & bound) | ((~code | bound) & above)) >> 31;
      const rest = (range - bound) | 0;
      range = rest ^ ((rest ^ bound) & zero);
      code = (above + (bound & zero)) | 0;
      probabilities[index] = chance - ((chance + (zero & -2017)) >> 5);
      symbol = symbol + symbol + 1 + zero;
      if (range >>> 24 === 0) {
        range <<= 8;
        code = (code << 8) | input[at++]!;
      }
    }
    this.#range = range;
    this.#code = code;
    this.#at = at;
    return symbol - size;
  }

  /**
   * Decodes and returns an LZMA literal (one byte) that comes after a match. `expected` is the byte that would continue
   * the match. As long as the decoded bits equal the bits of `expected`, the bits of `expected` select the
   * probabilities. After the first bit that differs, `expected` has no effect. `table` is the index of the first
   * probability.
   */
  byteUnlike(expected: number, table: number): number {
    const probabilities = this.#probabilities;
    const input = this.#input;
    let range = this.#range;
    let code = this.#code;
    let at = this.#at;
    let symbol = 1;
    let bits = expected << 1;
    let alike = 0x100;
    while (symbol < 0x100) {
      const expectedBit = bits & alike;
      const index = table + alike + expectedBit + symbol;
      const chance = probabilities[index]!;
      const bound = Math.imul(range >>> 11, chance);
      const above = (code - bound) | 0;
      const zero = ((~code & bound) | ((~code | bound) & above)) >> 31;
      const rest = (range - bound) | 0;
      range = rest ^ ((rest ^ bound) & zero);
      code = (above + (bound & zero)) | 0;
      probabilities[index] = chance - ((chance + (zero & -2017)) >> 5);
      symbol = symbol + symbol + 1 + zero;
      alike &= expectedBit ^ zero;
      bits <<= 1;
      if (range >>> 24 === 0) {
        range <<= 8;
        code = (code << 8) | input[at++]!;
      }
    }
    this.#range = range;
    this.#code = code;
    this.#at = at;
    return symbol - 0x100;
  }

  /**
   * Decodes a number of `bits` bits, lowest bit first, and returns it. The probabilities of the bits are a tree, which
   * begins at the index `table`.
   */
  reverseTree(table: number, bits: number): number {
    const reversed = this.tree(table, 1 << bits);
    let value = 0;
    for (let i = 0; i < bits; i++) value |= ((reversed >> i) & 1) << (bits - 1 - i);
    return value;
  }

  /**
   * Decodes a number of `count` bits, highest bit first, and returns it. For each bit, 0 and 1 are always equally
   * likely.
   */
  evenBits(count: number): number {
    let range = this.#range;
    let code = this.#code;
    let value = 0;
    for (let left = count; left > 0; left--) {
      range >>>= 1;
      code = (code - range) | 0;
      const zero = code >> 31;
      code = (code + (range & zero)) | 0;
      value = value + value + 1 + zero;
      if (range >>> 24 === 0) {
        range <<= 8;
        code = (code << 8) | this.#input[this.#at++]!;
      }
    }
    this.#range = range | 0;
    this.#code = code;
    return value;
  }
}
