import { grouped } from '../catalogue/grouped.ts';
import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { badArchive, type LadingError } from '../model/errors.ts';
import type { Bytes, FrameExpander, Tools } from '../model/ports.ts';
import { BarrenInput } from './barren-input.ts';
import { type CompressedFacts, CompressedReader, littleEndian, memberRead, startsWith } from './compressed-reader.ts';
import { endOfFrames, nextFrame } from './frames.ts';
import { type FrameHeader, plainContent, SMALL_FRAME, withSmallWindow } from './zstd-frame.ts';

/**
 * Expands zstd data (RFC 8878) with any number of frames, skippable ones included.
 *
 * This function finds the end of each frame from the sizes of its blocks, and gives the decompressor one frame at a
 * time. If Node's decompressor were given bytes of two frames at once, it would stop after the first without an error.
 * The decompressor verifies the checksum of the content. Throws `bad-archive` (compressed-truncated,
 * compressed-damaged, limit-exceeded for a large window, compression-not-expanded for a frame that needs a dictionary,
 * and for lz4 data).
 */
export async function* unzstd(input: Bytes, tools: Tools, facts: CompressedFacts): Bytes {
  const reader = new CompressedReader(input, 'zstd');
  const expander = tools.newZstd();
  const barren = new BarrenInput(facts);
  try {
    while ((await nextFrame(reader, [MAGIC], facts)) !== null) yield* frame(reader, expander, facts, barren);
    // After skippable frames, which lz4 has, too, the first bytes of the upload did not show the magic number.
    if (facts.members === 0 && startsWith(await reader.peek(4), LZ4)) throw lz4();
    await endOfFrames(reader, [MAGIC], facts);
  } finally {
    expander.close();
    await reader.close();
  }
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd] as const;
const LZ4 = [0x04, 0x22, 0x4d, 0x18] as const;

/**
 * The number that is added to the count of decompressed bytes for each call of the decompressor: one for a short zstd
 * frame, one for each chunk of a longer frame. Node makes a new decompressor for each short frame, which takes some 20
 * to 30 microseconds.
 */
const DECOMPRESSOR_COUNTS_AS = 5 * LIMITS.memberBytes;

/**
 * The number that is added to the count of decompressed bytes for each compressed block. Fifteen bytes can hold a block
 * of 128 KiB in 32,767 sequences, which takes three times as long as a block of zeros.
 */
const COMPRESSED_BLOCK_COUNTS_AS = 2 ** 16;

/**
 * The number of bytes of a zstd frame's window for which one is added to the count of decompressed bytes. A frame that
 * is expanded in pieces is counted so, because to allocate its window takes time.
 */
const WINDOW_COUNTS_AS = 8;

async function* frame(
  reader: CompressedReader,
  expander: FrameExpander,
  facts: CompressedFacts,
  barren: BarrenInput,
): Bytes {
  const header = parseHeader(reader, await reader.peek(MAX_HEADER));
  if (!header.checksum) facts.unchecked = true;
  const extent = new FrameExtent(reader, header);
  let size = 0;
  let isBegun = false;
  // A small frame is collected first, because Node accepts some frames as a whole that it refuses in pieces.
  let chunk: Uint8Array | null = await reader.peek(SMALL_FRAME);
  for (; !extent.ended; chunk = await reader.chunk()) {
    if (chunk === null || chunk.length === 0) throw reader.truncated();
    const { compressedBlocks } = extent;
    const mine = chunk.subarray(0, extent.advance(chunk));
    const blocks = extent.compressedBlocks - compressedBlocks;
    if (blocks > 0) await facts.watch?.(blocks * COMPRESSED_BLOCK_COUNTS_AS);
    const isWhole = extent.isWhole(mine);
    const before = size;
    const plain = isWhole ? plainContent(mine, header) : null;
    if (plain === null) await facts.watch?.(DECOMPRESSOR_COUNTS_AS);
    const whole = plain ?? (isWhole ? expander.whole(withSmallWindow(mine)) : null);
    if (whole === null) {
      // The decompressor allocates the window when it begins a frame. For 128 MiB, that takes some 5 milliseconds.
      if (!isBegun) await facts.watch?.(header.windowBytes / WINDOW_COUNTS_AS);
      isBegun = true;
      for await (const piece of expanded(reader, expander, mine)) {
        size += piece.length;
        yield piece;
      }
    } else if (whole.length > 0) {
      size += whole.length;
      yield whole;
    }
    reader.consume(mine.length);
    await barren.add(mine.length, size - before);
  }
  // Node overlooks a wrong size when the last block is empty and the frame was pushed in pieces.
  if (size !== (header.contentBytes ?? size)) throw reader.damaged('a frame has another size than its header says');
  await memberRead(facts);
}

async function* expanded(reader: CompressedReader, expander: FrameExpander, input: Uint8Array): Bytes {
  try {
    yield* expander.push(input);
  } catch (cause) {
    throw reader.damaged('a frame is invalid', reader.offset, cause);
  }
}

