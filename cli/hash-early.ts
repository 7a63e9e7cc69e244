import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * The largest size in bytes of an input file that is hashed on the main thread. For such a file, starting another
 * thread would take longer than hashing.
 */
const SMALL_BYTES = 2 ** 22;
/**
 * The largest size in bytes of a tiny input file. For such a file, `keepHeapSmall` is called when the file is opened.
 * For a larger file, it is called earlier, while `lading` starts.
 */
const TINY_BYTES = 2 ** 16;

/** True when it takes less time to hash the input file on a thread of its own than on the main thread. */
export function hashesOnThread(input: string): boolean {
  return availableParallelism() > 1 && sizeOf(input) > SMALL_BYTES;
}

/**
 * Starts the thread that will hash the input file, while the modules of a command are still loaded. Does nothing for a
 * small file. The module for hashing is loaded only here: commands that read no archive do not need it.
 */
export async function expectHashing(input: string): Promise<void> {
  if (hashesOnThread(input)) (await import('../node/hash-thread.ts')).startThread();
}

/** True for an input file of at most 64 KiB, as archives of a few small files are. */
export function isTiny(input: string): boolean {
  return sizeOf(input) <= TINY_BYTES;
}

/** The size of an input file in bytes. Infinite for a pipe, and for a missing file, which is reported later. */
function sizeOf(input: string): number {
  try {
    const stats = statSync(input);
    return stats.isFile() ? stats.size : Infinity;
  } catch {
    return Infinity;
  }
}
