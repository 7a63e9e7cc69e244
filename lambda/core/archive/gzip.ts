import { badArchive } from '../errors.ts';
import { type FindingCode, finding } from '../findings.ts';
import type { Bytes, RawInflate, Tools } from '../ports.ts';
import { ByteReader } from './byte-reader.ts';

/** What a gzip stream turned out to be made of; filled while it is read, complete when it ends. */
export interface GzipFacts {
  members: number;
  /** Bytes after the last member, if there are any: the offset of the first, and whether all are zero. */
  trailing: { offset: number; zeros: boolean } | null;
}

/**
 * Decompresses gzip (RFC 1952) with any number of members, each checked against its CRC and length.
 *
 * The framing is done here and only the deflate streams are handed to an engine, because engines disagree about
 * what follows a member, and none says where the last one ended. The rule: another member is read, zero bytes
 * are padding, anything else is ignored as gzip(1) and Docker do; both are recorded in `facts`.
 * Throws `bad-archive` (gzip-truncated, gzip-damaged) with the offset in the compressed bytes.
 */
export async function* gunzip(input: Bytes, tools: Tools, facts: GzipFacts): Bytes {
  const reader = new ByteReader(input);
  try {
    do {
      await skipHeader(reader);
      yield* member(reader, tools);
      facts.members++;
    } while (await anotherMember(reader, facts));
  } finally {
    await reader.close();
  }
}

const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 };

async function skipHeader(reader: ByteReader): Promise<void> {
  const start = reader.offset;
  const fixed = await bytes(reader, 10);
  if (fixed[0] !== 0x1f || fixed[1] !== 0x8b) throw fault('gzip-damaged', start, 'there is no gzip header');
  if (fixed[2] !== 8) throw fault('gzip-damaged', start, 'the compression method is not deflate');
  const flags = fixed[3] ?? 0;
  if ((flags & FLAG.reserved) !== 0) throw fault('gzip-damaged', start, 'reserved header flags are set');
  if ((flags & FLAG.extra) !== 0) await bytes(reader, littleEndian(await bytes(reader, 2)));
  if ((flags & FLAG.name) !== 0) await skipString(reader);
  if ((flags & FLAG.comment) !== 0) await skipString(reader);
  if ((flags & FLAG.headerCrc) !== 0) await bytes(reader, 2);
}

async function skipString(reader: ByteReader): Promise<void> {
  while ((await bytes(reader, 1))[0] !== 0);
}

async function* member(reader: ByteReader, tools: Tools): Bytes {
  const inflate = tools.newInflate();
  let crc = 0;
  let length = 0;
  try {
    while (!inflate.ended) {
      const input = await reader.chunk();
      if (input === null) throw fault('gzip-truncated', reader.offset);
      for await (const output of inflated(inflate, input, reader.offset)) {
        crc = tools.crc32(output, crc);
        length += output.length;
        yield output;
      }
      reader.consume(input.length - inflate.unused);
    }
  } finally {
    inflate.close();
  }
  const trailer = await bytes(reader, 8);
  if (littleEndian(trailer.subarray(0, 4)) !== crc) {
    throw fault('gzip-damaged', reader.offset, 'the checksum of the content does not fit');
  }
  if (littleEndian(trailer.subarray(4)) !== length % 2 ** 32) {
    throw fault('gzip-damaged', reader.offset, 'the length of the content does not fit');
  }
}

async function* inflated(inflate: RawInflate, input: Uint8Array, offset: number): Bytes {
  try {
    yield* inflate.push(input);
  } catch (cause) {
    throw fault('gzip-damaged', offset, `the deflate data is invalid (${cause instanceof Error ? cause.message : ''})`);
  }
}

async function anotherMember(reader: ByteReader, facts: GzipFacts): Promise<boolean> {
  const next = await reader.peek(2);
  if (next.length === 0) return false;
  if (next[0] === 0x1f && next[1] === 0x8b) return true;
  const offset = reader.offset;
  let zeros = true;
  for (let rest = await reader.chunk(); rest !== null; rest = await reader.chunk()) {
    zeros &&= rest.every((byte) => byte === 0);
    reader.consume(rest.length);
  }
  facts.trailing = { offset, zeros };
  return false;
}

async function bytes(reader: ByteReader, count: number): Promise<Uint8Array> {
  const taken = await reader.take(count);
  if (taken.length < count) throw fault('gzip-truncated', reader.offset);
  return taken;
}

function littleEndian(field: Uint8Array): number {
  return field.reduceRight((value, byte) => value * 256 + byte, 0);
}

function fault(code: FindingCode, offset: number, reason = ''): Error {
  return badArchive(finding(code, { offset, reason }));
}
