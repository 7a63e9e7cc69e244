import { Inflate, Z_SYNC_FLUSH, type ZStream } from 'pako';
import type { Bytes, RawInflate } from '../model/ports.ts';

/** Input is handed over in slices, because one push yields all of its output at once: 4 KiB make 4 MiB at the most. */
const SLICE = 4096;

/** Inflates with pako: plain JavaScript that runs anywhere, at a third of native zlib's speed. */
export class PortableInflate implements RawInflate {
  readonly #inflate = new Inflate({ raw: true });
  #stream: ZStream | null = null;
  #outputs: Uint8Array[] = [];
  unused = 0;
  ended = false;

  constructor() {
    this.#inflate.onStart = (stream) => {
      this.#stream = stream;
    };
    this.#inflate.onData = (chunk) => {
      this.#outputs.push(chunk);
    };
  }

  async *push(input: Uint8Array): Bytes {
    this.unused = input.length;
    while (this.unused > 0 && !this.ended) {
      const slice = input.subarray(input.length - this.unused).subarray(0, SLICE);
      // Else pako keeps what it has until 64 KiB are full, and of a stream that is cut off the last bytes would never come.
      this.#inflate.push(slice, Z_SYNC_FLUSH);
      if (this.#inflate.err !== 0) throw new Error(this.#inflate.msg);
      this.ended = this.#inflate.ended;
      this.unused -= slice.length - (this.#stream?.avail_in ?? 0);
      const outputs = this.#outputs;
      this.#outputs = [];
      yield* outputs;
    }
  }

  close(): void {
    this.#outputs = [];
  }
}
