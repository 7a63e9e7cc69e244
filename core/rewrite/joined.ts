/** The size in bytes from which bytes are passed on without a copy. */
const LARGE = 64 * 1024;
const BUFFER = 1024 * 1024;

/**
 * Joins many small pieces of bytes into few large ones. Pieces that follow each other in memory become one without a
 * copy; others are copied into a buffer. The bytes that it yields are only valid until the next call.
 */
export class Joined {
  #ready: Uint8Array[] = [];
  /** The buffer for small pieces, and the one whose bytes were yielded last and may still be in use. */
  #buffers = [new Uint8Array(BUFFER), new Uint8Array(BUFFER)] as const;
  #filled = 0;
  /** The memory of the last pieces, which follow each other in it. */
  #memory: ArrayBufferLike = new ArrayBuffer();
  /** The offset in `#memory` at which the last pieces begin. */
  #start = 0;
  /** The offset in `#memory` at which the last pieces end. */
  #end = 0;

  /** Takes pieces, and yields bytes if there are enough. Afterwards, the memory of the pieces may be used again. */
  *join(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
    for (const piece of pieces) {
      this.#add(piece);
      // Before the next piece: the two buffers may be full then, and would be overwritten.
      if (this.#ready.length > 0) yield* this.#drain();
    }
    this.#settle();
    yield* this.#drain();
  }

  /** Yields all bytes that are left, after the last piece. */
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

  /** Ends the use of the last pieces' own memory: many bytes are yielded from there, few are copied into the buffer. */
  #settle(): void {
    if (this.#end === this.#start) return;
    const run = new Uint8Array(this.#memory, this.#start, this.#end - this.#start);
    this.#end = this.#start;
    if (run.length >= LARGE || this.#filled + run.length > BUFFER) this.#flush();
    if (run.length >= LARGE) this.#ready.push(run);
    else {
      this.#buffers[0].set(run, this.#filled);
      this.#filled += run.length;
    }
  }

  /** Marks all bytes in the buffer as ready to be yielded, and goes on with the other buffer. */
  #flush(): void {
    if (this.#filled === 0) return;
    const [full, other] = this.#buffers;
    this.#ready.push(full.subarray(0, this.#filled));
    this.#buffers = [other, full];
    this.#filled = 0;
  }
}
