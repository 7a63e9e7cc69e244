import { collected } from './bytes.ts';
import type { Bytes, Source } from './ports.ts';

/** The largest gap in bytes between two ranges that are read together. */
const GAP_BYTES = 64 * 1024;

/** The most bytes that are read at once, and kept in memory. Longer ranges are read as they are asked for. */
const BLOCK_BYTES = 1024 * 1024;

/**
 * Wraps a source of `size` bytes in which each range costs a request. When small ranges are asked for in order, and near
 * each other, it reads several of them at once: an archive of 15,000 small layers would take as many requests. It reads
 * ahead as many bytes as lie between here and the first of these ranges, so that it reads at most twice what is needed.
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
