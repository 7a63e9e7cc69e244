import { both } from '../catalogue/bilingual.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { printable } from '../model/bytes.ts';
import type { Change, ChangeKind, Changes, MendRecipe } from '../model/mending.ts';
import type { Bytes, Tools } from '../model/ports.ts';
import type { Member } from '../tar/member.ts';
import type { MemberObserver } from '../tar/observer.ts';
import { cleanPath } from '../tar/paths.ts';
import { TarScanner } from '../tar/tar.ts';
import { appleDoubleBytes, changeOf, decideAlone, type Edit, isAppleDouble } from './decide.ts';
import { MendBudget } from './mend-budget.ts';
import { type PathChange, SamePaths } from './same-paths.ts';

/**
 * The decisions on a layer, so that container engines accept it. `recipe` says how each of its members is changed, and
 * `changes` lists the changes for the user.
 */
export interface LayerDecisions {
  recipe: MendRecipe;
  changes: Changes;
}

/**
 * Reads a layer, a tar archive, and decides how to change its members so that container engines accept it. Returns null
 * when nothing needs a change. `folder`, the folder around the root file system, is cut off all names; it is empty when
 * there is none. `alone` is true when no layer lies below: hard links without a target are then left out. `budget`
 * limits the work for all layers together. Throws a LadingError (`bad-archive`) beyond a limit for paths, changes or
 * sparse files.
 */
export async function decideLayer(
  layer: Bytes,
  { folder, alone, budget = new MendBudget() }: { folder: string; alone: boolean; budget?: MendBudget },
  tools: Pick<Tools, 'byteString'>,
): Promise<LayerDecisions | null> {
  const decider = new LayerDecider(folder, budget);
  const scanner = new TarScanner(decider, tools.byteString);
  for await (const chunk of layer) scanner.push(chunk);
  return decider.finish({ alone, marked: scanner.finish().marked });
}

/**
 * Decides, in one pass over the members of a layer, how to change them so that container engines accept the layer.
 * Throws a LadingError (`bad-archive`) beyond a limit for paths, changes or sparse files.
 */
class LayerDecider implements MemberObserver {
  readonly #folder: string;
  readonly #dropped = new Set<number>();
  readonly #changes: Changes = { counts: {}, listed: [] };
  readonly #paths = new SamePaths((change) => this.#takeChange(change));
  #member = -1;
  readonly #budget: MendBudget;
  /** The number of paths that were counted in the budget so far. */
  #counted = 0;
  /** The total length in bytes of all paths and targets of hard links so far. It is counted to bound the memory. */
  #bytes = 0;
  /**
   * The new values of the current member's fields, as long as it is not known whether the member is an AppleDouble file
   * (metadata of macOS, which is left out). The first bytes of its body will show that. Null for any other member.
   */
  #doubtful: Edit | null = null;

  /**
   * Prepares for the first member of a layer. `folder`, the folder around the root file system, is cut off the names of
   * all members; empty when there is none. `budget` limits the work for all layers together.
   */
  constructor(folder: string, budget: MendBudget) {
    this.#folder = folder;
    this.#budget = budget;
  }

