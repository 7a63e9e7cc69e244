/** The length in bits of the longest Huffman code that one look in a table finds. Longer codes are rare. */
export const SHORT_BITS = 10;

export const MAX_BITS = 20;

/** The value for bits that fit no Huffman code: a symbol higher than any other, with a length of 0. */
const IMPOSSIBLE = 0x7ff * 32;

/** A canonical Huffman code of bzip2, with tables for fast decoding. */
export class HuffmanCode {
  /** By the next SHORT_BITS bits: the Huffman code that they begin with, as symbol × 32 + length; 0 if it is longer. */
  readonly short = new Uint16Array(1 << SHORT_BITS);
  /** By code length: the smallest number of MAX_BITS bits that begins with a longer Huffman code. */
  readonly #limits = new Int32Array(MAX_BITS + 1);
  /** By code length: the number to add to a Huffman code to get the index of its symbol. */
  readonly #bases = new Int32Array(MAX_BITS + 1);
  readonly #symbols: Uint16Array;

  /** Makes a Huffman code from the code length of each symbol, 1 to MAX_BITS; null when the lengths are impossible. */
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
   * Finds a Huffman code longer than SHORT_BITS at the start of MAX_BITS bits: symbol × 32 + length, or `IMPOSSIBLE`.
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
