import { collected } from './bytes.ts';
import type { Bytes, Source } from './ports.ts';

/**
 * The largest gap in bytes between two ranges for which they still count as near each other. After a larger gap,
 * nothing is read ahead until ranges near each other come again.
 */
const GAP_BYTES = 64 * 1024;

/** The most bytes that are read ahead at once, and kept in memory. A longer range is read directly. */
const BLOCK_BYTES = 1024 * 1024;

/**
 * Wraps a source of `size` bytes in which each reading of a range costs a request, and returns a source with the same
 * bytes. It saves requests when many small ranges near each other are read in order: an archive may have 15,000 small
 * layers. It reads ahead as many bytes as lie between the first of these ranges and the current one. So it reads at
 * most twice the bytes that are needed.
 */
export function readingAhead(source: Source, size: number): Source {
  let [first, last] = [0, 0];
  let block = { start: 0, bytes: new Uint8Array() };
  return {
    async *open(start = 0, end = size): Bytes {
      if (start < last || start - last > GAP_BYTES) first = start;
      last = end;
      const isKept = start >= block.start && end <= block.start + block.bytes.length;
      const until = Math.min(size, start + Math.min(BLOCK_BYTES, start - first));
      if (!isKept && until <= end) {
        yield* source.open(start, end);
        return;
      }
      if (!isKept) {
        const bytes = await collected(source.open(start, until), until - start);
        block = { start, bytes: bytes ?? new Uint8Array() };
      }
      const kept = block;
      yield kept.bytes.subarray(start - kept.start, end - kept.start);
    },
  };
}
