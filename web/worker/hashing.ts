import { createSHA256, type IHasher } from 'hash-wasm';
import type { Digest } from '../../core/model/digest.ts';
import type { Hasher } from '../../core/model/ports.ts';
import type { HashAnswer, HashRequest } from './hash-role.ts';

/** From this many bytes on, a worker of its own hashes. Below, starting it would take longer. */
const SMALL_BYTES = 2 ** 20;
/** The most bytes that wait to be hashed. More would only fill the memory. */
const WAITING_BYTES = 2 ** 23;
/** The most bytes by which reading may be ahead of the worker that hashes the file by itself. */
const AHEAD_BYTES = 2 ** 26;

/** A connection to a worker that hashes. */
interface Line {
  send(request: HashRequest, transfer?: Transferable[]): void;
  /** Makes a hasher on the other side, and returns its number. `heard` gets its answers. */
  begin(heard: (answer: HashAnswer) => void): number;
}

/** Makes hashers. Those with much to hash work in two further workers, beside the work of this one. */
export class Hashing {
  readonly #start: () => MessagePort;
  #contents: Line | null = null;

  /** `start` starts a worker that hashes, and returns the way to it. */
  constructor(start: () => MessagePort) {
    this.#start = start;
  }

  /** A hasher for bytes that this worker has. */
  newHasher(): Hasher {
    let own: Promise<IHasher> | null = null;
    let far: FarHasher | null = null;
    let seen = 0;
    return {
      update: async (chunk) => {
        if (far !== null) return await far.update(chunk);
        const hasher = await (own ??= createSHA256());
        hasher.update(chunk);
        seen += chunk.length;
        if (seen < SMALL_BYTES) return;
        far = new FarHasher((this.#contents ??= lineTo(this.#start())), WAITING_BYTES);
        far.load(hasher.save());
      },
      digest: async () => far?.digest() ?? asDigest((await (own ?? createSHA256())).digest()),
    };
  }

  /** A hasher for a file that is about to be read from its beginning. A further worker reads and hashes it by itself. */
  newFileHasher(file: Blob): Hasher {
    if (file.size < SMALL_BYTES) return this.newHasher();
    const far = new FarHasher(lineTo(this.#start()), AHEAD_BYTES);
    far.read(file);
    return { update: (chunk) => far.pass(chunk.length), digest: () => far.digest() };
  }
}

function asDigest(hex: string): Digest {
  return `sha256:${hex}`;
}

function lineTo(port: MessagePort): Line {
  const heard = new Map<number, (answer: HashAnswer) => void>();
  port.addEventListener('message', ({ data }: MessageEvent<HashAnswer>) => heard.get(data.hasher)?.(data));
  port.start();
  return {
    send: (request, transfer = []) => port.postMessage(request, transfer),
    begin(listener) {
      heard.set(heard.size, listener);
      return heard.size - 1;
    },
  };
}

/** A hasher that works in another worker. */
class FarHasher {
  readonly #line: Line;
  readonly #number: number;
  readonly #most: number;
  /** The number of bytes that were passed on, and are not hashed yet. It is negative when the worker is ahead. */
  #waiting = 0;
  #wake: () => void = () => {};
  readonly #digest = Promise.withResolvers<Digest>();

  /** `most` is the number of bytes that may wait. */
  constructor(line: Line, most: number) {
    this.#line = line;
    this.#most = most;
    this.#number = line.begin((answer) => {
      if ('digest' in answer) return this.#digest.resolve(asDigest(answer.digest));
      if ('failed' in answer) this.#digest.reject(new Error(answer.failed));
      else this.#waiting -= answer.done;
      if ('failed' in answer || this.#waiting <= this.#most) this.#wake();
    });
    this.#digest.promise.catch(() => {}); // it is thrown when the digest is asked for
  }

  load(state: Uint8Array): void {
    this.#line.send({ kind: 'state', hasher: this.#number, state });
  }

  read(file: Blob): void {
    this.#line.send({ kind: 'file', hasher: this.#number, file });
  }

  /** Sends a copy of a chunk, as its memory is used again. Waits while too much is waiting. */
  update(chunk: Uint8Array): void | Promise<void> {
    const bytes = chunk.slice();
    this.#line.send({ kind: 'bytes', hasher: this.#number, bytes }, [bytes.buffer]);
    return this.pass(bytes.length);
  }

  /** Counts bytes that are to be hashed. Waits while too many are waiting. */
  pass(bytes: number): void | Promise<void> {
    this.#waiting += bytes;
    if (this.#waiting > this.#most) return new Promise((resolve) => (this.#wake = resolve));
  }

  digest(): Promise<Digest> {
    this.#line.send({ kind: 'digest', hasher: this.#number });
    return this.#digest.promise;
  }
}
