import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { badArchive, type LadingError } from '../model/errors.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { type CompressedFacts, CompressedReader, littleEndian, memberRead } from './compressed-reader.ts';
import { endOfFrames, type FrameMagic, nextFrame } from './frames.ts';
import { Lz4Blocks } from './lz4/blocks.ts';
import { Lz4Window } from './lz4/window.ts';
import { Xxh32, xxh32 } from './lz4/xxh32.ts';

/**
 * Expands lz4 data (frame format 1.6.3) with any number of frames, legacy and skippable ones included, and verifies the
 * checksums of headers, blocks and contents. Throws `bad-archive` (compressed-truncated, compressed-damaged,
 * compression-not-expanded for a frame that needs a dictionary) with the offset in the compressed bytes. For damage
 * inside a block, that is the offset of the block.
 */
export async function* unlz4(input: Bytes, _: Tools, facts: CompressedFacts): Bytes {
  const reader = new CompressedReader(input, 'lz4');
  const window = new Lz4Window();
  try {
    for (let magic = await nextFrame(reader, MAGICS, facts); magic !== null;) {
      yield* magic === MAGIC ? frame(reader, window, facts) : legacyFrame(reader, window, facts);
      await memberRead(facts);
      magic = await nextFrame(reader, MAGICS, facts);
    }
    await endOfFrames(reader, MAGICS, facts);
  } finally {
    await reader.close();
  }
}

const MAGIC: FrameMagic = [0x04, 0x22, 0x4d, 0x18];
const LEGACY_MAGIC: FrameMagic = [0x02, 0x21, 0x4c, 0x18];
const MAGICS = [MAGIC, LEGACY_MAGIC] as const;

/** The meaning of the bits in the first byte of an lz4 frame's descriptor (frame format, "FLG byte"). */
const FLAG = { dictionary: 1, reserved: 2, contentSum: 4, contentSize: 8, blockSum: 16, independent: 32 };

/** The fields of an lz4 frame's header that are needed to expand the frame. */
interface Header {
  flags: number;
  /** The most bytes of content in one block of the lz4 frame. */
  blockBytes: number;
  /** The number of bytes of content that the lz4 frame's header states; null when the header states none. */
  contentBytes: number | null;
}

async function* frame(reader: CompressedReader, window: Lz4Window, facts: CompressedFacts): Bytes {
  const { flags, blockBytes, contentBytes } = await readHeader(reader);
  const sum = (flags & FLAG.contentSum) === 0 ? null : new Xxh32();
  if (sum === null) facts.unchecked = true;
  let size = 0;
  window.begin(blockBytes);
  const isSummed = (flags & FLAG.blockSum) !== 0;
  const blocks = new Lz4Blocks(reader, window, { blockBytes, isSummed, isLinked: (flags & FLAG.independent) === 0 });
  while (!blocks.ended) {
    // Not inside the call: without a `watch`, its arguments would not be evaluated, and no block be read.
    const count = await blocks.read();
    await facts.watch?.(count * LIMITS.memberBytes);
    for (let piece = window.take(blocks.ended); piece.length > 0; piece = window.take(blocks.ended)) {
      sum?.update(piece);
      size += piece.length;
      yield piece;
    }
  }
  const end = reader.offset;
  if (sum !== null && littleEndian(await reader.need(4)) !== sum.digest()) {
    throw reader.damaged('the checksum of the content does not fit', end);
  }
  if (size !== (contentBytes ?? size)) throw reader.damaged('the length of the content does not fit', end);
}

/**
 * Reads and returns the header of an lz4 frame (frame format, "frame descriptor"), its magic number included. Throws
 * `bad-archive` when the header is invalid, when its checksum does not fit, or when the frame needs a dictionary.
 */
async function readHeader(reader: CompressedReader): Promise<Header> {
  const start = reader.offset;
  const [flags = 0, blockCode = 0] = (await reader.peek(6)).subarray(4);
  const sizeBytes = (flags & FLAG.contentSize) === 0 ? 0 : 8;
  const dictionaryBytes = (flags & FLAG.dictionary) === 0 ? 0 : 4;
  const header = await reader.need(7 + sizeBytes + dictionaryBytes);
  if (flags >> 6 !== 1) throw reader.damaged('the version of a frame is unknown', start);
  if ((flags & FLAG.reserved) !== 0 || (blockCode & 0x8f) !== 0) {
    throw reader.damaged('a reserved bit of the frame header is set', start);
  }
  if (((xxh32(header.subarray(4, -1)) >>> 8) & 0xff) !== header.at(-1)) {
    throw reader.damaged('the checksum of a frame header does not fit', start);
  }
  const code = blockCode >> 4;
  if (code < 4) throw reader.damaged('the size of a block is impossible', start);
  if (dictionaryBytes > 0) throw needsDictionary();
  const contentBytes = sizeBytes === 0 ? null : littleEndian(header.subarray(6, 6 + sizeBytes));
  return { flags, blockBytes: 2 ** (8 + 2 * code), contentBytes };
}

/** The number of bytes of content in each block of a legacy lz4 frame. The last block may have fewer. */
const LEGACY_BLOCK = 2 ** 23;

/**
 * The most bytes that a compressed block of a legacy lz4 frame can have. Where the size of the next block should be, a
 * larger number means that the frame has ended.
 */
const LEGACY_PACKED = LEGACY_BLOCK + Math.floor(LEGACY_BLOCK / 255) + 16;

/**
 * Expands a frame in the old format of lz4, as `lz4 -l` writes it. Such a frame has no checksum and no end mark. It
 * ends where the data ends, or where the next four bytes cannot be the size of a block.
 */
async function* legacyFrame(reader: CompressedReader, window: Lz4Window, facts: CompressedFacts): Bytes {
  facts.unchecked = true;
  await reader.need(LEGACY_MAGIC.length);
  window.begin(LEGACY_BLOCK);
  for (;;) {
    const start = reader.offset;
    const field = await reader.peek(4);
    const size = littleEndian(field);
    const isLast = field.length === 0 || (field.length === 4 && (size === 0 || size > LEGACY_PACKED));
    if (!isLast) {
      await reader.need(4);
      await facts.watch?.();
      window.forget();
      if (!window.expand(reader.ready(size) ?? (await reader.need(size)))) {
        throw reader.damaged('a block is invalid', start);
      }
    }
    for (let piece = window.take(isLast); piece.length > 0; piece = window.take(isLast)) yield piece;
    if (isLast) return;
  }
}

function needsDictionary(): LadingError {
  const detail = {
    compression: { en: 'lz4 and a dictionary of its own', zh: ' lz4 及其自带的字典' },
    tool: 'lz4 -d -D DICTIONARY',
  };
  return badArchive(finding('compression-not-expanded', detail));
}
