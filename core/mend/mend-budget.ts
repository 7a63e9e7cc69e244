import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';

/**
 * Limits the work of mending, for all layers of an upload together. Each method throws a LadingError (`bad-archive`)
 * beyond its limit. The limits are higher for larger uploads, because a small upload that is compressed can hold very
 * many members.
 */
export class MendBudget {
  readonly #sent: number;
  readonly #cost: number;
  #filled = 0;
  #paths = 0;
  #changed = 0;
  #listed: number = LIMITS.mendedListed;

  /**
   * `sent` is the size of the upload in bytes, as it is stored. `cost` is the number of decompressed bytes for which a
   * byte counts that is filled: more than 1 when the layers are to be compressed.
   */
  constructor(sent = 0, cost = 1) {
    this.#sent = sent;
    this.#cost = cost;
  }

  /** Counts the bytes in the holes of one sparse file that is filled. */
  fill(bytes: number): void {
    this.#filled += bytes;
    const expanded = LIMITS.expandedBytes + LIMITS.expansionRatio * this.#sent;
    const most = Math.min(LIMITS.filledBytes, Math.floor(expanded / this.#cost));
    if (this.#filled > most) throw beyondLimit(FILLED, most);
  }

  /** Counts paths that are kept in memory until their layer is decided. */
  paths(more: number): void {
    this.#paths += more;
    this.#check(this.#paths, LIMITS.mendedPaths, PATHS);
  }

  /** Counts a member that is changed, left out or moved. */
  change(): void {
    this.#check(++this.#changed, LIMITS.changedMembers, CHANGED);
  }

  /** True while the list of changes, which all layers share, has room for one more. */
  lists(): boolean {
    return this.#listed-- > 0;
  }

  #check(count: number, limit: number, what: Bilingual): void {
    if (count > limit + this.#sent / BYTES_OF_MEMBER) throw beyondLimit(what, limit);
  }
}

/**
 * The bytes of an upload for which one more member may be mended than the limits say. A member takes 512 bytes in a
 * plain archive, and honest archives are rarely compressed to less than half.
 */
const BYTES_OF_MEMBER = 256;

const FILLED = both('the bytes in the holes of sparse files that are filled', '填充稀疏文件空洞的字节数');
const PATHS = both('the paths of layers that are mended', '被修补的各层中的路径数');
const CHANGED = both('the members that mending changes, moves or leaves out', '修补时更改、移动或省略的成员数');
