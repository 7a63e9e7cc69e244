import type { Bytes, Tools } from '../model/ports.ts';
import {
  blockRead,
  type CompressedFacts,
  CompressedReader,
  isCutOff,
  isNearly,
  littleEndian,
  memberRead,
  startsWith,
} from './compressed-reader.ts';
import { type BlockTools, expandBlock } from './xz/block.ts';
import { ExpectedIndex } from './xz/expected-index.ts';
import { Lzma } from './xz/lzma.ts';

/**
 * Expands xz data (.xz file format 1.2.1) with any number of streams and the padding between them. Verifies every
 * checksum, and the index of each stream against its blocks. Throws `bad-archive`: compressed-truncated,
 * compressed-damaged, limit-exceeded for a dictionary larger than `LIMITS.windowBytes`, or compression-not-expanded for
 * unknown filters and kinds of checksum.
 */
export async function* unxz(input: Bytes, tools: Tools, facts: CompressedFacts): Bytes {
  const reader = new CompressedReader(input, 'xz');
  const decoder = { tools, lzma: new Lzma(), facts };
  try {
    do {
      yield* stream(reader, decoder);
      await memberRead(facts);
    } while (await anotherStream(reader, tools, facts));
  } finally {
    decoder.lzma.close();
    await reader.close();
  }
}

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] as const;
const FOOTER_MAGIC = [0x59, 0x5a] as const;

async function* stream(reader: CompressedReader, decoder: BlockTools): Bytes {
  const { tools, facts } = decoder;
  const flags = await readHeader(reader, tools);
  const checkType = flags[1]!;
  if (checkType === 0) facts.unchecked = true;
  const index = new ExpectedIndex(tools);
  for (let next = await reader.peek(1); next[0] !== 0; next = await reader.peek(1)) {
    if (next.length === 0) throw reader.truncated();
    yield* expandBlock(reader, checkType, decoder, (record) => index.add(record));
    await blockRead(facts);
  }
  await index.verify(reader);
  await verifyFooter(reader, tools, flags, index.size);
}

/**
 * Reads the header of an xz stream. Returns its two bytes of flags: a zero, and the number of the kind of checksum (0
 * to 15). Throws `bad-archive` when the header is damaged.
 */
async function readHeader(reader: CompressedReader, tools: Tools): Promise<Uint8Array> {
  const start = reader.offset;
  const magic = await reader.need(MAGIC.length);
  if (!startsWith(magic, MAGIC)) throw reader.damaged('there is no stream header', start);
  const flags = await reader.need(2);
  if (littleEndian(await reader.need(4)) !== tools.crc32(flags, 0)) {
    throw reader.damaged('the checksum of the stream header does not fit', start);
  }
  if (flags[0] !== 0 || flags[1]! > 15) throw reader.damaged('reserved flags of the stream header are set', start);
  return flags;
}

async function verifyFooter(
  reader: CompressedReader,
  tools: Tools,
  flags: Uint8Array,
  indexSize: number,
): Promise<void> {
  const start = reader.offset;
  const stored = littleEndian(await reader.need(4));
  const body = await reader.need(6);
  const magic = await reader.need(2);
  if (stored !== tools.crc32(body, 0) || !startsWith(magic, FOOTER_MAGIC)) {
    throw reader.damaged('the checksum of the stream footer does not fit', start);
  }
  const backward = (littleEndian(body.subarray(0, 4)) + 1) * 4;
  if (backward !== indexSize || !startsWith(body.subarray(4), [...flags])) {
    throw reader.damaged('the stream footer does not fit its header and index', start);
  }
}

/**
 * True when another xz stream follows; false when other bytes or none follow. Zero bytes between two streams are
 * padding, and their number must be a multiple of four. Other bytes after a stream are skipped, and `facts.trailing`
 * says where they begin. Throws `bad-archive` for a damaged stream header, and for wrong padding before a stream.
 */
async function anotherStream(reader: CompressedReader, tools: Tools, facts: CompressedFacts): Promise<boolean> {
  const end = reader.offset;
  await skipZeros(reader);
  const isPadded = (reader.offset - end) % 4 === 0;
  const header = await reader.peek(HEADER_BYTES);
  const magic = header.subarray(0, MAGIC.length);
  if (isCutOff(magic, MAGIC)) await reader.need(MAGIC.length);
  if (!startsWith(magic, MAGIC)) {
    if (isDamagedHeader(header, tools)) throw reader.damaged('there is no stream header');
    await reader.ignoreRest(facts, end);
    if (facts.trailing !== null) facts.trailing.zeros &&= isPadded;
    return false;
  }
  if (!isPadded) throw reader.damaged('the padding before a stream is not a multiple of four', end);
  return true;
}

/** The length in bytes of an xz stream header: magic number, flags and the checksum of the flags. */
const HEADER_BYTES = 12;

/**
 * True for bytes that look like the damaged header of an xz stream: the flags fit their checksum, or most of the magic
 * number is right. False for fewer than 12 bytes.
 */
function isDamagedHeader(header: Uint8Array, tools: Tools): boolean {
  if (header.length < HEADER_BYTES) return false;
  const sum = tools.crc32(header.subarray(MAGIC.length, MAGIC.length + 2), 0);
  return littleEndian(header.subarray(8)) === sum || isNearly(header, MAGIC);
}

async function skipZeros(reader: CompressedReader): Promise<void> {
  for (let chunk = await reader.chunk(); chunk !== null; chunk = await reader.chunk()) {
    const end = chunk.findIndex((byte) => byte !== 0);
    reader.consume(end === -1 ? chunk.length : end);
    if (end !== -1) return;
  }
}
