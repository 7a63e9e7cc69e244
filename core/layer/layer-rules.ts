import { type Detail, type Finding, finding, type FindingCode } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { printable } from '../model/bytes.ts';
import { badArchive, type LadingError } from '../model/errors.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath, HOLDS, type Holds, parentOf, PathSet } from '../tar/paths.ts';
import { attributesOf, NO_ATTRIBUTES } from './attributes.ts';
import { KeepBudget, KeptMembers } from './kept-members.ts';
import { KNOWN_TYPES, ODD_TYPES, UNKNOWN } from './member-types.ts';
import { type Attribute, attributeCode } from './unpack/operation.ts';
import { problemsIn } from './unpack/refusals.ts';

const WHITEOUT = '.wh.';
const DOT = 0x2e;
/** What follows it in the mark that hides all that lower layers have in a directory. */
const OPAQUE = '.wh..opq';
/** From here on a path may be too long for engines that put the path of their own folder before it. */
const UNSURE_BYTES = 4000;
/** Findings that an engine may fail on. */
const FAILS = new Set<FindingCode>([
  'attribute-refused',
  'duplicate-path',
  'hard-link-dangling',
  'hard-link-directory',
  'macos-attributes',
  'no-name',
  'odd-member-type',
  'parent-not-a-directory',
  'path-escapes',
  'path-too-long',
  'root-not-a-directory',
  'symlink-target',
  'whiteout-refused',
]);
const LARGE_ID = 2 ** 21; // beyond this the octal field of a ustar header ends

/**
 * A layer among others may hide what lower layers hold, and lie in their directories; a whole root file system stands
 * alone. Hard links are no different: on overlay file systems each layer is unpacked where the lower ones are not seen.
 */
export type LayerPosition = 'alone' | 'layer';

/**
 * Checks each member against what engines demand of a layer (OCI image-spec layer.md, and what Docker, podman and
 * containerd do). One finding per code: the first member, and how many more there are. What lies behind symbolic links, and
 * whatever else engines may fail on, is only noted as suspicious: `tryLayers` finds out.
 */
export class LayerRules {
  readonly paths = new PathSet();
  readonly kept: KeptMembers;
  /** Members that engines may fail to unpack. */
  #doubts = 0;
  readonly #position: LayerPosition;
  readonly #found = new Map<FindingCode, Finding>();
  /**
   * The directory of the last member, without and with its slash, whether it has `..` in it, and what it is. Members
   * mostly follow their siblings.
   */
  #parent = '';
  #directory = '';
  #isUpward = false;
  #parentHolds: Holds = HOLDS.directory;
  /** True once something took the place of something else: what was below a directory may be there no longer. */
  #replaced = false;
  #implied = 0;
  /** How the root itself was written. */
  readonly #roots = new Set<string>();

  constructor(position: LayerPosition, budget = new KeepBudget()) {
    this.#position = position;
    this.kept = new KeptMembers(budget);
  }

