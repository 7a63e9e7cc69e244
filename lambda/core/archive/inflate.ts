import { Inflate, Z_NO_FLUSH, Z_SYNC_FLUSH, type ZStream } from 'pako';
import type { Bytes, RawInflate } from '../ports.ts';

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
    yield* this.inflate(input, Z_NO_FLUSH);
  }

  /** The same without waiting. With `Z_SYNC_FLUSH` everything the input yields comes out at once. */
  *inflate(input: Uint8Array, flush: typeof Z_NO_FLUSH | typeof Z_SYNC_FLUSH): Generator<Uint8Array> {
    this.unused = input.length;
    while (this.unused > 0 && !this.ended) {
      const slice = input.subarray(input.length - this.unused).subarray(0, SLICE);
      this.#inflate.push(slice, flush);
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

/** Up to `wanted` bytes of what a gzip stream holds, as far as its first bytes tell; empty when they tell nothing. */
export function peekInside(gzip: Uint8Array, bodyStart: number, wanted: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (const chunk of new PortableInflate().inflate(gzip.subarray(bodyStart), Z_SYNC_FLUSH)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= wanted) break;
    }
  } catch {
    // Damage is reported by the full read, which knows the offset; this is only a look.
  }
  return Buffer.concat(chunks).subarray(0, wanted);
}
