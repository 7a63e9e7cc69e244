import { Deflate } from 'pako';
import { viewOf } from '../model/byte-arrays.ts';
import type { Sums } from '../model/inspection.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import { SumsTap } from '../model/sums.ts';

/** The gzip compression level. It takes two thirds of the time of level 6, for 3 % more bytes (docs/decisions/0021). */
const LEVEL = 4;

/** The gzip header: deflate, no name, no time, unknown operating system (RFC 1952, 2.3). */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/**
 * Writes one gzip member. The deflater is plain JavaScript, because the output of native zlib differs from build to
 * build. This output has the same digest on every machine, whatever chunks the input comes in.
 */
class GzipWriter {
  readonly #deflate = new Deflate({ raw: true, level: LEVEL });
  readonly #tools: Tools;
  #outputs: Uint8Array[] = [HEADER];
  #crc32 = 0;
  #size = 0;

  constructor(tools: Tools) {
    this.#tools = tools;
    this.#deflate.onData = (chunk) => {
      this.#outputs.push(chunk);
    };
  }

  /** Compresses the next bytes of the gzip member. Returns the output that is ready. */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#crc32 = this.#tools.crc32(chunk, this.#crc32);
    this.#size += chunk.length;
    this.#deflate.push(chunk, false);
    return this.#taken();
  }

  /** Ends the gzip member. Returns the rest of the output. */
  end(): Uint8Array[] {
    this.#deflate.push(new Uint8Array(), true);
    const trailer = new Uint8Array(8);
    viewOf(trailer).setUint32(0, this.#crc32, true);
    viewOf(trailer).setUint32(4, this.#size % 2 ** 32, true);
    return [...this.#taken(), trailer];
  }

  #taken(): Uint8Array[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}

/** Compresses bytes to one gzip member. The output is the same on every machine. */
export async function* gzip(bytes: Bytes, tools: Tools): Bytes {
  const writer = new GzipWriter(tools);
  for await (const chunk of bytes) yield* writer.push(chunk);
  yield* writer.end();
}

/**
 * Receives a layer piece by piece while it is compressed. `content` is the uncompressed chunk that was compressed last;
 * with the first piece, it is the beginning of the layer.
 */
export type PackedCopy = (piece: Uint8Array, content: Uint8Array) => Promise<void>;

/** Computes the size and digests of the member that `gzip` would write. A `PackedCopy` gets the member's pieces. */
export class GzipSums {
  readonly #writer: GzipWriter;
  readonly #made: SumsTap;
  readonly #copy: PackedCopy | null;

  constructor(tools: Tools, copy: PackedCopy | null = null) {
    this.#writer = new GzipWriter(tools);
    this.#made = new SumsTap(tools);
    this.#copy = copy;
  }

  async update(chunk: Uint8Array): Promise<void> {
    for (const piece of this.#writer.push(chunk)) await this.#take(piece, chunk);
  }

  async sums(): Promise<Sums> {
    for (const piece of this.#writer.end()) await this.#take(piece, new Uint8Array());
    return await this.#made.sums();
  }

  async #take(piece: Uint8Array, content: Uint8Array): Promise<void> {
    await Promise.all([this.#made.update(piece), this.#copy?.(piece, content)]);
  }
}
