import { createHash } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import { type Digest, parseDigest } from '../core/model/digest.ts';
import type { Hasher } from '../core/model/ports.ts';

/** Makes a SHA-256 hasher that works on the calling thread. */
export function inlineHasher(): Hasher {
  const hash = createHash('sha256');
  return {
    update: (chunk) => void hash.update(chunk),
    digest: () => Promise.resolve(asDigest(hash.digest('hex'))),
  };
}

/**
 * The size in bytes of one slot in the ring buffer that two threads share. A slot must fit into the caches of both
 * cores. With 1 MiB, hashing takes a third longer.
 */
const SLOT_BYTES = 2 ** 18;

/**
 * The number of slots in the ring buffer that two threads share. Two slots would be enough. With four slots, a short
 * delay of one thread does not stop the other.
 */
const SLOTS = 4;

/**
 * The number of chunks of a file that may wait for the thread that hashes it. When more wait, `update` makes the caller
 * wait.
 */
const FILE_CHUNKS = 64;

/**
 * The source code of the worker thread that computes a SHA-256. It is a string, because a bundled program would not
 * find a separate file.
 */
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

/** The bytes that a hash thread reads: memory that it shares with the caller, or an open file. */
type HashSource = { memory: SharedArrayBuffer; fd: null } | { memory: null; fd: number };

/** A hash thread that `startThread` has started and that no hasher uses yet; null when there is none. */
let readyThread: Worker | null = null;

/** Starts the hash thread for the next hasher early, while the program still loads its modules. */
export function startThread(): void {
  readyThread ??= newWorker();
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

/** A worker thread that hashes ranges of bytes, in the order in which it gets them. */
class HashThread {
  readonly #worker: Worker;
  /** The number of byte ranges that still wait for the hash thread or are being hashed. */
  busy = 0;
  #hex: string | null = null;
  #failure: Error | null = null;
  #wake = (): void => {};

  constructor(ground: HashSource) {
    this.#worker = readyThread ?? newWorker();
    readyThread = null;
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

/** A hasher whose thread can be ended without waiting for its digest. */
export interface ClosableHasher extends Hasher {
  close(): void;
}

/**
 * The shared ring buffers that no hasher uses at present. They are reused: otherwise an archive of many small blobs
 * would need a buffer for each.
 */
export type FreeRings = Uint8Array<SharedArrayBuffer>[];

/**
 * A SHA-256 hasher with a thread of its own, which gets the chunks through a shared ring buffer. The thread starts when
 * the buffer is full for the first time, because short inputs do not need it. It ends with `digest` or `close`, and
 * does not keep the process alive.
 */
export class WorkerHasher implements ClosableHasher {
  readonly #free: FreeRings;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  #thread: HashThread | null = null;
  /** The offset in the ring buffer at which the next byte is written. */
  #next = 0;
  /** The offset in the ring buffer of the first byte that the hash thread has not yet been given. */
  #kept = 0;

  constructor(free: FreeRings = []) {
    this.#free = free;
    this.#bytes = free.pop() ?? new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES));
  }

  update(chunk: Uint8Array): void | Promise<void> {
    if (chunk.length >= this.#room()) return this.#updateAcross(chunk);
    this.#copy(chunk);
  }

  /** The digest of all chunks. Afterwards the ring buffer is free for the next hasher. */
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
      if (this.#next % SLOT_BYTES === 0) await this.#handOver();
    }
  }

  /** The number of bytes that still fit into the current slot of the ring buffer. */
  #room(): number {
    return SLOT_BYTES - (this.#next % SLOT_BYTES);
  }

  #copy(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#next);
    this.#next += bytes.length;
  }

  /**
   * Gives the full slots of the ring buffer to the hash thread, and waits until a slot is free. Starts that thread when
   * the whole buffer is full for the first time; until then, does nothing.
   */
  async #handOver(): Promise<void> {
    const full = this.#next === this.#bytes.length;
    if (this.#thread === null && !full) return;
    const thread = (this.#thread ??= new HashThread({ memory: this.#bytes.buffer, fd: null }));
    for (; this.#kept < this.#next; this.#kept += SLOT_BYTES) thread.hand(this.#kept, this.#kept + SLOT_BYTES);
    if (full) this.#next = this.#kept = 0;
    await thread.until(() => thread.busy < SLOTS);
  }
}

/**
 * Hashes an open file that the caller reads. A thread reads the same bytes again, from the page cache of the system.
 * This is faster than sharing memory with the caller, because bytes move slowly between two cores. `update` must get
 * all chunks of the file from `start` on, in order. The caller must check that the file does not change.
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
