import { both } from '../catalogue/bilingual.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';

/**
 * Limits the bytes in the holes of sparse files that the option `mend` writes as zeros, in all layers of an upload
 * together.
 */
export class FillBudget {
  #bytes = 0;

  /**
   * Counts the bytes in the holes of one file. Throws a LadingError (`bad-archive`) when all files together have more
   * than `LIMITS.filledBytes`.
   */
  take(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > LIMITS.filledBytes) throw beyondLimit(FILLED, LIMITS.filledBytes);
  }
}

const FILLED = both('the bytes in the holes of sparse files that are filled', '填充稀疏文件空洞的字节数');
