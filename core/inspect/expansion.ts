import { costOfByte } from '../compression/layer-packer.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import type { LayerCompression } from '../model/conversion-request.ts';

/**
 * Counts all bytes that were decompressed for one upload, in the upload itself and in its layers. Holes of sparse files
 * count, too. Other work is counted as if more bytes were decompressed (`LIMITS.memberBytes`, `LIMITS.entryBytes`). Both
 * together are limited in relation to the bytes of the upload that were read. The layers share this count, because each
 * of them could expand as much as the upload.
 */
export class Expansion {
  readonly #stored: () => number;
  readonly #progress: (stored: number) => void;
  #expanded = 0;
  /** The number of bytes as which other work counts. */
  #work = 0;
  /** The part of `#work` that the option `compress` causes. */
  #packing = 0;

  /**
   * Begins to count decompressed bytes. `stored` returns how many bytes of the upload were read so far. `progress` is
   * called whenever bytes are counted, with the number that `stored` returns.
   */
  constructor(stored: () => number, progress: (stored: number) => void = () => undefined) {
    this.#stored = stored;
    this.#progress = progress;
  }

  /**
   * Counts `bytes` more decompressed bytes, and calls the progress callback. Throws a LadingError (`bad-archive`) when
   * there are too many of them, in all or for the number of bytes of the upload that were read.
   */
  add(bytes: number): void {
    this.#expanded += bytes;
    this.check();
  }

  /**
   * Counts work other than decompressing, as the number of decompressed bytes that take as long. Throws like `add`. An
   * upload with much work for its size is refused, and a large one is not.
   */
  addWork(bytes: number): void {
    this.#work += bytes;
    this.check();
  }

  /** Counts the work to compress bytes of a layer with `compress`; with null or `none`, none is counted. */
  addPacked({ length }: Uint8Array, compress: LayerCompression | null): void {
    this.addPacking(length * (costOfByte(compress) - 1));
  }

  /** Counts work like `addWork`, but work that the option `compress` causes. If it is too much, the error says so. */
  addPacking(bytes: number): void {
    this.#packing += bytes;
    this.addWork(bytes);
  }

  /** Calls the progress callback. Throws a LadingError (`bad-archive`) if too many bytes were decompressed so far. */
  check(): void {
    this.#progress(this.#stored());
    if (this.#expanded > LIMITS.contentBytes) throw beyondLimit(DECOMPRESSED, LIMITS.contentBytes);
    const beyond = this.#expanded + this.#work - LIMITS.expandedBytes - this.#stored() * LIMITS.expansionRatio;
    if (beyond > 0) throw beyondLimit(beyond > this.#packing ? RATIO : PACKED_RATIO, LIMITS.expansionRatio);
  }
}

const DECOMPRESSED = { en: 'decompressed bytes', zh: '解压后的字节数' };
const RATIO = {
  en: 'the expansion ratio of the upload and its layers together, beyond the first GiB (other work counts as well)',
  zh: '超出首个 GiB 之后，上传文件及其各层合计的解压膨胀比（其他处理也计入）',
};
const PACKED_RATIO = {
  en: 'the expansion ratio of the upload beyond the first GiB, in which a byte counts up to 25 times if the option compress asks to compress it (leave compress out, and compress the image archive yourself)',
  zh: '超出首个 GiB 之后上传文件的解压膨胀比，其中选项 compress 要求压缩的每个字节最多按 25 个字节计（请去掉 compress，自行压缩镜像归档）',
};
