import type { Bytes, Tools } from '../model/ports.ts';
import { BitReader } from './bzip2/bits.ts';
import { BlockDecoder } from './bzip2/block.ts';
import {
  blockRead,
  type CompressedFacts,
  CompressedReader,
  isCutOff,
  memberRead,
  startsWith,
} from './compressed-reader.ts';

/**
 * Expands bzip2 data with any number of streams, as pbzip2 writes it, and verifies the checksums of blocks and streams.
 * Yields the content in chunks; each is valid until the next one is requested. Throws `bad-archive`
 * (compressed-truncated, compressed-damaged) with the offset of the damage in the compressed bytes. For damage inside a
 * block, that is the offset of the block.
 */
export async function* bunzip2(input: Bytes, _: Tools, facts: CompressedFacts): Bytes {
  const reader = new CompressedReader(input, 'bzip2');
  const bits = new BitReader(reader);
  const decoder = new BlockDecoder(bits);
  // One buffer serves all streams: an upload may hold a hundred thousand of them.
  const out = new Uint8Array(PIECE_BYTES);
  try {
    do {
      yield* stream(bits, decoder, out, facts);
      await memberRead(facts);
    } while (await anotherStream(bits, reader, facts));
  } finally {
    await reader.close();
  }
}

/** The first three bytes of a bzip2 stream: `BZh`. A digit from 1 to 9 follows them (`LEVELS`). */
const MAGIC = [0x42, 0x5a, 0x68] as const;
const LEVELS = { first: 0x31, last: 0x39 };
const BLOCK_UNIT = 100_000;

/** The 48-bit mark with which a bzip2 block begins. `END` is the mark after the last block of a stream. */
const BLOCK = 0x314159265359;
const END = 0x177245385090;

const PIECE_BYTES = 2 ** 18;

async function* stream(bits: BitReader, decoder: BlockDecoder, out: Uint8Array, facts: CompressedFacts): Bytes {
  await bits.fill();
  const limit = readLevel(bits) * BLOCK_UNIT;
  let crc = 0;
  for (;;) {
    await bits.fill();
    const start = bits.offset;
    const magic = bits.read(24) * 2 ** 24 + bits.read(24);
    const stored = bits.read32();
    bits.checkEnd();
    if (magic === END && stored === crc) return;
    if (magic === END) throw bits.fault('the checksum of a stream does not fit its blocks', start);
    if (magic !== BLOCK) throw bits.fault('there should be a block but there is none', start);
    decoder.read(limit, start);
    for (let length = decoder.expand(out); length > 0; length = decoder.expand(out)) yield out.subarray(0, length);
    if (decoder.crc !== stored) throw bits.fault('the checksum of the block that begins there does not fit', start);
    crc = ((crc << 1) | (crc >>> 31)) ^ stored;
    await blockRead(facts);
  }
}

function readLevel(bits: BitReader): number {
  const start = bits.offset;
  const header = Uint8Array.from({ length: MAGIC.length + 1 }, () => bits.read(8));
  bits.checkEnd();
  if (!isHeader(header)) throw bits.fault('there is no stream header', start);
  return header[MAGIC.length]! - LEVELS.first + 1;
}

function isHeader(bytes: Uint8Array): boolean {
  const level = bytes[MAGIC.length] ?? 0;
  return startsWith(bytes, MAGIC) && level >= LEVELS.first && level <= LEVELS.last;
}

/**
 * True for bytes that look like the damaged header of a bzip2 stream. Either three of the header's four bytes are
 * right, or the mark of a block or of the stream's end follows the header. False for fewer than ten bytes.
 */
function isDamagedHeader(bytes: Uint8Array): boolean {
  if (bytes.length < MAGIC.length + 7) return false;
  const level = bytes[MAGIC.length]!;
  const isLevel = level >= LEVELS.first && level <= LEVELS.last;
  const same = MAGIC.filter((byte, i) => bytes[i] === byte).length + Number(isLevel);
  const block = bytes.subarray(MAGIC.length + 1).reduce((value, byte) => value * 256 + byte, 0);
  return same === MAGIC.length || block === BLOCK || block === END;
}

async function anotherStream(bits: BitReader, reader: CompressedReader, facts: CompressedFacts): Promise<boolean> {
  bits.align();
  await bits.fill();
  const next = bits.peek(MAGIC.length + 1);
  if (isHeader(next)) return true;
  bits.giveBack();
  if (isDamagedHeader(await reader.peek(MAGIC.length + 7))) throw reader.damaged('there is no stream header');
  if (isCutOff(next, [...MAGIC, LEVELS.first])) await reader.need(MAGIC.length + 1);
  await reader.ignoreRest(facts);
  return false;
}
