/**
 * The smallest length in bytes of a run that is yielded without a copy. A run is a series of pieces that directly
 * follow each other in memory. A shorter run is copied into a buffer.
 */
const LARGE = 64 * 1024;
/** The smallest and the largest size in bytes of a buffer into which small pieces are copied. */
const BUFFER = { first: 4096, most: 1024 * 1024 };

/**
 * Joins many small pieces of bytes into few large ones. Pieces that directly follow each other in memory are first
 * joined without a copy. Joined pieces that are still small are copied into a buffer. The yielded bytes are only valid
 * until the next ones are taken.
 */
export class Joined {
  #ready: Uint8Array[] = [];
  /**
   * Two buffers. Small pieces are copied into the first. The bytes in the second were yielded before, and may still be
   * in use. Both begin empty, because an archive can have thousands of layers of a few bytes, and each gets its own
   * buffers.
   */
  #buffers: readonly [Uint8Array, Uint8Array] = [new Uint8Array(), new Uint8Array()];
  #filled = 0;
  /** The buffer in which the pieces that were added last lie, each directly after the one before. */
  #memory: ArrayBufferLike = new ArrayBuffer();
  /** The offset in `#memory` at which the pieces that were added last, one directly after the other, begin. */
  #start = 0;
  /** The offset in `#memory` at which the piece that was added last ends. */
  #end = 0;

  /**
   * Adds pieces, and yields joined bytes when there are enough of them. The caller may change the memory of the pieces
   * only after it has taken all yielded bytes.
   */
  *join(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const piece of pieces) {
      this.#add(piece);
      // Before the next piece: the two buffers may be full then, and would be overwritten.
      if (this.#ready.length > 0) yield* this.#drain();
    }
    this.#settle();
    yield* this.#drain();
  }

  /** Yields the bytes that are still in the buffer. To be called after the last piece. */
  *finish(): Generator<Uint8Array> {
    this.#flush();
    yield* this.#drain();
  }

  *#drain(): Generator<Uint8Array> {
    yield* this.#ready;
    this.#ready = [];
  }

  #add(bytes: Uint8Array): void {
    if (bytes.buffer === this.#memory && bytes.byteOffset === this.#end && this.#end > this.#start) {
      this.#end += bytes.length;
      return;
    }
    this.#settle();
    this.#memory = bytes.buffer;
    this.#start = bytes.byteOffset;
    this.#end = this.#start + bytes.length;
  }

  /**
   * Ends a run of pieces that follow each other in memory. If the run is long, it will be yielded without a copy. If it
   * is short, it is copied into the buffer.
   */
  #settle(): void {
    if (this.#end === this.#start) return;
    const run = new Uint8Array(this.#memory, this.#start, this.#end - this.#start);
    this.#end = this.#start;
    if (run.length >= LARGE) {
      this.#flush();
      this.#ready.push(run);
      return;
    }
    if (this.#filled + run.length > this.#buffers[0].length) this.#makeRoom(run.length);
    this.#buffers[0].set(run, this.#filled);
    this.#filled += run.length;
  }

  /**
   * Goes on with an empty buffer for small pieces, which has room for at least `least` bytes. It is twice as large as
   * the one before, but has at most `BUFFER.most` bytes.
   */
  #makeRoom(least: number): void {
    this.#flush();
    const [next, full] = this.#buffers;
    const size = Math.min(Math.max(BUFFER.first, least, 2 * full.length), BUFFER.most);
    if (next.length < size) this.#buffers = [new Uint8Array(size), full];
  }

  /** Marks the bytes in the buffer of small pieces as ready to be yielded, and goes on with the other buffer. */
  #flush(): void {
    if (this.#filled === 0) return;
    const [full, other] = this.#buffers;
    this.#ready.push(full.subarray(0, this.#filled));
    this.#buffers = [other, full];
    this.#filled = 0;
  }
}
