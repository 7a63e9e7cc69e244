import { concat, enlarged, viewOf } from '../model/byte-arrays.ts';
import type { LayerCompression, Packing } from '../model/conversion-request.ts';
import type { Sums } from '../model/inspection.ts';
import type { BlockPacker, Bytes, Tools } from '../model/ports.ts';
import { SumsTap } from '../model/sums.ts';

/**
 * The blocks into which a layer is cut to be compressed, for each compression. `size` is the number of bytes in a
 * block. `before` is the number of bytes before a block to which its compressed form may refer. For zstd, each block
 * becomes a frame of its own, and `size` is the window of the compression level (docs/decisions/0102).
 */
const BLOCKS: Record<Packing, { size: number; before: number }> = {
  gzip: { size: 2 ** 20, before: 2 ** 15 },
  zstd: { size: 2 ** 21, before: 0 },
};

/**
 * The initial size in bytes of the memory for the first block of a layer. The memory doubles whenever it is full. Most
 * layers are small and need no more.
 */
const FIRST_BYTES = 2 ** 15;

/**
 * How many times as long it takes to compress a byte of a layer as to decompress one. Each layer is compressed twice: to
 * learn its digest, and to write it. A compressed byte counts as so many decompressed ones, because a small upload can
 * hold a gigabyte of zeros.
 */
const PACKING_COST: Record<Packing, number> = { gzip: 24, zstd: 1 };

/**
 * Returns the number of decompressed bytes as which a byte of a layer counts, when the layer is to be written with this
 * compression. It is 1 when the layer is written without compression, or as it is.
 */
export function costOfByte(compress: LayerCompression | null): number {
  return compress === null || compress === 'none' ? 1 : 1 + PACKING_COST[compress];
}

/** The gzip header: deflate, no name, no time, unknown operating system (RFC 1952, 2.3). */
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);

/**
 * A compressor of blocks that works on the calling thread. It makes gzip only. It throws a TypeError for zstd, whose
 * encoder is WebAssembly and no part of the core.
 */
const ON_THIS_THREAD: BlockPacker = {
  ahead: 0,
  async pack(packing, block) {
    if (packing !== 'gzip') throw new TypeError('Cannot compress with zstd: the tools have no packer');
    const { deflateBlock } = await import('./deflate-block.ts');
    return concat(deflateBlock(block));
  },
};

/**
 * Compresses a layer, which comes in chunks, to one gzip member or a row of zstd frames. The layer is cut into blocks
 * of a fixed size, which are compressed independently, several at once. So the output is the same on every machine, for
 * any number of threads, and whatever chunks the layer comes in.
 */
class LayerPacker {
  readonly #packing: Packing;
  readonly #tools: Tools;
  readonly #packer: BlockPacker;
  /** The compressed blocks that were not yielded yet, in order. Some are still being compressed. */
  readonly #waiting: Promise<Uint8Array<ArrayBuffer>>[] = [];
  /**
   * The memory of the block that is being filled. First come the last bytes of the preceding block, to which the
   * compressed form may refer, and then the new bytes.
   */
  #bytes: Uint8Array<ArrayBuffer>;
  #before = 0;
  #filled = 0;
  #crc32 = 0;
  #size = 0;

  constructor(packing: Packing, tools: Tools) {
    this.#packing = packing;
    this.#tools = tools;
    this.#packer = tools.packer ?? ON_THIS_THREAD;
    this.#bytes = new Uint8Array(FIRST_BYTES);
  }

  /** The bytes that come before the first compressed block: the header of gzip, and nothing for zstd. */
  get header(): Uint8Array {
    return this.#packing === 'gzip' ? GZIP_HEADER : new Uint8Array();
  }

