import type { Source } from './ports.ts';

/** Returns a source with the bytes of `source`. It calls `onRead` with the size in bytes of each chunk that is read. */
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
