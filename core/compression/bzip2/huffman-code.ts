/** The length in bits of the longest Huffman code that is found with a single table look-up. Longer codes are rare. */
export const SHORT_BITS = 10;

export const MAX_BITS = 20;

/**
 * The result for bits that fit no Huffman code, as symbol × 32 + length: a symbol higher than any other, and length 0.
 */
const IMPOSSIBLE = 0x7ff * 32;

/** A canonical Huffman code of bzip2, with tables for fast decoding. */
export class HuffmanCode {
  /**
   * The table for short Huffman codes. The index is the next SHORT_BITS bits. The value is the code with which these
   * bits begin, as symbol × 32 + length in bits. It is 0 if they begin with no code of at most SHORT_BITS bits.
   */
  readonly short = new Uint16Array(1 << SHORT_BITS);
  /**
   * For each length of a Huffman code, a limit. If the next MAX_BITS bits, as a number, are below the limit, they begin
   * with a code of that length or a shorter one.
   */
  readonly #limits = new Int32Array(MAX_BITS + 1);
  /**
   * For each length of a Huffman code: the number that is added to a code of this length to get the index of its symbol
   * in `#symbols`, which has all symbols in the order of their codes.
   */
  readonly #bases = new Int32Array(MAX_BITS + 1);
  readonly #symbols: Uint16Array;

  /**
   * Makes a Huffman code of bzip2. `lengths` has the length in bits of each symbol's code, 1 to MAX_BITS. Returns null
   * when no Huffman code can have these lengths.
   */
  static of(lengths: Uint8Array): HuffmanCode | null {
    const code = new HuffmanCode(lengths);
    return code.#limits[MAX_BITS]! <= 1 << MAX_BITS ? code : null;
  }

  private constructor(lengths: Uint8Array) {
    this.#symbols = new Uint16Array(lengths.length);
    let code = 0;
    let place = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      this.#bases[length] = place - code;
      for (let symbol = lengths.indexOf(length); symbol !== -1; symbol = lengths.indexOf(length, symbol + 1)) {
        this.#symbols[place++] = symbol;
        if (length <= SHORT_BITS) this.#fillShort(symbol, length, code);
        code += 1;
      }
      this.#limits[length] = code * 2 ** (MAX_BITS - length);
      code *= 2;
    }
  }

  /**
   * Finds the Huffman code with which `bits`, the next MAX_BITS bits as a number, begin. Only for bits that begin with
   * no code of up to SHORT_BITS bits. Returns symbol × 32 + length in bits, or `IMPOSSIBLE` when no code fits.
   */
  long(bits: number): number {
    for (let length = SHORT_BITS + 1; length <= MAX_BITS; length++) {
      if (bits >= this.#limits[length]!) continue;
      return this.#symbols[(bits >> (MAX_BITS - length)) + this.#bases[length]!]! * 32 + length;
    }
    return IMPOSSIBLE;
  }

  #fillShort(symbol: number, length: number, code: number): void {
    const spare = SHORT_BITS - length;
    this.short.fill(symbol * 32 + length, code << spare, (code + 1) << spare);
  }
}