  /**
   * Takes the next bytes of the layer. Yields compressed blocks that are ready, and waits when too many are being
   * compressed. A block is valid until the next one is requested.
   */
  async *push(chunk: Uint8Array): Bytes {
    if (this.#packing === 'gzip') this.#crc32 = this.#tools.crc32(chunk, this.#crc32);
    this.#size += chunk.length;
    for (let rest = chunk; rest.length > 0;) {
      // A full block waits for the next byte, because the last block of a gzip member is marked as the last.
      if (this.#filled === this.#before + BLOCKS[this.#packing].size) yield* this.#next();
      if (this.#filled === this.#bytes.length) this.#grow();
      const taken = rest.subarray(0, this.#bytes.length - this.#filled);
      this.#bytes.set(taken, this.#filled);
      this.#filled += taken.length;
      rest = rest.subarray(taken.length);
    }
  }

  /**
   * Ends the layer: compresses its last block. Yields the rest of the compressed bytes, for gzip with the trailer. Each
   * piece is valid until the next one is requested.
   */
  async *end(): Bytes {
    this.#start(this.#bytes.slice(0, this.#filled), true);
    yield* this.#ready(0);
    if (this.#packing !== 'gzip') return;
    const trailer = new Uint8Array(8);
    viewOf(trailer).setUint32(0, this.#crc32, true);
    viewOf(trailer).setUint32(4, this.#size % 2 ** 32, true);
    yield trailer;
  }

  #grow(): void {
    this.#bytes = enlarged(this.#bytes, 2 * this.#bytes.length);
  }

  async *#next(): Bytes {
    const { size, before } = BLOCKS[this.#packing];
    const next = enlarged(this.#bytes.subarray(this.#filled - before), before + size);
    this.#start(this.#bytes, false);
    this.#bytes = next;
    this.#before = this.#filled = before;
    yield* this.#ready(this.#packer.ahead);
  }

  /**
   * Starts to compress a block of the layer. `bytes` also has the bytes before the block to which its compressed form
   * may refer. The caller must not use `bytes` afterwards, because the compressor may transfer this memory to another
   * thread. `last` is true for the last block of the layer.
   */
  #start(bytes: Uint8Array<ArrayBuffer>, last: boolean): void {
    const packed = this.#packer.pack(this.#packing, { bytes, before: this.#before, last });
    // A failure is thrown when the block's turn comes. Before that, it must not be an unhandled rejection.
    packed.catch(() => undefined);
    this.#waiting.push(packed);
  }

  /**
   * Waits for the oldest blocks to be compressed and yields them, until at most `left` blocks are still to be yielded.
   * Each block is valid until the next one is requested, because its memory is then freed.
   */
  async *#ready(left: number): Bytes {
    while (this.#waiting.length > left) {
      const packed = await this.#waiting.shift();
      if (packed === undefined) return;
      yield packed;
      packed.buffer.transfer(0); // freed now, and not when the collector comes (docs/decisions/0045)
    }
  }
}

/**
 * Yields a layer compressed to gzip or zstd (`packing`). The output is the same on every machine. Each piece is valid
 * until the next one is requested.
 */
export async function* pack(layer: Bytes, packing: Packing, tools: Tools): Bytes {
  const packer = new LayerPacker(packing, tools);
  yield packer.header;
  for await (const chunk of layer) yield* packer.push(chunk);
  yield* packer.end();
}

/**
 * A callback for the compressed form of a layer. It is called with one compressed `piece` after another while the layer
 * is read. `content` is the chunk of the layer that was read last, and is empty after the layer's end. The first call
 * passes the header of the compressed form, which is empty for zstd, with the first chunk of the layer. The bytes of
 * `piece` are valid until the returned promise is resolved.
 */
export type PackedCopy = (piece: Uint8Array, content: Uint8Array) => Promise<void>;

/**
 * Computes the size and checksums that a layer has once it is compressed by `pack`. The layer comes chunk by chunk. The
 * compressed pieces go to the callback `copy`; they are dropped if it is null.
 */
export class PackedSums {
  readonly #packer: LayerPacker;
  readonly #made: SumsTap;
  readonly #copy: PackedCopy | null;
  #begun = false;

  constructor(packing: Packing, tools: Tools, copy: PackedCopy | null = null) {
    this.#packer = new LayerPacker(packing, tools);
    this.#made = new SumsTap(tools);
    this.#copy = copy;
  }

  async update(chunk: Uint8Array): Promise<void> {
    await this.#begin(chunk);
    for await (const piece of this.#packer.push(chunk)) await this.#take(piece, chunk);
  }

  async sums(): Promise<Sums> {
    await this.#begin(NOTHING);
    for await (const piece of this.#packer.end()) await this.#take(piece, NOTHING);
    return await this.#made.sums();
  }

  /** Ends the computation when the checksums are not needed, for instance because the layer is damaged. */
  discard(): void {
    this.#made.discard();
  }

  async #begin(chunk: Uint8Array): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    await this.#take(this.#packer.header, chunk);
  }

  async #take(piece: Uint8Array, content: Uint8Array): Promise<void> {
    await Promise.all([this.#made.update(piece), this.#copy?.(piece, content)]);
  }
}

const NOTHING = new Uint8Array();
