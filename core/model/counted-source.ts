import type { Source } from './ports.ts';

/**
 * Wraps a source to count what is read from it. Returns a source with the same bytes. `onRead` is called for each chunk
 * that is read, with the number of its bytes.
 */
export function countedSource(source: Source, onRead: (bytes: number) => void): Source {
  return {
    async *open(start, end) {
      for await (const chunk of source.open(start, end)) {
        onRead(chunk.length);
        yield chunk;
      }
    },
  };
}