/** The length in bytes of the longest zstd frame header: magic number, descriptor, window, dictionary, content size. */
const MAX_HEADER = 4 + 1 + 1 + 4 + 8;

function parseHeader(reader: CompressedReader, head: Uint8Array): FrameHeader {
  const flags = head[4] ?? 0;
  const singleSegment = (flags & 0x20) !== 0;
  const windowBytes = singleSegment ? 0 : 1;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]!;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const dictionaryAt = 5 + windowBytes;
  const sizeAt = dictionaryAt + dictionaryBytes;
  const header = { length: sizeAt + sizeBytes, checksum: (flags & 4) !== 0, windowBytes: 0, contentBytes: null };
  // A header that is cut off is reported when the frame is read.
  if (head.length < header.length) return header;
  if ((flags & 8) !== 0) throw reader.damaged('a reserved bit of the frame header is set');
  const size = littleEndian(head.subarray(sizeAt, header.length)) + (sizeBytes === 2 ? 256 : 0);
  const window = singleSegment ? size : windowSize(head[5]!);
  checkWindow(window);
  if (littleEndian(head.subarray(dictionaryAt, sizeAt)) !== 0) throw needsDictionary();
  if (sizeBytes === 0) return { ...header, windowBytes: window };
  return { ...header, windowBytes: Math.min(window, size), contentBytes: size };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function checkWindow(size: number): void {
  if (size <= LIMITS.windowBytes) return;
  const bytes = grouped(size);
  const what = {
    en: `zstd data with a window of ${bytes} bytes (\`--long\`)`,
    zh: `zstd 数据的窗口为 ${bytes} 字节（\`--long\`）`,
  };
  throw beyondLimit(what, LIMITS.windowBytes);
}

function lz4(): LadingError {
  const compression = { en: 'lz4 behind a long skippable frame', zh: ' lz4（位于很长的可跳过帧之后）' };
  return badArchive(finding('compression-not-expanded', { compression, tool: 'lz4 -d' }));
}

function needsDictionary(): LadingError {
  const detail = {
    compression: { en: 'zstd and a dictionary of its own', zh: ' zstd 及其自带的字典' },
    tool: 'zstd -d -D DICTIONARY',
  };
  return badArchive(finding('compression-not-expanded', detail));
}

const CHECKSUM_BYTES = 4;
const RLE = 1;
const COMPRESSED = 2;
const RESERVED = 3;

/** Follows the sizes of the blocks in a zstd frame to find the end of the frame. */
class FrameExtent {
  /** The number of compressed blocks of the zstd frame whose headers were passed so far. */
  compressedBlocks = 0;
  readonly #reader: CompressedReader;
  readonly #checksumBytes: number;
  /**
   * The number of bytes to pass over up to the next block header of the zstd frame, or to the frame's end after the
   * last block.
   */
  #toPass: number;
  #header = 0;
  #headerBytes = 0;
  #last = false;
  /** The number of bytes of the zstd frame that `advance` has passed so far. */
  #advanced = 0;

  constructor(reader: CompressedReader, header: FrameHeader) {
    this.#reader = reader;
    this.#toPass = header.length;
    this.#checksumBytes = header.checksum ? CHECKSUM_BYTES : 0;
  }

  get ended(): boolean {
    return this.#last && this.#toPass === 0;
  }

  /** True when `bytes` are a whole zstd frame: the frame has ended, and is as long as `bytes`. */
  isWhole(bytes: Uint8Array): boolean {
    return this.ended && bytes.length === this.#advanced;
  }

  /**
   * Passes over a chunk of compressed data, up to the end of the zstd frame. Returns the number of bytes passed. Throws
   * `bad-archive` (compressed-damaged) for a block of a reserved type.
   */
  advance(chunk: Uint8Array): number {
    let at = 0;
    while (at < chunk.length && !this.ended) {
      const passed = Math.min(this.#toPass, chunk.length - at);
      this.#toPass -= passed;
      at += passed;
      if (this.#toPass === 0 && !this.#last && at < chunk.length) this.#headerByte(chunk[at++]!, at);
    }
    this.#advanced += at;
    return at;
  }

  #headerByte(byte: number, at: number): void {
    this.#header += byte * 256 ** this.#headerBytes;
    this.#headerBytes += 1;
    if (this.#headerBytes < 3) return;
    const type = (this.#header >> 1) & 3;
    if (type === RESERVED) throw this.#reader.damaged('a block has a reserved type', this.#reader.offset + at - 3);
    if (type === COMPRESSED) this.compressedBlocks++;
    this.#last = (this.#header & 1) === 1;
    this.#toPass = (type === RLE ? 1 : this.#header >> 3) + (this.#last ? this.#checksumBytes : 0);
    this.#header = 0;
    this.#headerBytes = 0;
  }
}
