/** The size in bytes from which bytes are passed on without a copy. */
const LARGE = 64 * 1024;
const BUFFER = 1024 * 1024;

/**
 * Joins many small pieces of bytes into few large ones. Pieces that follow each other in memory become one without a
 * copy; others are copied into a buffer. `ready` has what can be passed on, and must be emptied after each call.
 */
export class Joined {
  ready: Uint8Array[] = [];
  /** The buffer for small pieces, and the one that was made ready last, whose bytes may still be in use. */
  #buffers = [new Uint8Array(BUFFER), new Uint8Array(BUFFER)] as const;
  #filled = 0;
  /** The last pieces, as far as they follow each other in memory: their memory, their start and their end in it. */
  #memory: ArrayBufferLike = new ArrayBuffer();
  #start = 0;
  #end = 0;

  add(bytes: Uint8Array): void {
    if (bytes.buffer === this.#memory && bytes.byteOffset === this.#end && this.#end > this.#start) {
      this.#end += bytes.length;
      return;
    }
    this.settle();
    this.#memory = bytes.buffer;
    this.#start = bytes.byteOffset;
    this.#end = this.#start + bytes.length;
  }

  /** Takes leave of the memory of all pieces so far. It may be used for something else after `ready` was emptied. */
  settle(): void {
    if (this.#end === this.#start) return;
    const run = new Uint8Array(this.#memory, this.#start, this.#end - this.#start);
    this.#end = this.#start;
    if (run.length >= LARGE || this.#filled + run.length > BUFFER) this.flush();
    if (run.length >= LARGE) this.ready.push(run);
    else {
      this.#buffers[0].set(run, this.#filled);
      this.#filled += run.length;
    }
  }

  /** Makes everything ready that was copied into the buffer. */
  flush(): void {
    if (this.#filled === 0) return;
    const [full, other] = this.#buffers;
    this.ready.push(full.subarray(0, this.#filled));
    this.#buffers = [other, full];
    this.#filled = 0;
  }
}
