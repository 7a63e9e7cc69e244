import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { parseDigest } from '../core/digest.ts';
import type { Digest } from '../core/digest.ts';
import type { Hasher } from '../core/ports.ts';

/** A hasher on the calling thread. */
export function inlineHasher(): Hasher {
  const hash = createHash('sha256');
  return {
    update: (chunk) => void hash.update(chunk),
    digest: () => Promise.resolve(asDigest(hash.digest('hex'))),
  };
}

/** Small, because what one core has written and another reads has to fit their caches: with 1 MiB hashing takes a third longer. */
const SLOT_BYTES = 2 ** 18;

/** Two would do; with four, neither side waits for a hiccup of the other. */
const SLOTS = 4;

/** How far the reader of a file may be ahead of the thread that reads it again, in chunks. */
const FILE_CHUNKS = 64;

/** Runs as text, not as a file, so that it is still there after bundling. */
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

/** What a thread hashes: ranges of shared memory, or of an open file. */
type Ground = { memory: SharedArrayBuffer; fd: null } | { memory: null; fd: number };

/** A thread that was started beforehand. */
let ready: Worker | null = null;

/** Starts the next hasher's thread now: for that it takes as long as a program for loading its modules. */
export function startThread(): void {
  ready ??= newWorker();
}

function newWorker(): Worker {
  // The default heap would do no harm, but it is taken from the memory of the process.
  const resourceLimits = { maxYoungGenerationSizeMb: 1, maxOldGenerationSizeMb: 16 };
  const worker = new Worker(WORKER, { eval: true, execArgv: [], resourceLimits });
  worker.unref();
  return worker;
}

/** A thread that hashes one range after the other, in the order in which they are handed over. */
class HashThread {
  readonly #worker: Worker;
  /** Ranges that are handed over and not yet hashed. */
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

  /** Ends the thread, whatever it does. */
  close(): void {
    void this.#worker.terminate();
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) {
      if (this.#failure !== null) throw this.#failure;
      // While somebody waits for it, the thread must keep the process alive.
      this.#worker.ref();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#worker.unref();
    }
  }
}

/** A hasher with a thread that can be ended before its digest is asked for. */
export interface ClosableHasher extends Hasher {
  close(): void;
}

/** Rings of shared memory that no hasher uses at the moment. An archive of many small blobs needs one ring, not one a blob. */
export type FreeRings = Uint8Array<SharedArrayBuffer>[];

/**
 * A hasher on a thread of its own: chunks are copied into a ring of shared memory. The thread starts when the ring is
 * full for the first time, so short inputs never pay for one; it ends with `digest` or `close`, and does not keep the
 * process alive.
 */
export class WorkerHasher implements ClosableHasher {
  readonly #free: FreeRings;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  #thread: HashThread | null = null;
  /** Offsets in the ring: of the next byte to come, and of the first one that was not yet handed over. */
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

  /** The digest of all that was handed over. The ring belongs to the next hasher then. */
  async digest(): Promise<Digest> {
    const digest = await this.#digest();
    this.#free.push(this.#bytes);
    return digest;
  }

  async #digest(): Promise<Digest> {
    if (this.#thread === null) {
      // Hashing shared memory elsewhere than on the worker is safe only because there is no worker.
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

  /** Bytes until the current slot is full. */
  #room(): number {
    return SLOT_BYTES - (this.#next % SLOT_BYTES);
  }

  #copy(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#next);
    this.#next += bytes.length;
  }

  /** Hands full slots over to the thread, and waits until there is a free one. */
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
 * Hashes an open file beside its reader: the thread reads once more what the reader has just read, out of the page cache.
 * That is faster than to share the reader's memory, because bytes go slowly from one core's cache to another's. The chunks
 * must be those of the file in order, from `start` on; whoever opened it has to see to it that the file did not change.
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
