import { availableParallelism } from 'node:os';
import { crc32 } from 'node:zlib';
import type { Hasher, Tools } from '../core/ports.ts';
import { type ClosableHasher, FileHasher, type FreeRings, WorkerHasher, inlineHasher } from './hasher.ts';
import { NativeInflate } from './inflate.ts';
import { nativeZstd } from './zstd.ts';

/**
 * Hashing, inflating, zstd and CRC-32 by Node itself. `close` ends the threads of hashers whose digest was never asked
 * for.
 */
export interface NativeTools extends Tools {
  /** A hasher for an open file from offset `start` on. It may read the file itself (see `FileHasher`). */
  newFileHasher(fd: number, start: number): Hasher;
  close(): void;
}

/**
 * Makes the tools. With `threads`, each hasher works on a thread of its own; that is the default on more than one CPU.
 */
export function nativeTools({ threads = availableParallelism() > 1, sumsCrc32 = true } = {}): NativeTools {
  const open = new Set<ClosableHasher>();
  const rings: FreeRings = [];
  /** A hasher that the tools' `close` ends, unless its digest was asked for before. */
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
