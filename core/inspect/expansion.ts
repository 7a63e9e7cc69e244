import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';

/**
 * Counts all bytes that were decompressed for one upload, in the upload itself and in its layers. Holes of sparse
 * files, and bytes that stand for other work (`LIMITS.memberBytes`, `LIMITS.entryBytes`), count as decompressed bytes,
 * too. Their number is limited, also in relation to the bytes of the upload that were read. The layers share this
 * count, because each of them could expand as much as the upload.
 */
export class Expansion {
  readonly #stored: () => number;
  readonly #progress: (stored: number) => void;
  #expanded = 0;

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

  /** Calls the progress callback. Throws a LadingError (`bad-archive`) if too many bytes were decompressed so far. */
  check(): void {
    this.#progress(this.#stored());
    if (this.#expanded > LIMITS.contentBytes) throw beyondLimit(DECOMPRESSED, LIMITS.contentBytes);
    const beyond = this.#expanded - LIMITS.expandedBytes;
    if (beyond > this.#stored() * LIMITS.expansionRatio) throw beyondLimit(RATIO, LIMITS.expansionRatio);
  }
}

const DECOMPRESSED = { en: 'decompressed bytes', zh: '解压后的字节数' };
const RATIO = {
  en: 'the expansion ratio of the upload and its layers together, beyond the first GiB',
  zh: '超出首个 GiB 之后，上传文件及其各层合计的解压膨胀比',
};
