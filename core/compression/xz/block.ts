import { grouped } from '../../catalogue/grouped.ts';
import { finding } from '../../catalogue/findings.ts';
import { LIMITS } from '../../limits.ts';
import { beyondLimit } from '../../model/beyond-limit.ts';
import { badArchive, type LadingError } from '../../model/errors.ts';
import type { Bytes, Tools } from '../../model/ports.ts';
import { type CompressedFacts, type CompressedReader, littleEndian } from '../compressed-reader.ts';
import { type Check, newCheck } from './check.ts';
import { FieldReader } from './fields.ts';
import { type Filter, type FilterFlags, newFilter } from './filters.ts';
import type { Lzma } from './lzma.ts';
import { expandLzma2 } from './lzma2.ts';

/**
 * The sizes of an xz block in bytes, as the index of its stream states them. `unpaddedSize` is the sum of block header,
 * compressed data and checksum; `contentSize` is the size of the decompressed content.
 */
export interface BlockRecord {
  unpaddedSize: number;
  contentSize: number;
}

/**
 * The objects with which `expandBlock` expands xz blocks. `tools` has the functions for checksums. `lzma` is the
 * decoder, which is reused for each block. `facts.watch` is called for each LZMA2 chunk in a block, and again for each
 * filter.
 */
export interface BlockTools {
  readonly tools: Tools;
  readonly lzma: Lzma;
  readonly facts: CompressedFacts;
}

interface BlockHeader {
  dictionaryBytes: number;
  filters: Filter[];
  /** The size in bytes of an xz block's compressed data. Null when the block header does not state it. */
  packedSize: number | null;
  contentSize: number | null;
}

const LZMA2 = 0x21;

/**
 * Expands the xz block (format 3) that begins at the reader's position, and yields its content. Verifies its checksum
 * and sizes, and passes the sizes to `onRecord`. `checkType` is the number of the kind of checksum. Throws
 * `bad-archive`: compressed-damaged, compressed-truncated, compression-not-expanded for an unknown filter or checksum,
 * or limit-exceeded for a dictionary larger than `LIMITS.windowBytes`.
 */
export async function* expandBlock(
  reader: CompressedReader,
  checkType: number,
  { tools, lzma, facts }: BlockTools,
  onRecord: (record: BlockRecord) => void,
): Bytes {
  const start = reader.offset;
  const check = newCheck(checkType, tools);
  if (check === null) throw notExpanded(`with check number ${checkType}`);
  try {
    const header = await readHeader(reader, tools);
    const { filters } = header;
    const dataStart = reader.offset;
    let contentSize = 0;
    for await (const chunk of undo(expandLzma2(reader, header.dictionaryBytes, lzma, facts), filters)) {
      // Each filter reads and writes all bytes once more, however few a chunk has.
      if (filters.length > 0) await facts.watch?.(filters.length * (chunk.length + LIMITS.memberBytes));
      await check.update(chunk);
      contentSize += chunk.length;
      yield chunk;
    }
    const packedSize = reader.offset - dataStart;
    if (packedSize !== (header.packedSize ?? packedSize) || contentSize !== (header.contentSize ?? contentSize)) {
      throw reader.damaged('the size of a block is not what its header says', start);
    }
    await readPadding(reader, packedSize);
    await verify(reader, check, start);
    onRecord({ unpaddedSize: dataStart - start + packedSize + check.size, contentSize });
  } finally {
    check.discard?.();
  }
}

function undo(bytes: Bytes, filters: Filter[]): Bytes {
  return filters.reduceRight((each, filter) => filter(each), bytes);
}

async function readPadding(reader: CompressedReader, packedSize: number): Promise<void> {
  const padding = await reader.need((4 - (packedSize % 4)) % 4);
  if (padding.some((byte) => byte !== 0)) throw reader.damaged('the padding of a block is not zero');
}

async function verify(reader: CompressedReader, check: Check, start: number): Promise<void> {
  const stored = await reader.need(check.size);
  if (!(await check.fits(stored)))
    throw reader.damaged('the checksum of the block that begins there does not fit', start);
}

async function readHeader(reader: CompressedReader, tools: Tools): Promise<BlockHeader> {
  const start = reader.offset;
  const length = ((await reader.peek(1))[0]! + 1) * 4;
  const header = await reader.need(length);
  const body = header.subarray(0, length - 4);
  if (tools.crc32(body, 0) !== littleEndian(header.subarray(length - 4))) {
    throw reader.damaged('the checksum of a block header does not fit', start);
  }
  const parsed = parseHeader(body);
  if (parsed === null) throw reader.damaged('a block header is invalid', start);
  return parsed;
}

/**
 * Returns the fields of an xz block header, or null when it is invalid. `body` is the header without its checksum.
 * Throws `bad-archive` for an unknown filter, and for a dictionary larger than `LIMITS.windowBytes`.
 */
function parseHeader(body: Uint8Array): BlockHeader | null {
  const fields = new FieldReader(body.subarray(2));
  const flags = body[1]!;
  const packedSize = (flags & 0x40) === 0 ? null : fields.integer();
  const contentSize = (flags & 0x80) === 0 ? null : fields.integer();
  const filters: FilterFlags[] = [];
  for (let i = 0; i <= (flags & 3); i++) {
    const id = fields.integer();
    filters.push({ id, properties: fields.bytes(fields.integer()) });
  }
  const last = filters.pop();
  if (!fields.complete() || (flags & 0x3c) !== 0 || last === undefined) return null;
  if (last.id !== LZMA2) throw unknownFilter(last);
  if (last.properties.length !== 1) return null;
  const dictionaryBytes = dictionary(last.properties[0]!);
  if (dictionaryBytes > LIMITS.windowBytes) throw tooLarge(dictionaryBytes);
  return { packedSize, contentSize, dictionaryBytes, filters: filters.map(known) };
}

function known(flags: FilterFlags): Filter {
  const filter = newFilter(flags);
  if (filter === null) throw unknownFilter(flags);
  return filter;
}

/**
 * Returns the size in bytes of an LZMA2 dictionary. `coded` is the byte that encodes it in an xz block header (xz
 * format 5.3.1). The size is 2 or 3 times a power of two, but at most 4 GiB minus one byte.
 */
function dictionary(coded: number): number {
  return Math.min((2 | (coded & 1)) * 2 ** ((coded >> 1) + 11), 2 ** 32 - 1);
}

function tooLarge(dictionaryBytes: number): LadingError {
  const bytes = grouped(dictionaryBytes);
  const what = { en: `xz data with a dictionary of ${bytes} bytes`, zh: `xz 数据的字典为 ${bytes} 字节` };
  return beyondLimit(what, LIMITS.windowBytes);
}

function unknownFilter({ id }: FilterFlags): LadingError {
  return notExpanded(`with filter number ${id}`);
}

function notExpanded(how: string): LadingError {
  return badArchive(finding('compression-not-expanded', { compression: `xz ${how}`, tool: 'xz -d' }));
}
