import type { Bilingual } from '../catalogue/bilingual.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import type { Member } from '../tar/member.ts';
import { type KeptFile, keptFile } from './merged-file.ts';

/**
 * The tar members of each layer, kept in memory. This is needed if layers are merged in another order than they are
 * read.
 */
export class KeptLayers {
  readonly #layers = new Map<number, KeptFile[]>();
  #count = 0;

  /**
   * Begins a layer, which lies at offset `start` (in bytes) of the decompressed upload. Returns the function that keeps
   * the tar members of the layer. That function returns true, because it is not known yet whether something is at the
   * path of a member. It throws `bad-archive` when all layers together have more than `LIMITS.mergedPaths` members.
   */
  begin(start: number): (member: Member) => true {
    const files: KeptFile[] = [];
    this.#layers.set(start, files);
    return (member) => {
      files.push(keptFile(member, this.#count));
      check(++this.#count, LIMITS.mergedPaths, MEMBERS);
      return true;
    };
  }

  of(start: number): readonly KeptFile[] {
    return this.#layers.get(start) ?? [];
  }

  /**
   * Throws `bad-archive` (finding `limit-exceeded`) if an image lists layers more than once, and merging the repeated
   * layers is too much work. Each member of a repeated layer counts 1, and 1 more for each 16 bytes of its name and
   * link target, because a long path has many components. All repetitions together may count at most
   * `LIMITS.mergedAgain`. `starts` has the offset in the decompressed upload of each listed layer.
   */
  checkRepeated(starts: readonly number[]): void {
    const seen = new Set<number>();
    const repeated = starts.filter((start) => seen.size === seen.add(start).size);
    const efforts = new Map([...new Set(repeated)].map((start) => [start, effortOf(this.of(start))]));
    const effort = repeated.reduce((sum, start) => sum + (efforts.get(start) ?? 0), 0);
    check(effort, LIMITS.mergedAgain, REPEATED);
  }
}

function effortOf(files: readonly KeptFile[]): number {
  return files.reduce((sum, { name, file }) => sum + 1 + Math.floor((name.length + file.linkname.length) / 16), 0);
}

function check(count: number, limit: number, what: Bilingual): void {
  if (count > limit) throw beyondLimit(what, limit);
}

const MEMBERS: Bilingual = { en: 'the number of members of layers that can be listed', zh: '可列出的各层成员数' };
const REPEATED: Bilingual = { en: 'the members of layers that are listed more than once', zh: '重复列出的层的成员数' };
