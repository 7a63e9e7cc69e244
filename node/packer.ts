import type { Worker } from 'node:worker_threads';
import type { Packing } from '../core/model/conversion-request.ts';
import type { Block, BlockPacker } from '../core/model/ports.ts';
import { packBlock } from './pack-block.ts';

/**
 * A message to a worker thread that compresses (`pack-thread.ts`): a block (a stretch of a layer that is compressed
 * independently), and the compression to use.
 */
export interface PackJob {
  packing: Packing;
  block: Block;
}

/** A stretch of a layer after compression, as bytes. */
type Packed = Uint8Array<ArrayBuffer>;

/**
 * A compressor for blocks, which are stretches of a layer. `close` ends its threads, even in the midst of their work.
 */
export interface ClosablePacker extends BlockPacker {
  close(): void;
}

/**
 * The file with the program of the threads that compress: a source file in a checkout, a built file beside this one in
 * a package.
 */
const PROGRAM = new URL(import.meta.url.endsWith('.ts') ? 'pack-thread.ts' : 'pack-thread.mjs', import.meta.url);

/**
 * The limits in MiB for the JavaScript heap of a worker thread that compresses. With Node's default limits, the buffers
 * of hundreds of blocks would pile up in memory.
 */
const HEAP = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 64 };

/** The most threads that compress layers, however many CPUs there are. Each takes some 40 MB of memory. */
const MOST_THREADS = 8;

/**
 * Makes a compressor for blocks, which are stretches of a layer. It has a thread for each of `cpus` CPUs, at most
 * `MOST_THREADS`. For a single CPU, it works on the calling thread.
 */
export function newPacker(cpus: number): ClosablePacker {
  if (cpus < 2) return { ahead: 0, pack: packBlock, close: () => undefined };
  return new ThreadPacker(Math.min(cpus, MOST_THREADS));
}

/**
 * Compresses stretches of layers (blocks) on several threads. A thread is started when a block comes and all other
 * threads are busy.
 */
class ThreadPacker implements ClosablePacker {
  /**
   * The most stretches of layers (blocks) that may be given to the threads at the same time, including those that wait
   * for a free thread. It is one more than the largest number of threads, so that a thread that has finished finds
   * another block at once.
   */
  readonly ahead: number;
  readonly #most: number;
  readonly #threads: PackThread[] = [];

  constructor(most: number) {
    this.#most = most;
    this.ahead = most + 1;
  }

  pack(packing: Packing, block: Block): Promise<Packed> {
    return this.#thread().pack({ packing, block });
  }

  close(): void {
    for (const thread of this.#threads) thread.close();
  }

  #thread(): PackThread {
    const [freest] = this.#threads.toSorted((a, b) => a.busy - b.busy);
    if (freest !== undefined && (freest.busy === 0 || this.#threads.length === this.#most)) return freest;
    const thread = new PackThread();
    this.#threads.push(thread);
    return thread;
  }
}

/** A worker thread that compresses one stretch of a layer after the other. */
class PackThread {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Packed>[] = [];
  #failure: Error | null = null;

  constructor() {
    const { Worker: Thread } = process.getBuiltinModule('node:worker_threads');
    this.#worker = new Thread(PROGRAM, { execArgv: [], resourceLimits: HEAP });
    this.#worker.unref();
    this.#worker.on('message', (packed: Packed) => {
      this.#waiting.shift()?.resolve(packed);
      if (this.busy === 0) this.#worker.unref();
    });
    this.#worker.on('error', (error: Error) => {
      this.#failure = error;
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  /** The number of stretches of layers that were given to the thread, and that it has not returned yet. */
  get busy(): number {
    return this.#waiting.length;
  }

  pack(job: PackJob): Promise<Packed> {
    // A thread that has failed would never answer.
    if (this.#failure !== null) return Promise.reject(this.#failure);
    const answer = Promise.withResolvers<Packed>();
    this.#waiting.push(answer);
    // The thread must keep the process alive, but only while it has work.
    this.#worker.ref();
    this.#worker.postMessage(job, [job.block.bytes.buffer]);
    return answer.promise;
  }

  /** Ends the compressing thread, even in the midst of its work. */
  close(): void {
    void this.#worker.terminate();
  }
}
