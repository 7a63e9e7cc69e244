import { availableParallelism } from 'node:os';
import { crc32 } from 'node:zlib';
import type { Tools } from '../core/ports.ts';
import { WorkerHasher, inlineHasher } from './hasher.ts';
import { NativeInflate } from './inflate.ts';
import { nativeZstd } from './zstd.ts';

/** Node's own arithmetic. `close` ends the threads of hashers that were never asked for their digest. */
export interface NativeTools extends Tools {
  close(): void;
}

/** Native tools; sums are made on threads of their own where there is more than one processor. */
export function nativeTools(threads: boolean = availableParallelism() > 1): NativeTools {
  const hashers: WorkerHasher[] = [];
  return {
    newHasher() {
      if (!threads) return inlineHasher();
      const hasher = new WorkerHasher();
      hashers.push(hasher);
      return hasher;
    },
    newInflate: () => new NativeInflate(),
    newZstd: nativeZstd,
    crc32: (chunk, previous) => crc32(chunk, previous),
    close() {
      for (const hasher of hashers) hasher.close();
    },
  };
}
