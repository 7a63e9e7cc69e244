import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { keepHeapSmall } from './heap.ts';

/** Input files up to this size in bytes are hashed without a thread, because to start one would take longer. */
const SMALL_BYTES = 2 ** 22;

/** True when hashing an input on a thread of its own takes less time than on the main thread. */
export function hashesOnThread(input: string): boolean {
  return availableParallelism() > 1 && sizeOf(input) > SMALL_BYTES;
}

/**
 * Starts the hashing thread early, while the modules of a command are still loaded, and before they make V8's memory for
 * new objects grow. Does nothing for a small file.
 * The module for hashing is loaded only then, because commands that read no archive do not need it.
 */
export async function expectHashing(input: string): Promise<void> {
  if (!hashesOnThread(input)) return;
  keepHeapSmall();
  (await import('../node/hasher.ts')).startThread();
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
