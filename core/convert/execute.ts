import { ByteReader } from '../compression/byte-reader.ts';
import { decompress } from '../compression/decompress.ts';
import { gzip } from '../compression/gzip-writer.ts';
import { mended } from '../mend/mended.ts';
import { LadingError } from '../model/errors.ts';
import type { Compression } from '../model/inspection.ts';
import { partSize, type Plan, type PlanPart } from '../model/plan.ts';
import type { Bytes, Source, Tools } from '../model/ports.ts';
import { expanded } from '../tar/expanded.ts';

/**
 * Yields the bytes of the planned image archive in order. Throws `source-changed` when a range of the upload has more
 * or fewer bytes than planned. Throws `wrong-size` when a part that is decompressed or compressed on the way, or the
 * whole archive, is not as long as planned.
 */
export async function* stream(plan: Plan, source: Source, tools: Tools): Bytes {
  const contents = new Contents(source, tools);
  let total = 0;
  try {
    for (const part of plan.parts) {
      total += partSize(part);
      yield* exactly(part, open(part, source, contents, tools), tools);
    }
  } finally {
    await contents.close();
  }
  if (total !== plan.size)
    throw new LadingError(
      'wrong-size',
      `Cannot write the image archive: the plan says ${plan.size} bytes, its parts ${total}`,
    );
}

async function* open(part: PlanPart, source: Source, contents: Contents, tools: Tools): Bytes {
  switch (part.kind) {
    case 'bytes':
      yield part.bytes;
      return;
    case 'range':
      if (part.end > part.start) yield* source.open(part.start, part.end);
      return;
    case 'recoded': {
      const stored = contents.open(part.outer, part.start, part.end);
      const layer = decompress(part.sparse === true ? expanded(stored) : stored, part.inner, tools);
      const content = part.mend === undefined ? layer : mended(layer, part.mend, tools);
      yield* part.gzip === true ? gzip(content, tools) : content;
    }
  }
}

/**
 * The decompressed upload, of which a conversion reads ranges. It is decompressed once if the ranges come in ascending
 * order, and again from its beginning for a range that lies further back.
 */
class Contents {
  readonly #source: Source;
  readonly #tools: Tools;
  #reader: ByteReader | null = null;

  constructor(source: Source, tools: Tools) {
    this.#source = source;
    this.#tools = tools;
  }

  async *open(compression: Compression, start: number, end: number): Bytes {
    if (compression === 'none') return yield* this.#source.open(start, end);
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

async function* exactly(part: PlanPart, bytes: Bytes, tools: Tools): Bytes {
  const size = partSize(part);
  let seen = 0;
  for await (const chunk of bytes) {
    seen += chunk.length;
    if (seen > size) break;
    yield chunk;
    const turn = tools.breathe?.();
    if (turn !== undefined) await turn;
  }
  if (seen === size) return;
  const sizes = `${size} bytes were expected there, ${seen > size ? 'more' : `only ${seen}`} came`;
  throw part.kind === 'range'
    ? new LadingError('source-changed', `Cannot read the upload: ${sizes}`)
    : new LadingError('wrong-size', `Cannot write the image archive: ${sizes}`);
}
