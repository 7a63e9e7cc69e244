import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * The size in bytes up to which an input file is hashed on the main thread. For such a file, starting another thread
 * would take longer than hashing. A larger file is hashed on a thread of its own.
 */
const SMALL_BYTES = 2 ** 22;
/**
 * The size in bytes up to which an input file counts as tiny. `keepHeapSmall`, which limits V8's memory for new
 * objects, is called for a tiny file when it is opened. For a larger file, it is called earlier, while `lading` starts.
 */
const TINY_BYTES = 2 ** 16;

/**
 * True when the input file should be hashed on a thread of its own, which takes less time. This is so for a file above
 * 4 MiB, and for a pipe or an object in S3, if there is more than one CPU. `input` is the name of the file.
 */
export function hashesOnThread(input: string): boolean {
  return availableParallelism() > 1 && sizeOf(input) > SMALL_BYTES;
}

/**
 * Starts the thread that will hash the input file, while the modules of a command are still loaded. Does nothing for a
 * small file, or if there is only one CPU. The module for hashing is loaded only here: commands that read no archive do
 * not need it.
 */
export async function expectHashing(input: string): Promise<void> {
  if (hashesOnThread(input)) (await import('../node/hash-thread.ts')).startThread();
}

/** True for an input file of at most 64 KiB, as archives of a few small files are. */
export function isTiny(input: string): boolean {
  return sizeOf(input) <= TINY_BYTES;
}

/**
 * The size of an input file in bytes. Infinite for a pipe, an object in S3, and a missing file, which is reported
 * later.
 */
function sizeOf(input: string): number {
  try {
    const stats = statSync(input);
    return stats.isFile() ? stats.size : Infinity;
  } catch {
    return Infinity;
  }
}
