import type { Worker } from 'node:worker_threads';

/** The number of bytes that a hash thread reads from a file at a time. */
const READ_BYTES = 2 ** 18;

/**
 * The most hash threads of one `HashThreads`. When all are in use, hashing is done on the calling thread. An upload may
 * have any number of contents that are worth a thread. A thread takes some 10 MB of memory, and its start some 20 ms of
 * CPU. Reading the layers of a compressed image archive needs three or four hashers at the same time: for the upload,
 * its content, the layer and the layer's content.
 */
const MOST_THREADS = 4;

/**
 * The source code of the worker thread that computes SHA-256 digests, one after the other. It is a string, because a
 * bundled program would not find a separate file.
 */
const WORKER = `
  const { createHash } = require('node:crypto');
  const { readSync } = require('node:fs');
  const { parentPort } = require('node:worker_threads');
  let hash, memory, fd, buffer;
  function begin(source) {
    ({ memory, fd } = source);
    if (fd !== null) buffer ??= Buffer.allocUnsafeSlow(${READ_BYTES});
    hash = createHash('sha256');
  }
  function hashFile(start, end) {
    while (start < end) {
      const count = readSync(fd, buffer, 0, Math.min(buffer.length, end - start), start);
      if (count === 0) return;
      hash.update(buffer.subarray(0, count));
      start += count;
    }
  }
  parentPort.on('message', ({ source, start, end }) => {
    if (source !== undefined) return begin(source);
    if (start === null) return parentPort.postMessage({ hex: hash.digest('hex') });
    if (fd === null) hash.update(new Uint8Array(memory, start, end - start));
    else hashFile(start, end);
    parentPort.postMessage({ hex: null });
  });
`;

/** The bytes that a hash thread reads: memory that it shares with the caller, or an open file. */
export type HashSource = { memory: SharedArrayBuffer; fd: null } | { memory: null; fd: number };

/** A worker that `startThread` has started and that no hash thread uses yet; null when there is none. */
let readyWorker: Worker | null = null;

/**
 * Starts a worker for the next hash thread early, while the program still loads its modules. Does nothing if one is
 * ready.
 */
export function startThread(): void {
  readyWorker ??= newWorker();
}

function newWorker(): Worker {
  // Loaded only now, because most commands need no thread and loading it takes 2 ms.
  const threads = process.getBuiltinModule('node:worker_threads');
  // The default heap would work, but it counts towards the memory of the process.
  const resourceLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 };
  const worker = new threads.Worker(WORKER, { eval: true, execArgv: [], resourceLimits });
  worker.unref();
  return worker;
}

/** A worker thread that hashes ranges of bytes, in the order in which it gets them. It computes one digest at a time. */
export class HashThread {
  readonly #worker: Worker;
  /** True while a hasher uses the thread. A thread that has failed stays taken, because it would never answer. */
  taken = false;
  /** The number of byte ranges that the hash thread was given and has not finished hashing. */
  busy = 0;
  #hex: string | null = null;
  #failure: Error | null = null;
  #wake = (): void => {};

  constructor() {
    this.#worker = readyWorker ?? newWorker();
    readyWorker = null;
    this.#worker.on('message', ({ hex }: { hex: string | null }) => {
      if (hex === null) this.busy -= 1;
      this.#hex = hex;
      this.#wake();
    });
    this.#worker.on('error', (error: Error) => {
      this.#failure = error;
      this.#wake();
    });
  }

  /** Begins a new digest. The byte ranges that the method `hand` gets afterwards are ranges of `source`. */
  begin(source: HashSource): void {
    this.taken = true;
    this.#hex = null;
    this.#worker.postMessage({ source });
  }

  hand(start: number, end: number): void {
    this.busy += 1;
    this.#worker.postMessage({ start, end });
  }

  /**
   * Resolves to the digest as hex digits, when all byte ranges are hashed. Afterwards another hasher may use the
   * thread. Throws the error with which the thread has failed.
   */
  async digest(): Promise<string> {
    this.#worker.postMessage({ start: null });
    await this.until(() => this.#hex !== null);
    this.taken = false;
    return this.#hex ?? '';
  }

  /** Leaves the digest unfinished, so that another hasher may use the thread, unless the thread has failed. */
  discard(): void {
    this.taken = this.#failure !== null;
  }

  /** Ends the hash thread, even while it is hashing. */
  close(): void {
    void this.#worker.terminate();
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) {
      if (this.#failure !== null) throw this.#failure;
      // The thread must keep the process alive, but only while somebody waits for it.
      this.#worker.ref();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#worker.unref();
    }
  }
}

/**
 * At most `MOST_THREADS` hash threads, each of which several hashers use one after the other. A hasher that gets no
 * digest, for instance because its stream fails, may keep its thread until `close`.
 */
export class HashThreads {
  readonly #threads: HashThread[] = [];

  /**
   * Begins a new digest of ranges of `source`, and returns the hash thread for it. Null when all threads are in use:
   * then the caller must hash the bytes itself.
   */
  take(source: HashSource): HashThread | null {
    const thread = this.#threads.find(({ taken }) => !taken) ?? this.#started();
    thread?.begin(source);
    return thread;
  }

  /** Ends all threads, even while they are hashing. */
  close(): void {
    for (const thread of this.#threads) thread.close();
  }

  #started(): HashThread | null {
    if (this.#threads.length === MOST_THREADS) return null;
    const thread = new HashThread();
    this.#threads.push(thread);
    return thread;
  }
}
