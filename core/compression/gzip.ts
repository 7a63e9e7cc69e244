import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { combineCrc32 } from '../model/crc32.ts';
import { badArchive } from '../model/errors.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { BarrenInput } from './barren-input.ts';
import { type CompressedFacts, CompressedReader, FIRST_INPUT, littleEndian, memberRead } from './compressed-reader.ts';
import { deflated } from './deflated.ts';
import { inBoth, type Reason } from './reasons.ts';

/**
 * Decompresses gzip (RFC 1952) with any number of members, and verifies the CRC and the length of each.
 *
 * This function reads the headers and trailers itself; only the deflate streams go to a decompressor. Decompressors
 * disagree about the bytes after a member, and none tells where the last member ended. Here, a further member is read,
 * and all other bytes are ignored, as gzip(1) and Docker do. `facts` gets the number of members, and where the ignored
 * bytes begin. Throws `bad-archive` (gzip-truncated, gzip-damaged) with the offset in the compressed bytes.
 */
export async function* gunzip(input: Bytes, tools: Tools, facts: CompressedFacts): Bytes {
  const reader = new CompressedReader(input, 'gzip');
  const barren = new BarrenInput(facts);
  const faults = {
    truncated: () => truncated(reader),
    damaged: (cause: unknown) => damage(reader.offset, 'the deflate data is invalid', cause),
  };
  let firstInput = FIRST_INPUT;
  try {
    do {
      await skipHeader(reader);
      const start = reader.offset;
      yield* member(reader, deflated(reader, tools, barren, faults, firstInput), tools, facts);
      const size = reader.offset - start;
      firstInput = size > FIRST_INPUT && size <= BLOCK_INPUT ? BLOCK_INPUT : FIRST_INPUT;
      await memberRead(facts, MEMBER_COUNTS_AS);
    } while (await anotherMember(reader, facts));
  } finally {
    await reader.close();
  }
}

/**
 * The number that each gzip member adds to the count of decompressed bytes, besides the bytes of its content. A limit
 * applies to this count. The reason is time: even an empty member takes some 16 microseconds. An empty member has 20
 * bytes, so even a file of empty members stays below `LIMITS.expansionRatio`, unless the members were compressed a
 * second time.
 */
const MEMBER_COUNTS_AS = 2 * LIMITS.memberBytes;

/**
 * The most compressed bytes that the decompressor gets in its first call for a gzip member, if the preceding member had
 * more than FIRST_INPUT bytes and at most this number. Then the next member probably has a similar size, as in the
 * output of bgzip, whose blocks have at most 64 KiB. A decompressor that gets a whole member in one call needs only a
 * fifth of the time.
 */
const BLOCK_INPUT = 2 ** 16;

const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 };

async function skipHeader(reader: CompressedReader): Promise<void> {
  const start = reader.offset;
  const fixed = await bytes(reader, 10);
  if (fixed[0] !== 0x1f || fixed[1] !== 0x8b) throw damage(start, 'there is no gzip header');
  if (fixed[2] !== 8) throw damage(start, 'the compression method is not deflate');
  const flags = fixed[3] ?? 0;
  if ((flags & FLAG.reserved) !== 0) throw damage(start, 'reserved header flags are set');
  if ((flags & FLAG.extra) !== 0) await bytes(reader, littleEndian(await bytes(reader, 2)));
  if ((flags & FLAG.name) !== 0) await skipString(reader);
  if ((flags & FLAG.comment) !== 0) await skipString(reader);
  if ((flags & FLAG.headerCrc) !== 0) await bytes(reader, 2);
}

/** Skips a name or a comment in a gzip header, up to and including the zero byte that ends it. */
async function skipString(reader: CompressedReader): Promise<void> {
  for (let chunk = await reader.chunk(); chunk !== null; chunk = await reader.chunk()) {
    const end = chunk.indexOf(0);
    reader.consume(end < 0 ? chunk.length : end + 1);
    if (end >= 0) return;
  }
  throw truncated(reader);
}

/**
 * Yields `content`, the content of a gzip member. Then verifies its CRC and length against the 8 bytes that follow the
 * compressed data. Throws `bad-archive` (gzip-truncated, gzip-damaged).
 */
async function* member(reader: CompressedReader, content: Bytes, tools: Tools, facts: CompressedFacts): Bytes {
  let crc = 0;
  let length = 0;
  for await (const output of content) {
    crc = tools.crc32(output, crc);
    length += output.length;
    yield output;
  }
  const trailer = await bytes(reader, 8);
  if (littleEndian(trailer.subarray(0, 4)) !== crc) {
    throw damage(reader.offset, 'the checksum of the content does not fit');
  }
  if (littleEndian(trailer.subarray(4)) !== length % 2 ** 32) {
    throw damage(reader.offset, 'the length of the content does not fit');
  }
  facts.crc32 = combineCrc32(facts.crc32 ?? 0, crc, length);
}

async function anotherMember(reader: CompressedReader, facts: CompressedFacts): Promise<boolean> {
  const next = await reader.peek(2);
  if (next.length === 0) return false;
  if (next[0] === 0x1f && next[1] === 0x8b) return true;
  await reader.ignoreRest(facts);
  return false;
}

async function bytes(reader: CompressedReader, count: number): Promise<Uint8Array> {
  const taken = await reader.take(count);
  if (taken.length < count) throw truncated(reader);
  return taken;
}

function truncated({ offset }: CompressedReader): Error {
  return badArchive(finding('gzip-truncated', { offset }));
}

function damage(offset: number, reason: Reason, cause?: unknown): Error {
  return badArchive(finding('gzip-damaged', { offset, reason: inBoth(reason, cause) }));
}
