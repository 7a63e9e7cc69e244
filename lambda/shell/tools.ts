import { availableParallelism } from 'node:os';
import { crc32 } from 'node:zlib';
import type { Hasher, Tools } from '../core/ports.ts';
import { type ClosableHasher, FileHasher, type FreeRings, WorkerHasher, inlineHasher } from './hasher.ts';
import { NativeInflate } from './inflate.ts';
import { nativeZstd } from './zstd.ts';

/** Node's own arithmetic. `close` ends the threads of hashers that were never asked for their digest. */
export interface NativeTools extends Tools {
  /** A hasher for the bytes of an open file from `start` on, which it may read by itself; see `FileHasher`. */
  newFileHasher(fd: number, start: number): Hasher;
  close(): void;
}

/** Native tools. With `threads`, hashes are made on threads of their own: by default where there is more than one processor. */
export function nativeTools({ threads = availableParallelism() > 1, sumsCrc32 = true } = {}): NativeTools {
  const open = new Set<ClosableHasher>();
  const rings: FreeRings = [];
  /** A hasher that `close` ends, unless it has given its digest before. */
  const kept = (hasher: ClosableHasher): Hasher => {
    open.add(hasher);
    return {
      update: (chunk) => hasher.update(chunk),
      async digest() {
        const digest = await hasher.digest();
        open.delete(hasher);
        return digest;
      },
    };
  };
  return {
    newHasher: () => (threads ? kept(new WorkerHasher(rings)) : inlineHasher()),
    newFileHasher: (fd, start) => (threads ? kept(new FileHasher(fd, start)) : inlineHasher()),
    newInflate: () => new NativeInflate(),
    newZstd: nativeZstd,
    crc32: (chunk, previous) => crc32(chunk, previous),
    sumsCrc32,
    close() {
      for (const hasher of open) hasher.close();
    },
  };
}