  /** What is to be said; of a root file system that stands alone also what engines fail on when they unpack it. */
  get findings(): Finding[] {
    const found = [...this.#found.values()];
    if (this.#position === 'layer' || !this.suspicious || this.kept.members === null) return found;
    const said = new Set(found.map(({ severity, offset }) => (severity === 'error' ? offset : undefined)));
    const codes = new Set(found.map(({ code }) => code));
    const more = (problemsIn([this.kept.members]) ?? []).map((each) => each.finding);
    return [...found, ...more.filter(({ code, offset }) => !codes.has(code) && !said.has(offset))];
  }

  /** True once a member came that engines may fail to unpack. */
  get suspicious(): boolean {
    return this.#doubts > 0;
  }

  /** The finding with this code, where it was made while the members went by. */
  seen(code: FindingCode): Finding | null {
    return this.#found.get(code) ?? null;
  }

  /** `path` is the member's name cleaned. */
  check(member: Member, path: string): void {
    if (this.#takesCalm(member, path)) return this.kept.addCalm(member);
    const doubts = this.#doubts;
    const attributes = member.pax === null ? NO_ATTRIBUTES : attributesOf(member);
    this.#judge(member, path, attributes);
    const isCalm = member.type === '0' && this.#doubts === doubts && this.#parentHolds === HOLDS.directory;
    if (isCalm && path !== '' && member.name.length < LIMITS.pathBytes) this.kept.addCalm(member);
    else this.kept.add(member, path, attributes);
  }

  /** Takes the usual member, a new file beside the last one of which no rule has anything to say, without asking them all. */
  #takesCalm(member: Member, path: string): boolean {
    if (member.type !== '0' || member.pax !== null || member.name.length > LIMITS.componentBytes) return false;
    if (this.#parentHolds !== HOLDS.directory || member.uid >= LARGE_ID || member.gid >= LARGE_ID) return false;
    const directory = this.paths.locate(path);
    if (directory !== this.#directory || this.#isUpward) return false;
    this.#directory = directory; // the same string as next time: one look tells
    const first = path.charCodeAt(directory.length);
    if (first === DOT || path.length === directory.length) return false; // a whiteout, `..` or the root
    return this.paths.addLocated(HOLDS.other);
  }

  #judge(member: Member, path: string, attributes: readonly Attribute[]): void {
    for (const { key, errno } of attributes) {
      this.#suspect();
      if (errno !== null) this.#report(attributeCode(key), member, { attribute: printable(key) });
    }
    this.#checkType(member);
    if (!this.#checkName(member, path)) return; // nobody unpacks it, and its path may be very long
    if (path.length >= UNSURE_BYTES) this.#suspect();
    if (path === '') return this.#checkRoot(member);
    const slash = path.lastIndexOf('/');
    this.#checkParent(member, path, Math.max(0, slash));
    if (path.charCodeAt(slash + 1) === DOT && path.startsWith(WHITEOUT, slash + 1))
      this.#checkWhiteout(member, path, slash + 1);
    if (member.type === '1') this.#checkHardLink(member, path);
    else if (member.type === '2') this.#checkSymlink(member);
    this.#put(member, path);
  }

  #suspect(): void {
    this.#doubts++;
  }

  /** False when the path is too long to be unpacked. */
  #checkName(member: Member, path: string): boolean {
    if (path.length > LIMITS.componentBytes && isTooLong(path)) {
      this.#report('path-too-long', member);
      return false;
    }
    if (member.name === '') this.#report('no-name', member);
    if (isUpward(member.name)) this.#report('path-escapes', member);
    return true;
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

  /** The root may be given, but only as a directory, and written in one way only once. */
  #checkRoot(member: Member): void {
    if (member.name !== '' && member.type !== '5') this.#report('root-not-a-directory', member);
    const way = member.name.startsWith('/') ? '/' : '.';
    if (this.#roots.has(way)) this.#report('duplicate-path', member);
    this.#roots.add(way);
  }

  #checkParent(member: Member, path: string, length: number): void {
    if (length !== this.#parent.length || !path.startsWith(this.#parent)) this.#enter(path.slice(0, length));
    if (this.#parentHolds === HOLDS.directory) return;
    if (this.#parentHolds === HOLDS.other) this.#report('parent-not-a-directory', member);
    else if (this.#parentHolds !== HOLDS.implied) this.#suspect();
    else if (this.#position === 'alone') this.#report('parent-missing', member);
  }

  #enter(parent: string): void {
    this.#parent = parent;
    this.#directory = parent === '' ? '' : `${parent}/`;
    this.#isUpward = isUpward(parent);
    const holds = parent === '' ? HOLDS.directory : this.paths.get(parent);
    const isThere = parent === '' || (!this.#replaced && (holds === HOLDS.directory || holds === HOLDS.implied));
    this.#parentHolds = isThere ? holds : this.paths.follow(parent, this.#imply);
  }

  readonly #imply = (path: string): void => {
    if (++this.#implied > LIMITS.impliedDirectories) throw tooManyImplied();
    if (this.#position === 'layer') this.kept.addImplied(path);
  };

  #checkHardLink(member: Member, path: string): void {
    const target = cleanPath(member.linkname);
    const holds = target.length < LIMITS.pathBytes ? this.paths.get(target) : HOLDS.nothing;
    const isFile = holds === HOLDS.other || holds === HOLDS.symlink;
    const above = parentOf(target);
    if (isFile && target !== path && (above === this.#parent || this.#isDirectory(above))) return;
    this.#suspect();
    const detail = { target: printable(member.linkname) };
    if (holds === HOLDS.directory || holds === HOLDS.implied) this.#report('hard-link-directory', member, detail);
    else if (target.split('/').includes('..') || !(isFile || this.#behindSymlink(target)))
      this.#report('hard-link-dangling', member, detail);
  }

  #isDirectory(path: string): boolean {
    const holds = path === '' ? HOLDS.directory : this.paths.get(path);
    return holds === HOLDS.directory || holds === HOLDS.implied;
  }

  /** True when the path goes through a symlink, so that where it leads is only known to a file system. */
  #behindSymlink(path: string): boolean {
    const above = parentOf(path);
    return above !== '' && above.length < LIMITS.pathBytes && this.paths.follow(above, null) === HOLDS.symlink;
  }

  #checkSymlink(member: Member): void {
    if (member.linkname === '' || member.linkname.length >= LIMITS.pathBytes) this.#report('symlink-target', member);
  }

  #checkWhiteout(member: Member, path: string, start: number): void {
    const hidden = path.slice(start + WHITEOUT.length);
    const target = path.slice(0, start) + hidden;
    const holds = this.paths.get(target);
    if (this.#position === 'alone') {
      const deletes = hidden === '' || holds !== HOLDS.nothing;
      this.#report(deletes ? 'whiteout-deletes' : 'whiteout-name', member);
      this.#suspect();
    } else if (/^\.{0,2}$/.test(hidden)) this.#report('whiteout-refused', member);
    else if (hidden === OPAQUE) {
      // Without overlays it also takes away what lies in directories that no member gives.
      if (this.#implied > 0) this.#suspect();
    } else if (holds !== HOLDS.nothing || hidden.startsWith(WHITEOUT)) this.#suspect();
    else this.paths.put(target, HOLDS.whiteout);
  }

  #put(member: Member, path: string): void {
    const holds = holdsOf(member);
    const before = this.paths.put(path, holds);
    if (before === HOLDS.nothing || before === HOLDS.whiteout) return;
    if (before !== HOLDS.implied) this.#report('duplicate-path', member);
    else if (holds !== HOLDS.directory) this.#suspect();
    this.#replaced = true;
    this.#enter(this.#parent);
  }

  #report(code: FindingCode, member: Member, detail: Detail = {}): void {
    if (FAILS.has(code)) this.#suspect();
    const earlier = this.#found.get(code);
    if (earlier !== undefined) {
      earlier.count = (earlier.count ?? 1) + 1;
      return;
    }
    this.#found.set(code, finding(code, { member: printable(member.name), offset: member.offset, ...detail }));
  }
}

function isUpward(path: string): boolean {
  return path.includes('..') && path.split('/').includes('..');
}

function isTooLong(path: string): boolean {
  return path.length > LIMITS.pathBytes || path.split('/').some((part) => part.length > LIMITS.componentBytes);
}

function tooManyImplied(): LadingError {
  const what = { en: 'the number of directories that no member gives', zh: '没有成员给出的目录数' };
  return badArchive(finding('limit-exceeded', { what, limit: LIMITS.impliedDirectories }));
}

function holdsOf(member: Member): Holds {
  if (member.type === '5') return HOLDS.directory;
  return member.type === '2' ? HOLDS.symlink : HOLDS.other;
}
