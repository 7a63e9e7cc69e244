import { crc32 } from 'node:zlib';
import { type Sample, SAMPLES } from './compressed.ts';
import { type Lzma2Chunk, lzma2Chunks, lzma2Data, storedChunk } from './lzma2-chunks.ts';
import { type BlockParts, xzBlock, xzBytes, xzFields, xzStream, type XzStream } from './xz-builder.ts';

/** A line of text, for chunks that store it. */
export const LINE: Buffer = Buffer.from('a line of text, a line of text\n');

/** A chunk of text in LZMA, as `xz --check=none` has made it of the sample. */
export const PACKED: Lzma2Chunk = packedChunk(SAMPLES.xz.find((each) => each.name === 'xz --check=none')!);

const STORED = storedChunk(1, LINE);
const CRC32 = 1;

/** Small sound streams of each structure. Each call makes new ones, which may be changed. */
export const STREAMS: Record<string, () => XzStream> = {
  'no block': () => xzStream(CRC32, []),
  'one block without sizes': () => xzStream(CRC32, [block([STORED])]),
  'three blocks with sizes': () =>
    xzStream(CRC32, [
      block([STORED], { statesSizes: true }),
      block([], { statesSizes: true }),
      block([STORED], { statesSizes: true }),
    ]),
  'a block with filters and without a check': () =>
    xzStream(0, [
      xzBlock({
        data: lzma2Data([STORED]),
        contentSize: LINE.length,
        filters: [
          [3, 1, 1],
          [4, 4, 0, 16, 0, 0],
          [0x21, 1, 0],
        ],
      }),
    ]),
};

function block(chunks: Lzma2Chunk[], parts: Partial<BlockParts> = {}) {
  const content = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk.body)));
  const check = Buffer.alloc(4);
  check.writeUInt32LE(crc32(content));
  return xzBlock({ data: lzma2Data(chunks), contentSize: content.length, check, ...parts });
}

/** A file of one block of stored text, without a check but for what `parts` and `checkType` say. */
export function fileOf(parts: Partial<BlockParts>, checkType = 0): Buffer {
  return xzBytes(xzStream(checkType, [xzBlock({ data: lzma2Data([STORED]), contentSize: LINE.length, ...parts })]));
}

/** A file of one block of these chunks without a check, whose index believes what they state of their sizes. */
export function ofChunks(chunks: Lzma2Chunk[]): Buffer {
  return fileOf({ data: lzma2Data(chunks), contentSize: chunks.reduce((sum, { size }) => sum + size, 0) });
}

/** The stream once for each way in which each byte of each of its fields can be wrong, but not for its first magic. */
export function withWrongFields(make: () => XzStream): Buffer[] {
  const wrong: Buffer[] = [];
  for (const [number, field] of xzFields(make()).entries()) {
    for (let at = 0; at <= field.length; at++) {
      for (const replacement of at < field.length ? inPlaceOf(field[at]!) : [[0], [1], [0, 0, 0, 0]]) {
        const stream = make();
        xzFields(stream)[number]!.splice(at, 1, ...replacement);
        wrong.push(xzBytes(stream));
      }
    }
  }
  return wrong;
}

/** Each bit flipped, the extremes, the byte missing, the byte twice, and its number in two bytes. */
function inPlaceOf(byte: number): number[][] {
  const flipped = Array.from({ length: 8 }, (_, bit) => [byte ^ (1 << bit)]);
  return [...flipped, [0], [255], [], [byte, byte], [byte | 128, 0], [byte | 128, 1]];
}

/** The only chunk of a file of one block of LZMA2 with a header of 12 bytes, and without a check. */
function packedChunk({ stored }: Sample): Lzma2Chunk {
  return lzma2Chunks(stored.subarray(24))[0]!;
}
