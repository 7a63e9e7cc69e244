import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RawOptions } from '../../core/options/table.ts';

/**
 * What it costs to inspect an upload, or to convert it, and what is found: the seconds of CPU, as `cpuSeconds` counts
 * them, and the findings as JSON.
 */
interface Cost {
  readonly seconds: number;
  readonly findings: string;
}

/**
 * Inspects the given bytes on a thread of its own. Inspects them again, up to three times in all, while that takes
 * `bound` seconds or more, and returns the least cost: what other programs do on the machine only adds to it.
 */
export function inspectCost(bytes: Uint8Array, bound: number): Promise<Cost> {
  return leastCost({ bytes, options: null }, bound);
}

/** Like `inspectCost`, but also plans the conversion of the bytes that a user with the given options gets. */
export function convertCost(bytes: Uint8Array, options: RawOptions, bound: number): Promise<Cost> {
  return leastCost({ bytes, options }, bound);
}

/** What the worker gets: the bytes of an upload, and the options of its conversion; null if it is only inspected. */
export interface CostlyWork {
  bytes: Uint8Array;
  options: RawOptions | null;
}

async function leastCost(workerData: CostlyWork, bound: number): Promise<Cost> {
  let least: Cost = { seconds: Infinity, findings: '' };
  for (let tries = 0; tries < 3 && least.seconds >= bound; tries++) {
    const worker = new Worker(new URL('cost-worker.ts', import.meta.url), { workerData });
    const [cost] = (await once(worker, 'message')) as [Cost];
    if (cost.seconds < least.seconds) least = cost;
  }
  return least;
}
