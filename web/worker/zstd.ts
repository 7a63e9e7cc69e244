import type { Bytes, FrameExpander } from '../../core/model/ports.ts';
import type { Wasm, WasmMemory } from './wasm.ts';

/** The functions of zstd in WebAssembly, as zstddec builds it, that decompress a stream. Sizes are 32 bits wide. */
export interface Zstd extends WasmMemory {
  ZSTD_createDCtx(): number;
  ZSTD_freeDCtx(context: number): number;
  ZSTD_decompressStream(context: number, output: number, input: number): number;
}

const INPUT_BYTES = 2 ** 17;
const OUTPUT_BYTES = 2 ** 18;
/**
 * The size in bytes of each of the structures `ZSTD_inBuffer` and `ZSTD_outBuffer`, which have a pointer, a size and a
 * position.
 */
const BUFFER_BYTES = 12;
/** Results of a zstd function from this number on, as unsigned 32-bit numbers, are error codes (zstd_errors.h). */
const FIRST_ERROR = 2 ** 32 - 120;

/**
 * Makes a decompressor for zstd frames (RFC 8878) in WebAssembly. It refuses windows beyond 128 MiB, which is zstd's
 * own limit and that of `LIMITS.windowBytes`. The package zstddec, which has the module, also has a decoder. It is not
 * used, because it does not look at error codes, and never ends on a damaged frame.
 */
export function wasmZstd(wasm: Wasm<Zstd>): FrameExpander {
  let stream: ZstdStream | null = null;
  return {
    async *push(input): Bytes {
      stream ??= new ZstdStream(await wasm());
      yield* stream.push(input);
    },
    // The module may not be compiled yet, and a small frame takes the other way as well.
    whole: () => null,
    close() {
      stream?.close();
      stream = null;
    },
  };
}

class ZstdStream {
  readonly #zstd: Zstd;
  readonly #context: number;
  readonly #input: number;
  readonly #output: number;
  readonly #buffers: number;
  /**
   * A copy of the last output of zstd. The output itself is in the memory of the WebAssembly module. When zstd
   * allocates a window, this memory may grow, which makes all typed arrays on it unusable.
   */
  readonly #copy = new Uint8Array(OUTPUT_BYTES);

  constructor(zstd: Zstd) {
    this.#zstd = zstd;
    this.#context = zstd.ZSTD_createDCtx();
    this.#input = zstd.malloc(INPUT_BYTES);
    this.#output = zstd.malloc(OUTPUT_BYTES);
    this.#buffers = zstd.malloc(2 * BUFFER_BYTES);
  }

  *push(input: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < input.length; at += INPUT_BYTES) yield* this.#piece(input.subarray(at, at + INPUT_BYTES));
  }

  *#piece(piece: Uint8Array): Generator<Uint8Array> {
    const [input, output] = [this.#buffers, this.#buffers + BUFFER_BYTES];
    new Uint8Array(this.#zstd.memory.buffer).set(piece, this.#input);
    let [consumed, produced] = [0, OUTPUT_BYTES];
    // A full output buffer may mean that more output waits.
    while (consumed < piece.length || produced === OUTPUT_BYTES) {
      this.#write(input, this.#input, piece.length, consumed);
      this.#write(output, this.#output, OUTPUT_BYTES, 0);
      const result = this.#zstd.ZSTD_decompressStream(this.#context, output, input) >>> 0;
      if (result >= FIRST_ERROR) throw new Error(`zstd says ${result - 2 ** 32}`);
      consumed = this.#position(input);
      produced = this.#position(output);
      this.#copy.set(new Uint8Array(this.#zstd.memory.buffer, this.#output, produced));
      if (produced > 0) yield this.#copy.subarray(0, produced);
      // The frame has ended. Another call would begin the next one.
      if (result === 0) return;
    }
  }

  /**
   * Writes a `ZSTD_inBuffer` or `ZSTD_outBuffer` into the memory of the WebAssembly module at address `at`: a pointer,
   * a size and a position, 32 bits each.
   */
  #write(at: number, pointer: number, size: number, position: number): void {
    new Uint32Array(this.#zstd.memory.buffer, at, 3).set([pointer, size, position]);
  }

  #position(at: number): number {
    return new Uint32Array(this.#zstd.memory.buffer, at, 3)[2] ?? 0;
  }

  close(): void {
    this.#zstd.ZSTD_freeDCtx(this.#context);
    for (const at of [this.#input, this.#output, this.#buffers]) this.#zstd.free(at);
  }
}