  member(member: Member): number {
    this.#member++;
    const { edit, changes } = decideAlone(member, this.#folder);
    for (const change of changes) this.#note(change);
    if (edit === null) {
      this.#drop(this.#member);
      return 0;
    }
    if (Object.keys(edit).length > 0) this.#budget.change();
    this.#doubtful = null;
    if (edit.expand === true) this.#budget.fill(member.size - (member.sparse?.stored ?? 0));
    const wanted = appleDoubleBytes(member);
    if (wanted > 0) this.#doubtful = edit;
    else this.#place(member, edit);
    return wanted;
  }

  body(member: Member, bytes: Uint8Array): void {
    if (this.#doubtful === null) return;
    if (isAppleDouble(bytes)) {
      this.#drop(this.#member);
      this.#note(changeOf(member, 'apple-double'));
    } else this.#place(member, this.#doubtful);
    this.#doubtful = null;
  }

  /**
   * Returns the decisions about a layer after its last member; null when nothing needs a change. `alone` is true when
   * no layer lies below: hard links without a target are then left out. `marked` is false when the archive lacks the
   * blocks of zeros that mark its end.
   */
  finish({ alone, marked }: { alone: boolean; marked: boolean }): LayerDecisions | null {
    this.#paths.finish(alone);
    const { renamed, linked, moved, movedBytes } = this.#paths;
    if (movedBytes > LIMITS.movedBytes) throw beyondLimit(MOVED, LIMITS.movedBytes);
    if (this.#folder !== '') this.#note({ change: 'folder-stripped', member: this.#folder });
    if (!marked) this.#note({ change: 'end-added', member: '' });
    if (Object.keys(this.#changes.counts).length === 0) return null;
    const decisions = this.#dropped.size + renamed.size + linked.size + moved.length;
    if (decisions > LIMITS.mendedMembers) throw beyondLimit(DECISIONS, LIMITS.mendedMembers);
    const dropped = [...this.#dropped].toSorted((a, b) => a - b);
    const steps = dropped.map((member, at) => member - (dropped[at - 1] ?? 0));
    const recipe = { folder: this.#folder, dropped: steps, renamed: [...renamed], linked: [...linked], moved };
    return { recipe, changes: this.#changes };
  }

  #place(member: Member, { name = member.name, linkname = member.linkname, type = member.type }: Edit): void {
    const path = cleanPath(name) || (name.startsWith('/') ? '/' : '.');
    const target = type === '1' ? cleanPath(linkname) : null;
    // No engine unpacks such a path or link, and following it could take very long. It is refused later.
    if (path.length >= LIMITS.pathBytes || (target ?? '').length >= LIMITS.pathBytes) return;
    const { mode, uid, gid, mtime, pax, offset, start } = member;
    const directory = type === '5' ? `${mode} ${uid} ${gid} ${mtime} ${pax === null ? '' : this.#member}` : null;
    this.#paths.add({ member: this.#member, path, target, directory, bytes: start - offset });
    this.#bytes += path.length + (target ?? '').length;
    this.#budget.paths(Math.max(0, this.#paths.size - this.#counted));
    this.#counted = Math.max(this.#counted, this.#paths.size);
    if (this.#bytes + this.#paths.parentBytes > LIMITS.mendedPathBytes)
      throw beyondLimit(PATH_BYTES, LIMITS.mendedPathBytes);
  }

  #takeChange({ member, path, change, detail }: PathChange): void {
    if (change === 'replaced' || change === 'link-left-out') this.#drop(member);
    else this.#budget.change();
    this.#note(changeOf({ name: path }, change, detail));
  }

  #drop(member: number): void {
    this.#budget.change();
    this.#dropped.add(member);
  }

  #note(change: Change): void {
    const { counts, listed } = this.#changes;
    counts[change.change] = (counts[change.change] ?? 0) + 1;
    if (this.#budget.lists()) listed.push(shown(change));
  }
}

function shown({ change, member, detail }: Change): Change {
  return { change, member: printable(member), ...(detail !== undefined && { detail: printable(detail) }) };
}

const DECISIONS = both('the members that mending moves or leaves out', '修补时移动或省略的成员数');
const PATH_BYTES = both('the bytes of the paths of a layer that is mended', '被修补的层中路径的总字节数');
const MOVED = both(
  'the bytes of headers of hard links that move behind their targets',
  '移到目标之后的硬链接头部字节数',
);

/**
 * Returns the changes that were made to several layers as one record: the number of changes of each kind, and one list
 * of all changes that were listed.
 */
export function together(all: readonly Changes[]): Changes {
  const counts: Changes['counts'] = {};
  for (const each of all)
    for (const [kind, count] of Object.entries(each.counts) as [ChangeKind, number][])
      counts[kind] = (counts[kind] ?? 0) + count;
  return { counts, listed: all.flatMap(({ listed }) => listed) };
}
