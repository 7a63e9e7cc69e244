import { ByteReader } from '../compression/byte-reader.ts';
import { decompress } from '../compression/decompress.ts';
import { LadingError } from '../model/errors.ts';
import type { Compression } from '../model/compression.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import type { LayerPlace } from '../model/recipe.ts';
import { expanded } from '../tar/expanded.ts';

/** A range of the decompressed upload, and what must be done to get at its content. */
export type Stretch = Pick<LayerPlace, 'outer' | 'start' | 'end' | 'inner'> & { sparse?: boolean };

/**
 * The decompressed upload, of which ranges are read. It is decompressed once if the ranges come in ascending order, and
 * again from its beginning for a range that lies further back.
 */
export class ExpandedUpload {
  readonly #source: Source;
  readonly #tools: Tools;
  #reader: ByteReader | null = null;

  constructor(source: Source, tools: Tools) {
    this.#source = source;
    this.#tools = tools;
  }

  /** Calls `work` with an upload that is being decompressed, and closes the upload after that. */
  static async with<T>(source: Source, tools: Tools, work: (upload: ExpandedUpload) => Promise<T>): Promise<T> {
    const upload = new ExpandedUpload(source, tools);
    try {
      return await work(upload);
    } finally {
      await upload.close();
    }
  }

  /** Yields the decompressed content of a range, with zeros for the holes of a sparse file. */
  open({ outer, start, end, inner, sparse }: Stretch): Bytes {
    const stored = this.#stored(outer, start, end);
    return decompress(sparse === true ? expanded(stored) : stored, inner, this.#tools);
  }

  /** Yields a layer's tar archive. Throws `wrong-size` or `source-changed` when its size is not that in `place`. */
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

/** Yields bytes unchanged if there are exactly `size`. Otherwise throws the error that `wrong` makes from a phrase. */
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
