import type { BitReader } from './bits.ts';
import { HuffmanCode, MAX_BITS } from './huffman-code.ts';

/** The tables at the head of a bzip2 block: the bytes that occur in it, in ascending order, and its Huffman codes. */
export interface BlockTables {
  bytes: number[];
  codes: HuffmanCode[];
  /** For each group of 50 symbols in the bzip2 block: the index in `codes` of the Huffman code that the group uses. */
  selectors: Uint8Array;
}

/**
 * The number of different symbols in a bzip2 block, minus the number of different bytes in it. The symbols are two for
 * run lengths, one for the end of the block, and one for each index from 1 up in the list of recent bytes. Index 0
 * needs no symbol, because it is written as a run. So n different bytes need n + 2 symbols.
 */
const MORE_SYMBOLS = 2;

/**
 * Reads and returns the tables at the head of a bzip2 block: the bytes that occur in it, and its Huffman codes. Throws
 * `bad-archive` if they are impossible. `start` is the offset of the block in the compressed data; the error states it.
 */
export function readTables(bits: BitReader, start: number): BlockTables {
  const bytes = readBytes(bits);
  const codeCount = bits.read(3);
  const selectorCount = bits.read(15);
  if (bytes.length === 0 || codeCount < 2 || codeCount > 6 || selectorCount === 0) {
    throw bits.fault('the tables of a block are impossible', start);
  }
  const selectors = new Uint8Array(selectorCount);
  // A block of a few bytes may have 32,767 selectors, so that each must cost little.
  const recent = Uint8Array.from({ length: codeCount }, (_, i) => i);
  for (let i = 0; i < selectorCount; i++) {
    let place = 0;
    while (place < codeCount && bits.read(1) === 1) place += 1;
    const selector = recent[place];
    if (selector === undefined) throw bits.fault('a block uses a code that it does not have', start);
    for (let at = place; at > 0; at--) recent[at] = recent[at - 1]!;
    recent[0] = selector;
    selectors[i] = selector;
  }
  const codes = Array.from(recent, () => readCode(bits, bytes.length + MORE_SYMBOLS, start));
  return { bytes, codes, selectors };
}

/**
 * Reads and returns the byte values that occur in a bzip2 block, in ascending order. They are stored as a bit map of
 * two levels: a bit for each of 16 groups of 16 values, and then 16 bits for each group that occurs.
 */
function readBytes(bits: BitReader): number[] {
  const sixteenths = setBits(bits.read(16));
  return sixteenths.flatMap((high) => setBits(bits.read(16)).map((low) => high * 16 + low));
}

function setBits(map: number): number[] {
  return Array.from({ length: 16 }, (_, i) => i).filter((i) => (map & (0x8000 >> i)) !== 0);
}

/**
 * Reads and returns a Huffman code of a bzip2 block for the given number of `symbols`. It is stored as the length in
 * bits of each symbol's code, and each length as its difference from the length before it. Throws `bad-archive` when
 * the lengths are impossible. `start` is the offset of the block, which the error states.
 */
function readCode(bits: BitReader, symbols: number, start: number): HuffmanCode {
  const lengths = new Uint8Array(symbols);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    while (isLength(length) && bits.read(1) === 1) length += bits.read(1) === 1 ? -1 : 1;
    if (!isLength(length)) throw bits.fault('a Huffman code of a block is too long', start);
    lengths[symbol] = length;
  }
  const code = HuffmanCode.of(lengths);
  if (code === null) throw bits.fault('a Huffman code of a block is impossible', start);
  return code;
}

function isLength(length: number): boolean {
  return length >= 1 && length <= MAX_BITS;
}
