import {
  type CompressedFacts,
  type CompressedReader,
  isCutOff,
  isNearly,
  littleEndian,
  startsWith,
} from './compressed-reader.ts';

/** The first four bytes of a frame of zstd or lz4. */
export type FrameMagic = readonly [number, number, number, number];

/**
 * The last three bytes of the magic number of a skippable frame, which has no content, in zstd and lz4 data. The first
 * byte is from 0x50 to 0x5f.
 */
const SKIPPABLE = [0x2a, 0x4d, 0x18] as const;

/** True when `head` begins with a skippable frame, which zstd (RFC 8878, 3.1.2) and lz4 have in common. */
export function isSkippableFrame(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && startsWith(head.subarray(1), SKIPPABLE);
}

/**
 * Skips the frames without content (skippable frames) of zstd or lz4 data. Returns the magic number of the next frame,
 * if it is one of `magics`. Returns null when other bytes follow, or none. Throws `bad-archive` (compressed-truncated)
 * when the data ends inside a magic number or a skipped frame.
 */
export async function nextFrame(
  reader: CompressedReader,
  magics: readonly FrameMagic[],
  facts: CompressedFacts,
): Promise<FrameMagic | null> {
  for (;;) {
    const magic = await reader.peek(4);
    const found = magics.find((each) => startsWith(magic, each));
    if (found !== undefined) return found;
    if (!isSkippableFrame(magic)) {
      const first = magic[0] ?? 0;
      const skippable = (first & 0xf0) === 0x50 ? [[first, ...SKIPPABLE]] : [];
      if ([...magics, ...skippable].some((each) => isCutOff(magic, each))) await reader.need(4);
      return null;
    }
    await reader.skip(4);
    await reader.skip(littleEndian(await reader.need(4)));
    await facts.watch?.();
  }
}

/**
 * Skips the bytes after the last frame of zstd or lz4 data. Sets `facts.trailing` to their offset and whether all are
 * zero; leaves it null when there are none. Throws `bad-archive` (compressed-truncated) when there is no data at all.
 * Throws `bad-archive` (compressed-damaged) when the data has no frame but other bytes, or when the bytes to skip begin
 * with a magic number in which one byte is wrong.
 */
export async function endOfFrames(
  reader: CompressedReader,
  magics: readonly FrameMagic[],
  facts: CompressedFacts,
): Promise<void> {
  const magic = await reader.peek(4);
  if (reader.offset === 0 && magic.length === 0) throw reader.truncated();
  // Skippable frames alone are valid, but data after them must be a frame.
  const missing = facts.members === 0 && magic.length > 0;
  if (missing || magics.some((each) => isNearly(magic, each))) throw reader.damaged('there is no frame');
  await reader.ignoreRest(facts);
}
