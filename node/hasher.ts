import { createHash, type Hash } from 'node:crypto';
import { type Digest, parseDigest } from '../core/model/digest.ts';
import type { Hasher } from '../core/model/ports.ts';
import type { HashThread, HashThreads } from './hash-thread.ts';

/** Makes a SHA-256 hasher that works on the calling thread. */
export function inlineHasher(): Hasher {
  const hash = createHash('sha256');
  return {
    update: (chunk) => void hash.update(chunk),
    digest: () => Promise.resolve(asDigest(hash.digest('hex'))),
  };
}

/**
 * The size in bytes of one slot in the ring buffer by which a hasher gives bytes to a hash thread. A slot must fit into
 * the caches of both CPU cores. With 1 MiB, hashing takes a third longer.
 */
const SLOT_BYTES = 2 ** 18;

/**
 * The number of slots in the ring buffer by which a hasher gives bytes to a hash thread. Two slots would be enough.
 * With four slots, a short delay of one of the two threads does not stop the other.
 */
const SLOTS = 4;

/**
 * The number of chunks of a file that may wait for the thread that hashes it. From this number on, `update` makes the
 * caller wait.
 */
const FILE_CHUNKS = 64;

/**
 * The shared ring buffers that no hasher uses at present. They are reused: otherwise an archive of many small blobs
 * would need a buffer for each.
 */
export type FreeRings = Uint8Array<SharedArrayBuffer>[];

/**
 * A SHA-256 hasher that uses a hash thread, which gets the chunks through a shared ring buffer. The hasher takes a
 * thread when the buffer is full for the first time, because short inputs need none. When all threads are in use at
 * that time, it hashes on the calling thread.
 */
export class WorkerHasher implements Hasher {
  readonly #threads: HashThreads;
  readonly #free: FreeRings;
  readonly #bytes: Uint8Array<SharedArrayBuffer>;
  #thread: HashThread | null = null;
  /**
   * The hash of the bytes so far, when they are hashed on the calling thread because no hash thread was free; else
   * null.
   */
  #inline: Hash | null = null;
  /** The offset in the ring buffer at which the next byte is written. */
  #next = 0;
  /** The offset in the ring buffer of the first byte that the hash thread has not yet been given. */
  #kept = 0;
  #ended = false;

  constructor(threads: HashThreads, free: FreeRings) {
    this.#threads = threads;
    this.#free = free;
    this.#bytes = free.pop() ?? new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES));
  }

  update(chunk: Uint8Array): void | Promise<void> {
    if (this.#inline !== null) return void this.#inline.update(chunk);
    if (chunk.length >= this.#room()) return this.#updateAcross(chunk);
    this.#copy(chunk);
  }

  /** Returns the digest of all chunks. Afterwards the ring buffer and the thread are free for the next hasher. */
  async digest(): Promise<Digest> {
    const hex = await this.#hex();
    this.#end();
    return asDigest(hex);
  }

  discard(): void {
    if (this.#ended) return;
    this.#thread?.discard();
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#free.push(this.#bytes);
  }

  async #hex(): Promise<string> {
    if (this.#thread === null) {
      // Memory that is shared with a thread could change while it is hashed here. No thread has got this memory yet.
      return (this.#inline ?? createHash('sha256').update(this.#bytes.subarray(0, this.#next))).digest('hex');
    }
    this.#thread.hand(this.#kept, this.#next);
    return await this.#thread.digest();
  }

  async #updateAcross(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      if (this.#inline !== null) return void this.#inline.update(rest);
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
   * Gives the full slots of the ring buffer to the hash thread, and waits until a slot is free. Takes a thread when the
   * whole buffer is full for the first time; until then, does nothing. When there is no thread, hashes the buffer here.
   */
  async #handOver(): Promise<void> {
    const full = this.#next === this.#bytes.length;
    if (this.#thread === null && !full) return;
    const thread = (this.#thread ??= this.#threads.take({ memory: this.#bytes.buffer, fd: null }));
    if (thread === null) {
      this.#inline = createHash('sha256').update(this.#bytes);
      return;
    }
    for (; this.#kept < this.#next; this.#kept += SLOT_BYTES) thread.hand(this.#kept, this.#kept + SLOT_BYTES);
    if (full) this.#next = this.#kept = 0;
    await thread.until(() => thread.busy < SLOTS);
  }
}

/**
 * Hashes an open file that the caller reads. A hash thread reads the same bytes again, from the page cache of the
 * system. This is faster than sharing memory with the caller, because bytes move slowly between two CPU cores. `update`
 * must get all chunks of the file from the offset `start` on, in order. The caller must check that the file does not
 * change.
 */
export class FileHasher implements Hasher {
  readonly #thread: HashThread;
  #at: number;

  /**
   * `thread` must have begun a digest of the file. `start` is the offset in bytes of the first chunk. The file must
   * stay open until the thread is closed.
   */
  constructor(thread: HashThread, start: number) {
    this.#thread = thread;
    this.#at = start;
  }

  async update(chunk: Uint8Array): Promise<void> {
    const start = this.#at;
    this.#at += chunk.length;
    this.#thread.hand(start, this.#at);
    await this.#thread.until(() => this.#thread.busy < FILE_CHUNKS);
  }

  async digest(): Promise<Digest> {
    return asDigest(await this.#thread.digest());
  }
}

function asDigest(hex: string): Digest {
  const digest = parseDigest(`sha256:${hex}`);
  if (digest === null) throw new TypeError(`Cannot use a digest: ${hex} is not one`);
  return digest;
}
