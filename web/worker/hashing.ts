import { createSHA256, type IHasher } from 'hash-wasm';
import { sniff } from '../../core/inspect/sniff.ts';
import type { Digest } from '../../core/model/digest.ts';
import type { Hasher } from '../../core/model/ports.ts';
import type { HashAnswer, HashRequest } from './hash-role.ts';

/**
 * The number of bytes of data that this worker hashes itself before another worker hashes the rest. For less data,
 * starting the other worker would take longer than hashing.
 */
const SMALL_BYTES = 2 ** 20;
/**
 * The number of bytes of one digest that may wait to be hashed by another worker. Beyond it, the hasher makes its
 * caller wait. More waiting bytes would take memory without making the work faster.
 */
const WAITING_BYTES = 2 ** 23;

/** The connection to another worker, which computes sha256 digests for this one. */
interface HashWorker {
  send(request: HashRequest, transfer?: Transferable[]): void;
  /** Returns the number for a new digest in the other worker. `heard` is called with each message about this digest. */
  begin(heard: (answer: HashAnswer) => void): number;
}

/** Makes hashers that compute sha256 on this worker or, for large data, on another one. */
export class Hashing {
  readonly #start: () => MessagePort;
  #worker: HashWorker | null = null;

  /** `start` is called to start another worker that hashes. It returns the port for messages to that worker. */
  constructor(start: () => MessagePort) {
    this.#start = start;
  }

  /**
   * A hasher for the bytes of the archive as they are stored. For a compressed archive, another worker hashes, because
   * this worker has to inflate. For a plain one, this worker hashes: sending all bytes to another worker would take
   * more time than it saves.
   */
  newFileHasher(): Hasher {
    let hasher: Hasher | null = null;
    return {
      update: (chunk) =>
        (hasher ??= sniff(chunk).kind === 'compressed' ? this.newHasher() : localHasher()).update(chunk),
      digest: () => (hasher ?? localHasher()).digest(),
    };
  }

  /**
   * A hasher for data that is decompressed from the archive. From 1 MiB on, another worker hashes, while this worker
   * decompresses.
   */
  newHasher(): Hasher {
    let own: Promise<IHasher> | null = null;
    let remote: RemoteHasher | null = null;
    let seen = 0;
    return {
      update: async (chunk) => {
        if (remote !== null) return await remote.update(chunk);
        const hasher = await (own ??= createSHA256());
        hasher.update(chunk);
        seen += chunk.length;
        if (seen < SMALL_BYTES) return;
        remote = new RemoteHasher((this.#worker ??= hashWorkerAt(this.#start())));
        remote.load(hasher.save());
      },
      digest: async () => remote?.digest() ?? asDigest((await (own ?? createSHA256())).digest()),
    };
  }
}

/** Makes a hasher that computes a sha256 in this worker. */
function localHasher(): Hasher {
  const own = createSHA256();
  return {
    update: async (chunk) => void (await own).update(chunk),
    digest: async () => asDigest((await own).digest()),
  };
}

function asDigest(hex: string): Digest {
  return `sha256:${hex}`;
}

function hashWorkerAt(port: MessagePort): HashWorker {
  const heard = new Map<number, (answer: HashAnswer) => void>();
  let begun = 0;
  port.addEventListener('message', ({ data }: MessageEvent<HashAnswer>) => {
    heard.get(data.hasher)?.(data);
    if (!('done' in data)) heard.delete(data.hasher);
  });
  port.start();
  return {
    send: (request, transfer = []) => port.postMessage(request, transfer),
    begin(listener) {
      heard.set(begun, listener);
      return begun++;
    },
  };
}

/** A hasher that computes a sha256 in another worker. */
class RemoteHasher {
  readonly #worker: HashWorker;
  readonly #number: number;
  /** The number of bytes that were sent to the other worker and that it has not hashed yet. */
  #waiting = 0;
  #wake: () => void = () => {};
  readonly #digest = Promise.withResolvers<Digest>();

  constructor(worker: HashWorker) {
    this.#worker = worker;
    this.#number = worker.begin((answer) => {
      if ('digest' in answer) return this.#digest.resolve(asDigest(answer.digest));
      if ('failed' in answer) this.#digest.reject(new Error(answer.failed));
      else this.#waiting -= answer.done;
      if ('failed' in answer || this.#waiting <= WAITING_BYTES) this.#wake();
    });
    this.#digest.promise.catch(() => {}); // it is thrown when the digest is asked for
  }

  load(state: Uint8Array): void {
    this.#worker.send({ kind: 'state', hasher: this.#number, state });
  }

  /**
   * Sends a copy of a chunk to the worker that hashes, because the memory of the chunk is used again. When more than
   * `WAITING_BYTES` wait to be hashed, returns a promise that resolves when there are no more than these, or when
   * hashing has failed.
   */
  update(chunk: Uint8Array): void | Promise<void> {
    const bytes = chunk.slice();
    this.#worker.send({ kind: 'bytes', hasher: this.#number, bytes }, [bytes.buffer]);
    this.#waiting += bytes.length;
    if (this.#waiting > WAITING_BYTES) return new Promise((resolve) => (this.#wake = resolve));
  }

  digest(): Promise<Digest> {
    this.#worker.send({ kind: 'digest', hasher: this.#number });
    return this.#digest.promise;
  }
}
