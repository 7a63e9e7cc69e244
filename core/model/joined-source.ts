import type { Bytes, Source } from './ports.ts';

/**
 * Joins several sources of bytes, such as the pieces of a split archive, into one source. It has the bytes of all, in
 * order. The caller gives the size of each source in bytes.
 */
export function joinedSource(parts: readonly { size: number; source: Source }[]): Source {
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0) return only.source;
  const whole = parts.reduce((sum, { size }) => sum + size, 0);
  return {
    async *open(start = 0, end = whole): Bytes {
      let before = 0;
      for (const { size, source } of parts) {
        const [from, to] = [Math.max(0, start - before), Math.min(size, end - before)];
        if (from < to) yield* source.open(from, to);
        before += size;
      }
    },
  };
}
