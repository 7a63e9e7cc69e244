import { combineCrc32 } from '../../model/crc32.ts';
import type { Tools } from '../../model/ports.ts';
import { type CompressedReader, littleEndian } from '../compressed-reader.ts';
import type { BlockRecord } from './block.ts';
import { encodeInteger } from './fields.ts';

const CRC_BYTES = 4;

/**
 * The index (xz format 4) that should come at the end of an xz stream, computed from the stream's blocks. Only its size
 * and checksum are kept, so that any number of blocks takes the same memory.
 */
export class ExpectedIndex {
  readonly #tools: Tools;
  #records = 0;
  #recordsBytes = 0;
  #recordsCrc = 0;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  add({ unpaddedSize, contentSize }: BlockRecord): void {
    const record = Uint8Array.from([...encodeInteger(unpaddedSize), ...encodeInteger(contentSize)]);
    this.#records += 1;
    this.#recordsBytes += record.length;
    this.#recordsCrc = this.#tools.crc32(record, this.#recordsCrc);
  }

  /** The length in bytes of the xz stream's index, with its padding and checksum. */
  get size(): number {
    return this.#bodyBytes() + CRC_BYTES;
  }

  /**
   * Reads the index of an xz stream. Throws `bad-archive` (compressed-damaged) if it does not fit the blocks that were
   * passed to `add`.
   */
  async verify(reader: CompressedReader): Promise<void> {
    const start = reader.offset;
    let crc = 0;
    for (let left = this.#bodyBytes(); left > 0;) {
      const piece = await reader.need(Math.min(left, 2 ** 16));
      crc = this.#tools.crc32(piece, crc);
      left -= piece.length;
    }
    const stored = littleEndian(await reader.need(CRC_BYTES));
    if (crc !== this.#crc() || stored !== crc) throw reader.damaged('the index does not fit the blocks', start);
  }

  #head(): Uint8Array {
    return Uint8Array.from([0, ...encodeInteger(this.#records)]);
  }

  #bodyBytes(): number {
    return Math.ceil((this.#head().length + this.#recordsBytes) / 4) * 4;
  }

  #crc(): number {
    const head = this.#head();
    const crc = combineCrc32(this.#tools.crc32(head, 0), this.#recordsCrc, this.#recordsBytes);
    return this.#tools.crc32(new Uint8Array(this.#bodyBytes() - head.length - this.#recordsBytes), crc);
  }
}
