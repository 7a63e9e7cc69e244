import { finding } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { concat, copied } from '../model/byte-arrays.ts';
import { isStrayFile } from '../model/stray-files.ts';
import { badArchive } from '../model/errors.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { BarrenInput } from './barren-input.ts';
import { type CompressedFacts, CompressedReader, littleEndian, memberRead } from './compressed-reader.ts';
import { deflated } from './deflated.ts';
import { isFolder, LOCAL_BYTES, localEntry, nameBytes, type ZipEntry } from './zip-header.ts';

/**
 * Expands the only file in a zip archive (APPNOTE 6.3), which is read front to back. Folders are skipped. The zip
 * archive may also contain checksums, texts and leftovers of an operating system (`.DS_Store`). If such an additional
 * file is small, its content is kept in `facts.zip`. Throws `bad-archive`: zip-entries for a second file,
 * compressed-truncated, or compressed-damaged, also for an encrypted file.
 */
export async function* unzip(input: Bytes, tools: Tools, facts: CompressedFacts): Bytes {
  const reader = new CompressedReader(input, 'zip');
  const barren = new BarrenInput(facts);
  try {
    let only: ZipEntry | null = null;
    for (let entry = await nextEntry(reader); entry !== null; entry = await nextEntry(reader)) {
      if (isFolder(entry)) await drain(counted(content(reader, entry, tools, barren), facts));
      else if (isStrayFile(entry.name))
        await readBeside(counted(content(reader, entry, tools, barren), facts), entry, facts);
      else if (only !== null) throw badArchive(finding('zip-entries', { names: `${only.name}, ${entry.name}` }));
      else {
        only = entry;
        besideIn(facts).archive = entry.name;
        yield* content(reader, entry, tools, barren);
        await memberRead(facts);
      }
    }
    await drain(rest(reader));
  } finally {
    await reader.close();
  }
}

/**
 * Reads a checksum, a text or a leftover of an operating system (`.DS_Store`) beside the archive in a zip file. Keeps
 * its content in `facts.zip` if it has at most `LIMITS.checksumBytes`, and fewer than `MOST_BESIDE` files were kept
 * before.
 */
async function readBeside(bytes: Bytes, { name }: ZipEntry, facts: CompressedFacts): Promise<void> {
  const { beside } = besideIn(facts);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size <= LIMITS.checksumBytes) chunks.push(copied(chunk));
  }
  if (size <= LIMITS.checksumBytes && beside.size < MOST_BESIDE) beside.set(name, concat(chunks));
}

/**
 * The largest number of small files, such as checksums, that are kept from a zip file in addition to the archive in it.
 * Such a file may state the checksum of the archive. Further small files are only skipped.
 */
const MOST_BESIDE = 40;

function besideIn(facts: CompressedFacts): NonNullable<CompressedFacts['zip']> {
  return (facts.zip ??= { archive: '', beside: new Map() });
}

/**
 * Reads and returns the local header of the next zip entry. Returns null after the last entry, when another record
 * comes next, such as the central directory. Throws `bad-archive` when no record of a zip file comes next.
 */
async function nextEntry(reader: CompressedReader): Promise<ZipEntry | null> {
  const head = await reader.peek(LOCAL_BYTES);
  if (head.length < 4) throw reader.truncated();
  if (head[0] !== 0x50 || head[1] !== 0x4b) throw reader.damaged('there is no header of an entry');
  if (head[2] !== 3) return null;
  const fixed = await reader.need(LOCAL_BYTES);
  return localEntry(concat([fixed, await reader.need(nameBytes(fixed))]));
}

async function* content(reader: CompressedReader, entry: ZipEntry, tools: Tools, barren: BarrenInput): Bytes {
  if (entry.encrypted) throw reader.damaged('an entry is encrypted');
  if (entry.method !== 8 && (entry.method !== 0 || entry.streamed))
    throw reader.damaged('the compression method is not deflate');
  const faults = {
    truncated: () => reader.truncated(),
    damaged: (cause: unknown) => reader.damaged('the deflate data is invalid', reader.offset, cause),
  };
  let crc = 0;
  for await (const chunk of entry.method === 8
    ? deflated(reader, tools, barren, faults)
    : stored(reader, entry.storedSize)) {
    crc = tools.crc32(chunk, crc);
    yield chunk;
  }
  const expected = entry.streamed ? await descriptor(reader) : entry.crc32;
  if (expected !== crc) throw reader.damaged('the checksum of the content does not fit');
}

async function* stored(reader: CompressedReader, size: number): Bytes {
  for (let left = size; left > 0;) {
    const chunk = await reader.chunk();
    if (chunk === null) throw reader.truncated();
    const piece = chunk.subarray(0, left);
    yield piece;
    reader.consume(piece.length);
    left -= piece.length;
  }
}

/**
 * Reads the data descriptor after a zip entry's data (APPNOTE 4.3.9): an optional signature, a CRC-32 and two sizes.
 * Returns the CRC-32.
 */
async function descriptor(reader: CompressedReader): Promise<number> {
  const start = await reader.peek(4);
  if (littleEndian(start) === 0x08074b50) await reader.skip(4);
  const crc = littleEndian(await reader.need(4));
  const sizes = await reader.peek(10);
  await reader.skip(sizes[8] === 0x50 && sizes[9] === 0x4b ? 8 : 16);
  return crc;
}

async function* rest(reader: CompressedReader): Bytes {
  for (let chunk = await reader.chunk(); chunk !== null; chunk = await reader.chunk()) {
    yield chunk;
    reader.consume(chunk.length);
  }
}

/**
 * Yields the content of a zip entry that is not the archive itself, such as a folder or a checksum. Calls `facts.watch`
 * to add the length of the content, in bytes, to the count of decompressed bytes, which is limited. Also adds twice
 * `LIMITS.memberBytes` for the entry itself, because a small zip file can hold very many entries.
 */
async function* counted(bytes: Bytes, facts: CompressedFacts): Bytes {
  await facts.watch?.(2 * LIMITS.memberBytes);
  for await (const chunk of bytes) {
    await facts.watch?.(chunk.length);
    yield chunk;
  }
}

async function drain(bytes: Bytes): Promise<void> {
  for await (const chunk of bytes) void chunk;
}
