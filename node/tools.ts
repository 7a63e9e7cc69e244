import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { ToByteString } from '../core/model/byte-string.ts';
import type { Hasher, Tools } from '../core/model/ports.ts';
import { HashThreads } from './hash-thread.ts';
import { FileHasher, type FreeRings, inlineHasher, WorkerHasher } from './hasher.ts';
import { NativeInflate } from './inflate.ts';
import { newPacker } from './packer.ts';
import { nativeZstd } from './zstd.ts';

/**
 * The functions of Node that Lading's core gets from outside: hashing, inflating, zstd, compressing and CRC-32. `close`
 * ends the threads of hashers and packers.
 */
export interface NativeTools extends Tools {
  /**
   * Makes a hasher for an open file, beginning at the offset `start` in bytes. The hasher may read the file itself (see
   * `FileHasher`).
   */
  newFileHasher(fd: number, start: number): Hasher;
  close(): void;
}

/** The milliseconds of uninterrupted work after which the event loop gets a turn, for signals and timers. */
const TURN_MS = 50;

/**
 * Makes the functions of Node, such as hashing, that Lading's core gets from outside. When `signal` is aborted,
 * `breathe`, which the core calls during long work, throws the signal's reason. If `threads` is true, hashers of long
 * content work on other threads, and several threads compress layers. This is the default if there is more than one
 * CPU. If `sumsCrc32` is true, which is the default, the core computes not only the sha256 of stored bytes, but also
 * their CRC-32.
 */
export function nativeTools({
  threads = availableParallelism() > 1,
  sumsCrc32 = true,
  signal,
}: { threads?: boolean; sumsCrc32?: boolean; signal?: AbortSignal } = {}): NativeTools {
  const hashThreads = new HashThreads();
  const rings: FreeRings = [];
  const packer = newPacker(threads ? availableParallelism() : 1);
  return {
    newHasher: () => (threads ? new WorkerHasher(hashThreads, rings) : inlineHasher()),
    newFileHasher(fd, start) {
      const thread = threads ? hashThreads.take({ memory: null, fd }) : null;
      return thread === null ? inlineHasher() : new FileHasher(thread, start);
    },
    newInflate: () => new NativeInflate(),
    newZstd: nativeZstd,
    packer,
    crc32: (chunk, previous) => crc32(chunk, previous),
    byteString: nativeByteString(),
    sumsCrc32,
    breathe: breather(signal),
    close() {
      hashThreads.close();
      packer.close();
    },
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Returns the function that turns bytes into byte strings, with one character for each byte, by Node's Buffer. The
 * function keeps the Buffer of the last chunk of bytes, because many strings are taken from the same chunk.
 */
function nativeByteString(): ToByteString {
  let last: Uint8Array | null = null;
  let buffer: Buffer = Buffer.alloc(0);
  return (bytes, start, end) => {
    if (bytes !== last) buffer = asBuffer(bytes);
    last = bytes;
    return buffer.toString('latin1', start, end);
  };
}

/**
 * Returns the milliseconds since the process began. The function does not use `performance`, because Node would take
 * half a millisecond to load it.
 */
function now(): number {
  return process.uptime() * 1000;
}

function breather(signal?: AbortSignal): () => void | Promise<void> {
  let last = now();
  const turn = async () => {
    await setImmediate();
    last = now();
    signal?.throwIfAborted();
  };
  return () => {
    signal?.throwIfAborted();
    return now() - last >= TURN_MS ? turn() : undefined;
  };
}
