import { printable } from '../../bytes.ts';
import type { Bilingual } from '../../bilingual.ts';
import { type Detail, type Finding, type FindingCode, finding } from '../../findings.ts';
import { LIMITS } from '../../limits.ts';
import { cleanPath, HOLDS, type Holds, parentOf, PathSet } from '../tar/paths.ts';
import type { Member } from '../tar/tar.ts';

/** Header types that every engine refuses in a layer ("unhandled tar header type"), seen with real engines. */
const ODD_TYPES: Record<string, Bilingual> = {
  S: { en: 'GNU sparse file', zh: 'GNU 稀疏文件' },
  '7': { en: 'contiguous file', zh: '连续文件' },
  V: { en: 'volume label', zh: '卷标' },
  M: { en: 'continuation from another volume', zh: '上一卷的续篇' },
  D: { en: 'incremental directory dump', zh: '增量备份的目录' },
  X: { en: 'Solaris extended header', zh: 'Solaris 扩展头' },
};
const UNKNOWN: Bilingual = { en: 'unknown', zh: '未知' };
const KNOWN_TYPES = new Set(['0', '1', '2', '3', '4', '5', '6']);
const WHITEOUT = '.wh.';
const LARGE_ID = 2 ** 21; // beyond this the octal field of a ustar header ends

/**
 * A layer among others may hide what lower layers hold, and lie in their directories; a whole root file system stands
 * alone. Hard links are no different: on overlay file systems each layer is unpacked where the lower ones are not seen.
 */
export type LayerPosition = 'alone' | 'layer';

/**
 * Checks each member against what engines demand of a layer (OCI image-spec layer.md, and what Docker, podman and
 * containerd do). One finding per code: the first member, and how many more there are.
 */
export class LayerRules {
  readonly paths = new PathSet();
  readonly #position: LayerPosition;
  readonly #found = new Map<FindingCode, Finding>();
  /** The directory of the last member, what it holds, and whether it must be there: members mostly follow their siblings. */
  #parent = '';
  #parentHolds: Holds = HOLDS.nothing;
  #parentMissing = false;

  constructor(position: LayerPosition) {
    this.#position = position;
  }

  get findings(): Finding[] {
    return [...this.#found.values()];
  }

  /** `path` is the member's name cleaned. */
  check(member: Member, path: string): void {
    this.#checkName(member, path);
    this.#checkType(member);
    if (path === '') return; // the root itself may be given, even twice
    if (member.type === '1') this.#checkHardLink(member);
    if (this.#position === 'alone') {
      const slash = path.lastIndexOf('/');
      if (slash >= 0) this.#checkParent(member, path, slash);
      if (path.startsWith(WHITEOUT, slash + 1)) this.#checkWhiteout(member, path, slash + 1);
    }
    const holds = holdsOf(member);
    const before = this.paths.put(path, holds);
    if (before !== HOLDS.nothing) this.#report('duplicate-path', member);
    // A symlink that comes or goes may stand above the directory, too.
    if (path === this.#parent || holds === HOLDS.symlink || before === HOLDS.symlink) this.#enter(this.#parent);
  }

  #checkName(member: Member, path: string): void {
    if (member.name === '') this.#report('no-name', member);
    if (member.name.includes('..') && member.name.split('/').includes('..')) this.#report('path-escapes', member);
    if (path.length <= LIMITS.componentBytes) return;
    if (path.length > LIMITS.pathBytes || path.split('/').some((part) => part.length > LIMITS.componentBytes)) {
      this.#report('path-too-long', member);
    }
  }

  #checkType(member: Member): void {
    if (member.type !== '0' && !KNOWN_TYPES.has(member.type)) {
      const meaning = ODD_TYPES[member.type] ?? UNKNOWN;
      this.#report('odd-member-type', member, { type: printable(member.type), meaning });
    }
    if (member.type === '3' && member.devmajor === 0 && member.devminor === 0) this.#report('overlay-device', member);
    const id = Math.max(member.uid, member.gid);
    if (id >= LARGE_ID) this.#report('large-id', member, { id });
  }

  #checkParent(member: Member, path: string, length: number): void {
    if (length !== this.#parent.length || !path.startsWith(this.#parent)) this.#enter(path.slice(0, length));
    if (this.#parentMissing) this.#report('parent-missing', member);
    else if (this.#parentHolds === HOLDS.other) this.#report('parent-not-a-directory', member);
  }

  #enter(parent: string): void {
    this.#parent = parent;
    this.#parentHolds = this.paths.get(parent);
    this.#parentMissing = this.#parentHolds === HOLDS.nothing && !this.#behindSymlink(parent);
  }

  #checkHardLink(member: Member): void {
    const target = cleanPath(member.linkname);
    const escapes = target.split('/').includes('..');
    const exists = this.paths.get(target) !== HOLDS.nothing || this.#behindSymlink(target);
    if (escapes || !exists) this.#report('hard-link-dangling', member, { target: printable(member.linkname) });
  }

  /** True when the path goes through a symlink, so that where it leads is only known to a file system. */
  #behindSymlink(path: string): boolean {
    for (let above = parentOf(path); above !== ''; above = parentOf(above)) {
      if (this.paths.get(above) === HOLDS.symlink) return true;
    }
    return false;
  }

  #checkWhiteout(member: Member, path: string, start: number): void {
    const hidden = path.slice(start + WHITEOUT.length);
    const deletes = hidden === '' || this.paths.get(path.slice(0, start) + hidden) !== HOLDS.nothing;
    this.#report(deletes ? 'whiteout-deletes' : 'whiteout-name', member);
  }

  #report(code: FindingCode, member: Member, detail: Detail = {}): void {
    const earlier = this.#found.get(code);
    if (earlier !== undefined) {
      earlier.count = (earlier.count ?? 1) + 1;
      return;
    }
    this.#found.set(code, finding(code, { member: printable(member.name), offset: member.offset, ...detail }));
  }
}

function holdsOf(member: Member): Holds {
  if (member.type === '5') return HOLDS.directory;
  return member.type === '2' ? HOLDS.symlink : HOLDS.other;
}
