import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { startThread } from '../node/hasher.ts';

/** A smaller file is hashed before a thread could have started. In bytes. */
export const WORTH_A_THREAD = 2 ** 20;

/** Starts the thread that will hash an input, unless it is a small file, while the modules of the command are loaded. */
export function expectHashing(input: string): void {
  if (availableParallelism() > 1 && sizeOf(input) > WORTH_A_THREAD) startThread();
}

/** Infinite for whatever is no regular file, or is not there: that is told later. */
function sizeOf(input: string): number {
  try {
    const stats = statSync(input);
    return stats.isFile() ? stats.size : Infinity;
  } catch {
    return Infinity;
  }
}
