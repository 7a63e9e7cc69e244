import { ByteReader } from '../compression/byte-reader.ts';
import { decompress } from '../compression/decompress.ts';
import { LadingError } from '../model/errors.ts';
import type { Compression } from '../model/compression.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import type { LayerPlace } from '../model/recipe.ts';
import { expanded } from '../tar/expanded.ts';

/**
 * A range of bytes in the decompressed upload, from `start` up to and without `end`, and what is needed to read its
 * content. `outer` is the compression of the upload, and `inner` that of the range itself. `sparse` is true if the
 * range is a sparse file.
 */
export type Stretch = Pick<LayerPlace, 'outer' | 'start' | 'end' | 'inner'> & { sparse?: boolean };

/**
 * Reads ranges of the decompressed upload. A compressed upload is decompressed only once if the ranges are asked for in
 * ascending order. For a range that begins before the end of the one read last, it is decompressed again from its
 * beginning.
 */
export class ExpandedUpload {
  readonly #source: Source;
  readonly #tools: Tools;
  #reader: ByteReader | null = null;

  constructor(source: Source, tools: Tools) {
    this.#source = source;
    this.#tools = tools;
  }

  /**
   * Makes a reader of the decompressed upload (`source` is the upload as stored), and calls `work` with the reader.
   * Closes the reader after that, also on an error. Returns what `work` returns.
   */
  static async with<T>(source: Source, tools: Tools, work: (upload: ExpandedUpload) => Promise<T>): Promise<T> {
    const upload = new ExpandedUpload(source, tools);
    try {
      return await work(upload);
    } finally {
      await upload.close();
    }
  }

  /**
   * Yields the content of a range of the decompressed upload, without the compression of its own that the range may
   * have. If the range is a sparse file, its holes are yielded as zeros.
   */
  open({ outer, start, end, inner, sparse }: Stretch): Bytes {
    const stored = this.#stored(outer, start, end);
    return decompress(sparse === true ? expanded(stored) : stored, inner, this.#tools);
  }

  /**
   * Yields the tar archive of the layer at `place`, decompressed. Throws a LadingError when the archive has not exactly
   * `place.size` bytes: `source-changed` if neither upload nor layer is compressed and the layer is not sparse, else
   * `wrong-size`.
   */
  layer(place: LayerPlace): Bytes {
    const isRange = place.outer === 'none' && place.inner === 'none' && !place.sparse;
    return exactly(this.open(place), place.size, this.#tools, (sizes) =>
      isRange
        ? new LadingError('source-changed', `Cannot read the upload: ${sizes}`)
        : new LadingError('wrong-size', `Cannot read a layer: ${sizes}`),
    );
  }

  async *#stored(compression: Compression, start: number, end: number): Bytes {
    if (compression === 'none') {
      if (end > start) yield* this.#source.open(start, end);
      return;
    }
    if (this.#reader !== null && this.#reader.offset > start) await this.close();
    this.#reader ??= new ByteReader(decompress(this.#source.open(), compression, this.#tools));
    const reader = this.#reader;
    for (let chunk = await reader.chunk(); chunk !== null && reader.offset < end; chunk = await reader.chunk()) {
      const skipped = Math.max(0, Math.min(start - reader.offset, chunk.length));
      const piece = chunk.subarray(skipped, Math.min(chunk.length, end - reader.offset));
      if (skipped < chunk.length && piece.length > 0) yield piece;
      reader.consume(skipped + piece.length);
      await this.#tools.breathe?.();
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    this.#reader = null;
  }
}

/**
 * Yields bytes unchanged, and throws if there are not exactly `size` of them. The function `wrong` makes the error. It
 * gets a phrase that says how many bytes were expected and how many came.
 */
export async function* exactly(bytes: Bytes, size: number, tools: Tools, wrong: (sizes: string) => Error): Bytes {
  let seen = 0;
  for await (const chunk of bytes) {
    seen += chunk.length;
    if (seen > size) break;
    yield chunk;
    const turn = tools.breathe?.();
    if (turn !== undefined) await turn;
  }
  if (seen !== size) throw wrong(`${size} bytes were expected there, ${seen > size ? 'more' : `only ${seen}`} came`);
}
