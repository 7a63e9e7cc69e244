import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/**
 * The seconds of CPU that `lading inspect` needs for the given bytes, as `cpuSeconds` counts them. Inspects them again,
 * up to three times in all, while that takes `bound` seconds or more, and returns the least: what other programs do on
 * the machine only adds to it.
 */
export async function inspectSeconds(bytes: Uint8Array, bound: number): Promise<number> {
  let least = Infinity;
  for (let tries = 0; tries < 3 && least >= bound; tries++) {
    const worker = new Worker(new URL('cost-worker.ts', import.meta.url), { workerData: bytes });
    const [seconds] = (await once(worker, 'message')) as [number];
    least = Math.min(least, seconds);
  }
  return least;
}
