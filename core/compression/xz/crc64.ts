import { viewOf } from '../../model/byte-arrays.ts';

/**
 * The lower 32 bits of the polynomial of CRC-64 (ECMA-182), bit-reversed. `POLYNOMIAL_HIGH` has the upper 32 bits: a
 * JavaScript number is exact to 53 bits only.
 */
const POLYNOMIAL_LOW = 0xd7870f42;
const POLYNOMIAL_HIGH = 0xc96c5795;

/** The number of bytes that are added to a CRC-64 in one step. There is a lookup table for each of them. */
const STRIDE = 4;

/** The lookup tables of CRC-64: the lower and the upper 32 bits of each entry. */
interface Tables {
  low: Int32Array;
  high: Int32Array;
}

/** The lookup tables of CRC-64. They are null until the first CRC-64 is computed, because few archives use CRC-64. */
let tables: Tables | null = null;

/** A running CRC-64 (ECMA-182, bit-reversed as in xz). */
export class Crc64 {
  readonly #tables = (tables ??= makeTables());
  #low = -1;
  #high = -1;

  update(chunk: Uint8Array): void {
    const { low: LOW, high: HIGH } = this.#tables;
    let low = this.#low;
    let high = this.#high;
    let at = 0;
    const words = viewOf(chunk);
    for (const end = chunk.length - STRIDE; at <= end; at += STRIDE) {
      const word = low ^ words.getInt32(at, true);
      const a = 768 + (word & 255);
      const b = 512 + ((word >>> 8) & 255);
      const c = 256 + ((word >>> 16) & 255);
      const d = word >>> 24;
      low = high ^ LOW[a]! ^ LOW[b]! ^ LOW[c]! ^ LOW[d]!;
      high = HIGH[a]! ^ HIGH[b]! ^ HIGH[c]! ^ HIGH[d]!;
    }
    for (; at < chunk.length; at++) {
      const entry = (low ^ chunk[at]!) & 255;
      low = ((low >>> 8) | (high << 24)) ^ LOW[entry]!;
      high = (high >>> 8) ^ HIGH[entry]!;
    }
    this.#low = low;
    this.#high = high;
  }

  /** The lower 32 bits of the CRC-64, unsigned. */
  get low(): number {
    return ~this.#low >>> 0;
  }

  /** The upper 32 bits of the CRC-64, unsigned. */
  get high(): number {
    return ~this.#high >>> 0;
  }
}

function makeTables(): Tables {
  const low = new Int32Array(256 * STRIDE);
  const high = new Int32Array(256 * STRIDE);
  for (let i = 0; i < 256; i++) {
    let [l, h] = [i, 0];
    for (let bit = 0; bit < 8; bit++) {
      const odd = (l & 1) === 1;
      l = (l >>> 1) | (h << 31);
      h >>>= 1;
      if (odd) [l, h] = [l ^ POLYNOMIAL_LOW, h ^ POLYNOMIAL_HIGH];
    }
    low[i] = l;
    high[i] = h;
  }
  for (let i = 256; i < 256 * STRIDE; i++) {
    const [l, h] = [low[i - 256]!, high[i - 256]!];
    low[i] = ((l >>> 8) | (h << 24)) ^ low[l & 255]!;
    high[i] = (h >>> 8) ^ high[l & 255]!;
  }
  return { low, high };
}
