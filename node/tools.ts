import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { ToByteString } from '../core/model/byte-string.ts';
import type { Hasher, Tools } from '../core/model/ports.ts';
import { type ClosableHasher, FileHasher, type FreeRings, inlineHasher, WorkerHasher } from './hasher.ts';
import { NativeInflate } from './inflate.ts';
import { nativeZstd } from './zstd.ts';

/** Node's own hashing, inflating, zstd and CRC-32. `close` ends the threads of hashers that have given no digest. */
export interface NativeTools extends Tools {
  /** A hasher for an open file from offset `start` on. It may read the file itself (see `FileHasher`). */
  newFileHasher(fd: number, start: number): Hasher;
  close(): void;
}

/** Milliseconds of work after which the event loop gets a turn: a signal or a timer waits no longer than that. */
const TURN_MS = 50;

/**
 * Makes the tools. When `signal` is aborted, `breathe` throws its reason. With `threads`, the default on more than one
 * CPU, each hasher works on a thread of its own.
 */
export function nativeTools({
  threads = availableParallelism() > 1,
  sumsCrc32 = true,
  signal,
}: { threads?: boolean; sumsCrc32?: boolean; signal?: AbortSignal } = {}): NativeTools {
  const open = new Set<ClosableHasher>();
  const rings: FreeRings = [];
  /** A hasher that `close` ends, unless its digest was asked for before. */
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
    byteString: nativeByteString(),
    sumsCrc32,
    breathe: breather(signal),
    close() {
      for (const hasher of open) hasher.close();
    },
  };
}

/** A native `byteString`. It keeps the last bytes as a Buffer, because the names of many members are in one chunk. */
function nativeByteString(): ToByteString {
  let last: Uint8Array | null = null;
  let buffer: Buffer = Buffer.alloc(0);
  return (bytes, start, end) => {
    if (bytes !== last) buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    last = bytes;
    return buffer.toString('latin1', start, end);
  };
}

function breather(signal?: AbortSignal): () => void | Promise<void> {
  let last = performance.now();
  const turn = async () => {
    await setImmediate();
    last = performance.now();
    signal?.throwIfAborted();
  };
  return () => {
    signal?.throwIfAborted();
    return performance.now() - last >= TURN_MS ? turn() : undefined;
  };
}
