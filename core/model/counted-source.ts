import type { Source } from './ports.ts';

/** Wraps a source of bytes. `onRead` is called with the number of bytes of each chunk that is read from it. */
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
