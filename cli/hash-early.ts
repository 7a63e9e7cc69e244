import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Files of more bytes than this are hashed on a thread. A smaller file is hashed before a thread has even started. */
export const WORTH_A_THREAD = 2 ** 20;

/**
 * Starts the hashing thread early, while the modules of a command are still loaded. Does nothing for a small file: then
 * the module for hashing, which needs Node's crypto, is not even loaded.
 */
export async function expectHashing(input: string): Promise<void> {
  if (availableParallelism() > 1 && sizeOf(input) > WORTH_A_THREAD) (await import('../node/hasher.ts')).startThread();
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
