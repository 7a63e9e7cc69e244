import { both } from '../catalogue/bilingual.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';

/**
 * The limit on the work of merging layers. If several images of an archive are merged, they share one budget, because a
 * layer that several images share is merged again for each of them. Each tar member raises the limit. When the limit is
 * exceeded, the methods throw `bad-archive` (finding `limit-exceeded`).
 */
export class MergeBudget {
  readonly #sent: number;
  #read = 0;
  #members = 0;
  #steps = 0;
  #followed = 0;

  /** `sent` is the size of the upload in bytes, as it is stored. Without it, any number of members may be read. */
  constructor(sent = Infinity) {
    this.#sent = sent;
  }

  /** Counts a tar member that is read to be merged. */
  read(): void {
    if (++this.#read > LIMITS.mergedMembers + this.#sent / BYTES_OF_MEMBER)
      throw beyondLimit(MEMBERS, LIMITS.mergedMembers);
  }

  /**
   * Counts one more tar member. `steps` is the number of components of its path that are looked up one by one; 0 when
   * its directory is known already.
   */
  walk(steps: number): void {
    this.#members++;
    this.step(steps);
  }

  /** Counts `steps` more components that are looked up for a tar member, such as those of a hard link's target. */
  step(steps: number): void {
    this.#steps += steps;
    if (this.#steps > LIMITS.mergedSteps + STEPS_OF_MEMBER * this.#members)
      throw beyondLimit(STEPS, LIMITS.mergedSteps);
  }

  /** Counts the bytes of a symbolic link's target that is followed, or of the path to which such a link leads. */
  follow(bytes: number): void {
    this.#followed += bytes;
    const most = LIMITS.followedBytes + FOLLOWED_OF_MEMBER * this.#members;
    if (this.#followed > most) throw beyondLimit(FOLLOWED, LIMITS.followedBytes);
  }
}

/**
 * The number of path components by which each tar member raises the limit `LIMITS.mergedSteps`, which bounds the
 * look-ups of components. Paths of real systems have about 8 components.
 */
const STEPS_OF_MEMBER = 16;

/**
 * The number of bytes by which each tar member raises the limit `LIMITS.followedBytes`, which is for the targets of
 * followed symbolic links. In real systems, about 30 bytes are followed for each member.
 */
const FOLLOWED_OF_MEMBER = 64;

/**
 * The number of bytes of the upload for which one more tar member may be merged than `LIMITS.mergedMembers` says. A
 * member takes 512 bytes in a plain archive, and honest images share layers and are compressed.
 */
const BYTES_OF_MEMBER = 64;

const MEMBERS = both('the members of layers that are merged', '要合并的各层的成员数');
const STEPS = both('the components of the paths of all members', '所有成员路径的层级总数');
const FOLLOWED = both('the bytes of symbolic links that are followed', '跟随的符号链接目标字节数');
