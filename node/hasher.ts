import { createHash } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { type Digest, parseDigest } from '../core/model/digest.ts';
import type { Hasher } from '../core/model/ports.ts';

/** A SHA-256 hasher on the calling thread. */
export function inlineHasher(): Hasher {
  const hash = createHash('sha256');
  return {
    update: (chunk) => void hash.update(chunk),
    digest: () => Promise.resolve(asDigest(hash.digest('hex'))),
  };
}

/**
 * Bytes in one slot of the ring. A slot has to fit into the caches of the core that writes it and of the core that
 * reads it. With 1 MiB, hashing takes a third longer.
 */
const SLOT_BYTES = 2 ** 18;

/** Slots in the ring. Two would work; with four, a short delay of one thread does not stop the other. */
const SLOTS = 4;

/** Chunks of a file that may wait for the hash thread. When there are more, `update` makes the reader wait. */
const FILE_CHUNKS = 64;

/** Source code of the hash thread. It is text, because a file of its own would be missing in a bundle. */
const WORKER = `
  const { createHash } = require('node:crypto');
  const { readSync } = require('node:fs');
  const { parentPort } = require('node:worker_threads');
  const hash = createHash('sha256');
  let memory, fd, buffer;
  function hashFile(start, end) {
    while (start < end) {
      const count = readSync(fd, buffer, 0, Math.min(buffer.length, end - start), start);
      if (count === 0) return;
      hash.update(buffer.subarray(0, count));
      start += count;
    }
  }
  parentPort.once('message', (ground) => {
    ({ memory, fd } = ground);
    if (fd !== null) buffer = Buffer.allocUnsafeSlow(${SLOT_BYTES});
    parentPort.on('message', work);
  });
  function work({ start, end }) {
    if (start === null) return parentPort.postMessage({ hex: hash.digest('hex') });
    if (fd === null) hash.update(new Uint8Array(memory, start, end - start));
    else hashFile(start, end);
    parentPort.postMessage({ hex: null });
  }
`;

/** The bytes that a hash thread reads: shared memory, or an open file. */
type Ground = { memory: SharedArrayBuffer; fd: null } | { memory: null; fd: number };

/** A hash thread that `startThread` has started and that no hasher uses yet. */
let ready: Worker | null = null;

/** Starts the thread for the next hasher now, so that it is ready when the program has loaded its modules. */
export function startThread(): void {
  ready ??= newWorker();
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

/** A thread that hashes ranges of bytes in the order in which it gets them. */
class HashThread {
  readonly #worker: Worker;
  /** Number of ranges that the thread has got and not hashed yet. */
  busy = 0;
  #hex: string | null = null;
  #failure: Error | null = null;
  #wake = (): void => {};

  constructor(ground: Ground) {
    this.#worker = ready ?? newWorker();
    ready = null;
    this.#worker.postMessage(ground);
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

  hand(start: number, end: number): void {
    this.busy += 1;
    this.#worker.postMessage({ start, end });
  }

  async digest(): Promise<Digest> {
    this.#worker.postMessage({ start: null });
    await this.until(() => this.#hex !== null);
    this.close();
    return asDigest(this.#hex ?? '');
  }

  /** Ends the thread, even while it is hashing. */
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

/** A hasher whose thread can be ended without asking for its digest. */
export interface ClosableHasher extends Hasher {
  close(): void;
}

/**
 * Rings of shared memory that no hasher uses at present. With this list an archive of many small blobs needs one ring,
 * not one ring for each blob.
 */
export type FreeRings = Uint8Array<SharedArrayBuffer>[];

/**
 * A SHA-256 hasher on a thread of its own. It copies chunks into a ring of shared memory. The thread starts when the
 * ring is full for the first time, so a short input needs no thread. The thread ends with `digest` or `close`, and does
 * not keep the process alive.
 */
export class WorkerHasher implements ClosableHasher {
  readonly #free: FreeRings;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  #thread: HashThread | null = null;
  /** Offsets in the ring: `#next` of the next byte to write, `#kept` of the first byte not yet given to the thread. */
  #next = 0;
  #kept = 0;

  constructor(free: FreeRings = []) {
    this.#free = free;
    this.#bytes = free.pop() ?? new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES));
  }

  update(chunk: Uint8Array): void | Promise<void> {
    if (chunk.length >= this.#room()) return this.#updateAcross(chunk);
    this.#copy(chunk);
  }

  /** The digest of all chunks. Afterwards the ring is free for the next hasher. */
  async digest(): Promise<Digest> {
    const digest = await this.#digest();
    this.#free.push(this.#bytes);
    return digest;
  }

  async #digest(): Promise<Digest> {
    if (this.#thread === null) {
      // Memory that is shared with a thread could change while it is hashed here. No thread has got this memory yet.
      return asDigest(createHash('sha256').update(this.#bytes.subarray(0, this.#next)).digest('hex'));
    }
    this.#thread.hand(this.#kept, this.#next);
    return await this.#thread.digest();
  }

  close(): void {
    this.#thread?.close();
  }

  async #updateAcross(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      const taken = Math.min(rest.length, this.#room());
      this.#copy(rest.subarray(0, taken));
      rest = rest.subarray(taken);
      if (this.#next % SLOT_BYTES === 0) await this.#turn();
    }
  }

  /** Bytes that still fit into the current slot. */
  #room(): number {
    return SLOT_BYTES - (this.#next % SLOT_BYTES);
  }

  #copy(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#next);
    this.#next += bytes.length;
  }

  /** Hands the full slots to the thread, which it starts when the ring is first full. Waits until a slot is free. */
  async #turn(): Promise<void> {
    const full = this.#next === this.#bytes.length;
    if (this.#thread === null && !full) return;
    const thread = (this.#thread ??= new HashThread({ memory: this.#bytes.buffer, fd: null }));
    for (; this.#kept < this.#next; this.#kept += SLOT_BYTES) thread.hand(this.#kept, this.#kept + SLOT_BYTES);
    if (full) this.#next = this.#kept = 0;
    await thread.until(() => thread.busy < SLOTS);
  }
}

/**
 * Hashes an open file while somebody else reads it. The hash thread reads the same bytes again, from the page cache.
 * That is faster than sharing the reader's memory, because bytes move slowly from one core's cache to another's.
 * `update` must get the chunks of the file in order, from `start` on. The caller has to check that the file did not
 * change.
 */
export class FileHasher implements ClosableHasher {
  readonly #thread: HashThread;
  #at: number;

  constructor(fd: number, start: number) {
    this.#thread = new HashThread({ memory: null, fd });
    this.#at = start;
  }

  async update(chunk: Uint8Array): Promise<void> {
    const start = this.#at;
    this.#at += chunk.length;
    this.#thread.hand(start, this.#at);
    await this.#thread.until(() => this.#thread.busy < FILE_CHUNKS);
  }

  digest(): Promise<Digest> {
    return this.#thread.digest();
  }

  close(): void {
    this.#thread.close();
  }
}

function asDigest(hex: string): Digest {
  const digest = parseDigest(`sha256:${hex}`);
  if (digest === null) throw new TypeError(`Cannot use a digest: ${hex} is not one`);
  return digest;
}
