import { grouped } from '../catalogue/grouped.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { type LadingError } from '../model/errors.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { type CompressedFacts, CompressedReader, memberRead, symbolsRead } from './compressed-reader.ts';
import { LZMA_HEADER_BYTES, type LzmaHeader, lzmaHeader } from './lzma-header.ts';
import { Lzma } from './xz/lzma.ts';
import { RANGE_HEAD } from './xz/range-decoder.ts';

/**
 * Expands one file in the format .lzma (LZMA_Alone), which came before .xz and has no checksum. Throws `bad-archive`
 * (compressed-truncated, compressed-damaged, or limit-exceeded for a dictionary larger than `LIMITS.windowBytes`).
 */
export async function* unlzma(input: Bytes, _: Tools, facts: CompressedFacts): Bytes {
  const reader = new CompressedReader(input, 'lzma');
  const lzma = new Lzma();
  facts.unchecked = true;
  try {
    const bytes = await reader.need(LZMA_HEADER_BYTES);
    const header = lzmaHeader(bytes);
    if (header === null) throw reader.damaged('there is no lzma header', 0);
    if (header.dictionaryBytes > LIMITS.windowBytes) throw tooLarge(header.dictionaryBytes);
    yield* content(reader, header, lzma, facts);
    await memberRead(facts);
    await reader.ignoreRest(facts);
  } finally {
    lzma.close();
    await reader.close();
  }
}

/**
 * The number of bytes of content that `unlzma` decodes before it yields them; fewer when the input in memory is used
 * up. The number is so small that the bytes are still in the processor's cache when they are hashed.
 */
const PIECE = 2 ** 18;

async function* content(
  reader: CompressedReader,
  { properties, dictionaryBytes, contentBytes }: LzmaHeader,
  lzma: Lzma,
  facts: CompressedFacts,
): Bytes {
  lzma.begin(dictionaryBytes);
  const start = reader.offset;
  if (!lzma.setProperties(properties) || !lzma.start(await reader.need(RANGE_HEAD))) {
    throw reader.damaged('the LZMA data is invalid', start);
  }
  for (let left = contentBytes ?? Infinity; left > 0 || !lzma.canEnd;) {
    if (lzma.starved) {
      const input = await reader.chunk();
      const taken = lzma.feed(input);
      if (input !== null) reader.consume(taken);
    }
    // Behind content of a known size there may still be an end mark. One more symbol shows it.
    const { symbols } = lzma;
    const { content: piece, end } = lzma.next(PIECE, Math.max(1, left));
    await symbolsRead(facts, lzma.symbols - symbols);
    if (lzma.overrun) throw reader.truncated();
    const isEnd = end === 'marked' && (left === piece.length || contentBytes === null);
    if (end === 'damaged' || piece.length > left || (end === 'marked' && !(isEnd && lzma.canEnd))) {
      throw reader.damaged('the LZMA data is invalid', reader.offset - lzma.unused.length);
    }
    if (piece.length > 0) yield piece;
    if (isEnd) break;
    left -= piece.length;
  }
  reader.putBack(lzma.unused);
}

function tooLarge(dictionaryBytes: number): LadingError {
  const bytes = grouped(dictionaryBytes);
  const what = { en: `lzma data with a dictionary of ${bytes} bytes`, zh: `lzma 数据的字典为 ${bytes} 字节` };
  return beyondLimit(what, LIMITS.windowBytes);
}
