import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** A file must have more bytes than this to be hashed on a thread: a smaller one is done before a thread starts. */
export const WORTH_A_THREAD = 2 ** 20;

/**
 * Starts the hashing thread while the modules of a command are still loaded, unless the input is a small file. What
 * hashes is loaded only then, because it takes Node's crypto with it.
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
