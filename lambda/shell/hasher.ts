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

const SLOT_BYTES = 2 ** 20;

/** Two would do; with four, neither side waits for a hiccup of the other. */
const SLOTS = 4;

/** Runs as text, not as a file, so that it is still there after bundling. */
const WORKER = `
  const { createHash } = require('node:crypto');
  const { parentPort, workerData } = require('node:worker_threads');
  const hash = createHash('sha256');
  parentPort.on('message', ({ slot, length }) => {
    if (slot === null) return parentPort.postMessage({ hex: hash.digest('hex') });
    hash.update(new Uint8Array(workerData.memory, slot * ${SLOT_BYTES}, length));
    parentPort.postMessage({ hex: null });
  });
`;

/**
 * A hasher on a thread of its own: chunks are copied into a ring of shared memory. The thread starts with the
 * second MiB, so short inputs never pay for one; it ends with `digest` or `close`, and does not keep the process alive.
 */
export class WorkerHasher implements Hasher {
  readonly #memory = new SharedArrayBuffer(SLOTS * SLOT_BYTES);
  readonly #bytes = new Uint8Array(this.#memory);
  #worker: Worker | null = null;
  #slot = 0;
  #filled = 0;
  #busy = 0;
  #hex: string | null = null;
  #failure: Error | null = null;
  #wake = (): void => {};

  update(chunk: Uint8Array): void | Promise<void> {
    const room = SLOT_BYTES - this.#filled;
    if (chunk.length >= room) return this.#updateAcross(chunk);
    this.#copy(chunk);
  }

  async digest(): Promise<Digest> {
    if (this.#worker === null) {
      // Hashing shared memory elsewhere than on the worker is safe only because there is no worker.
      return asDigest(createHash('sha256').update(this.#bytes.subarray(0, this.#filled)).digest('hex'));
    }
    this.#hand();
    this.#post({ slot: null, length: 0 });
    await this.#until(() => this.#hex !== null);
    this.close();
    return asDigest(this.#hex ?? '');
  }

  /** Ends the thread, whatever it does. */
  close(): void {
    void this.#worker?.terminate();
  }

  async #updateAcross(chunk: Uint8Array): Promise<void> {
    let rest = chunk;
    while (rest.length > 0) {
      const taken = Math.min(rest.length, SLOT_BYTES - this.#filled);
      this.#copy(rest.subarray(0, taken));
      rest = rest.subarray(taken);
      if (this.#filled < SLOT_BYTES) return;
      this.#hand();
      await this.#until(() => this.#busy < SLOTS);
    }
  }

  #copy(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#slot * SLOT_BYTES + this.#filled);
    this.#filled += bytes.length;
  }

  /** Hands the current slot over to the worker and goes on to the next one. */
  #hand(): void {
    this.#post({ slot: this.#slot, length: this.#filled });
    this.#busy += 1;
    this.#slot = (this.#slot + 1) % SLOTS;
    this.#filled = 0;
  }

  #post(message: { slot: number | null; length: number }): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(WORKER, { eval: true, execArgv: [], workerData: { memory: this.#memory } });
    worker.on('message', ({ hex }: { hex: string | null }) => {
      if (hex === null) this.#busy -= 1;
      this.#hex = hex;
      this.#wake();
    });
    worker.on('error', (error: Error) => {
      this.#failure = error;
      this.#wake();
    });
    worker.unref();
    return worker;
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done()) {
      if (this.#failure !== null) throw this.#failure;
      // While somebody waits for it, the thread must keep the process alive.
      this.#worker?.ref();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#worker?.unref();
    }
  }
}

function asDigest(hex: string): Digest {
  const digest = parseDigest(`sha256:${hex}`);
  if (digest === null) throw new TypeError(`Cannot use a digest: ${hex} is not one`);
  return digest;
}
