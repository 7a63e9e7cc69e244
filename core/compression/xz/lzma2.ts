import type { Bytes } from '../../model/ports.ts';
import { type CompressedFacts, type CompressedReader, symbolsRead } from '../compressed-reader.ts';
import type { Lzma } from './lzma.ts';

const END = 0;
const STORED_AFTER_RESET = 1;
const STORED = 2;
// Control bytes of LZMA chunks have the highest bit set. Two more bits tell what is reset before the chunk.
const LZMA = 0x80;
const RESET_STATE = 0xa0;
const RESET_PROPERTIES = 0xc0;
const RESET_DICTIONARY = 0xe0;

/**
 * Expands one LZMA2 stream, and consumes no input after its end. Yields the content of each LZMA2 chunk as one array,
 * which is valid until the next array is requested. Calls `facts.watch` for each LZMA2 chunk, so that the number of
 * chunks is limited, too. Throws `bad-archive`: compressed-damaged with the offset of the damaged chunk, or
 * compressed-truncated.
 */
export async function* expandLzma2(
  reader: CompressedReader,
  dictionaryBytes: number,
  lzma: Lzma,
  facts: CompressedFacts,
): Bytes {
  // The decoder is used again: a new window for each small block would take longer than expanding it.
  lzma.begin(dictionaryBytes);
  /**
   * The lowest control byte that the next compressed LZMA2 chunk may have. It is 0xe0 at first, because the first chunk
   * must reset the dictionary.
   */
  let needed = RESET_DICTIONARY;
  for (;;) {
    const offset = reader.offset;
    const control = (await reader.need(1))[0]!;
    if (control === END) return;
    await facts.watch?.();
    const resets = control === STORED_AFTER_RESET || control >= RESET_DICTIONARY;
    if (resets) lzma.forget();
    else if (needed === RESET_DICTIONARY) throw reader.damaged('the first LZMA2 chunk uses bytes before it', offset);
    if (control <= STORED) {
      needed = resets ? RESET_PROPERTIES : needed;
      yield lzma.append(await reader.need(bigEndian16(await reader.need(2)) + 1));
      continue;
    }
    if (control < LZMA) throw reader.damaged('there is no LZMA2 chunk', offset);
    if (control < needed) throw reader.damaged('an LZMA2 chunk comes without its properties', offset);
    needed = LZMA;
    const { symbols } = lzma;
    const content = await lzmaChunk(reader, lzma, control, offset);
    await symbolsRead(facts, lzma.symbols - symbols);
    yield content;
  }
}

async function lzmaChunk(reader: CompressedReader, lzma: Lzma, control: number, offset: number): Promise<Uint8Array> {
  const sizes = await reader.need(4);
  const size = ((control & 0x1f) << 16) + bigEndian16(sizes) + 1;
  const packedSize = bigEndian16(sizes.subarray(2)) + 1;
  if (control >= RESET_PROPERTIES && !lzma.setProperties((await reader.need(1))[0]!)) {
    throw reader.damaged('the LZMA properties are impossible', offset);
  }
  if (control >= RESET_STATE) lzma.resetState();
  const content = lzma.decode(await reader.need(packedSize), size);
  if (content === null) throw reader.damaged('the LZMA data is invalid', offset);
  return content;
}

function bigEndian16(field: Uint8Array): number {
  return field[0]! * 256 + field[1]!;
}
