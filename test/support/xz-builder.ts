import { crc32 } from 'node:zlib';
import { encodeInteger } from '../../core/compression/xz/fields.ts';

/**
 * A stream of the .xz format (1.2.1), field by field, as lists of bytes. Any of them may be wrong. The checksums of
 * headers, index and footer are no fields: they always fit, so that a reader has to judge the fields themselves.
 */
export interface XzStream {
  magic: number[];
  flags: number[];
  blocks: XzBlock[];
  index: { indicator: number[]; integers: number[][]; padding: number[] };
  footer: { backwardSize: number[]; flags: number[]; magic: number[] };
}

/** A block. `size` is the first byte of its header, and `integers` has the sizes and each filter with its properties. */
export interface XzBlock {
  header: { size: number[]; flags: number[]; integers: number[][]; padding: number[] };
  data: number[];
  padding: number[];
  check: number[];
  contentSize: number;
}

/** What a sound block is made of. */
export interface BlockParts {
  /** LZMA2 chunks with their end marker. */
  data: Uint8Array;
  contentSize: number;
  check?: Uint8Array;
  /** True to put the sizes of the packed data and of the content into the header. */
  statesSizes?: boolean;
  /** ID, length of the properties, and properties of each filter; the last one is LZMA2. */
  filters?: number[][];
}

const LZMA2_8_MIB = [0x21, 1, 22];

export function xzBlock(parts: BlockParts): XzBlock {
  const { data, contentSize, check = [], statesSizes = false, filters = [LZMA2_8_MIB] } = parts;
  const sizes = statesSizes ? [encodeInteger(data.length), encodeInteger(contentSize)] : [];
  const integers = [...sizes, ...filters.map((each) => [...each])];
  const length = 2 + integers.flat().length;
  const padding = zeros(-length & 3);
  const size = [(length + padding.length) / 4];
  const flags = [((filters.length - 1) & 3) | (statesSizes ? 0xc0 : 0)];
  const header = { size, flags, integers, padding };
  return { header, data: [...data], padding: zeros(-data.length & 3), check: [...check], contentSize };
}

/** A sound stream of these blocks, with the number of their check. */
export function xzStream(checkType: number, blocks: XzBlock[]): XzStream {
  const records = blocks.map((block) => [blockBytes(block).length - block.padding.length, block.contentSize]);
  const integers = [blocks.length, ...records.flat()].map(encodeInteger);
  const length = 1 + integers.flat().length;
  const padding = zeros(-length & 3);
  return {
    magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
    flags: [0, checkType],
    blocks,
    index: { indicator: [0], integers, padding },
    footer: { backwardSize: word((length + padding.length) / 4), flags: [0, checkType], magic: [0x59, 0x5a] },
  };
}

/** The bytes of the stream, with checksums that fit its fields. */
export function xzBytes(stream: XzStream): Buffer {
  const { index, footer } = stream;
  const summed = (fields: number[]): number[] => [...fields, ...sum(fields)];
  const end = [...footer.backwardSize, ...footer.flags];
  return Buffer.from([
    ...stream.magic,
    ...summed(stream.flags),
    ...stream.blocks.flatMap(blockBytes),
    ...summed([...index.indicator, ...index.integers.flat(), ...index.padding]),
    ...sum(end),
    ...end,
    ...footer.magic,
  ]);
}

function blockBytes({ header, data, padding, check }: XzBlock): number[] {
  const fields = [...header.size, ...header.flags, ...header.integers.flat(), ...header.padding];
  return [...fields, ...sum(fields), ...data, ...padding, ...check];
}

/** Every field of the stream but the packed data, in the order of the file. Changing one changes the stream. */
export function xzFields({ magic, flags, blocks, index, footer }: XzStream): number[][] {
  const ofBlocks = blocks.flatMap(({ header, padding, check }) => {
    return [header.size, header.flags, ...header.integers, header.padding, padding, check];
  });
  const ofIndex = [index.indicator, ...index.integers, index.padding];
  return [magic, flags, ...ofBlocks, ...ofIndex, footer.backwardSize, footer.flags, footer.magic];
}

function sum(fields: number[]): number[] {
  return word(crc32(Uint8Array.from(fields)));
}

function word(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}
