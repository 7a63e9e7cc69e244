import type { Detail, Finding, FindingCode } from '../catalogue/findings.ts';
import { LIMITS } from '../limits.ts';
import { beyondLimit } from '../model/beyond-limit.ts';
import { printable } from '../model/bytes.ts';
import { type LadingError } from '../model/errors.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath, hasUpward, HOLDS, type Holds, parentOf, PathSet } from '../tar/paths.ts';
import { attributesOf, NO_ATTRIBUTES } from './attributes.ts';
import { KeepBudget, KeptMembers } from './kept-members.ts';
import { MemberFaults } from './member-faults.ts';
import { KNOWN_TYPES, ODD_TYPES, UNKNOWN } from './member-types.ts';
import { type Attribute, attributeCode } from './unpack/operation.ts';
import { problemsIn } from './unpack/refusals.ts';

const WHITEOUT = '.wh.';
const DOT = 0x2e;
/**
 * The name of an opaque whiteout without the prefix `.wh.`. An opaque whiteout hides everything that lower layers have
 * in its directory.
 */
const OPAQUE = '.wh..opq';
/**
 * The length in bytes from which on some engine may find a path too long, so that a simulation of the engines must
 * decide. An engine unpacks a layer below some folder, and the length of that folder's path adds to the length of each
 * path in the layer.
 */
const UNSURE_BYTES = 4000;
/**
 * The codes of findings (messages for the user) about members that some engine fails to unpack. After such a finding, a
 * simulation of the engines decides which of them fail.
 */
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
const LARGE_ID = 2 ** 21; // from here on, an ID does not fit the octal field of a ustar header

/**
 * What the checked archive is used for. `layer`: as one layer of an image, which may delete files of lower layers and
 * use their directories. `alone`: as a root file system.
 */
export type LayerPosition = 'alone' | 'layer'; // hard links are judged alike: overlay hides the lower layers

/**
 * Finds members of a layer that engines refuse to unpack (OCI image-spec layer.md; Docker, podman, containerd). Makes
 * one finding (a message for the user) for each kind of problem, with its first member and the number of members. Some
 * members make engines fail only in certain cases, for example behind a symbolic link. Then `suspicious` becomes true,
 * and a simulation of the engines (`tryLayers`) must decide.
 */
export class LayerRules {
  readonly paths = new PathSet();
  readonly kept: KeptMembers;
  /** The number of reasons found so far why an engine may fail to unpack the layer, at least in some cases. */
  #doubts = 0;
  readonly #position: LayerPosition;
  readonly #budget: KeepBudget;
  readonly faults = new MemberFaults();
  /**
   * The path of the directory of the last member, because the next member is mostly in the same directory. Three more
   * fields are about this directory: `#directory` is its path with a slash, `#isUpward` is true if the path contains
   * `..`, and `#parentHolds` tells what the layer has at the path.
   */
  #parent = '';
  #directory = '';
  #isUpward = false;
  #parentHolds: Holds = HOLDS.directory;
  /**
   * True once a member came at a path where the layer already had something. If that was a directory, its content may
   * be gone.
   */
  #replaced = false;
  /** The number of directories that have no tar member of their own, but have members below them. */
  #implied = 0;
  /** The number of members checked so far. */
  #checked = 0;
  /** The ways in which the members so far name the root directory: `/` when a name begins with a slash, else `.`. */
  readonly #roots = new Set<string>();

  constructor(position: LayerPosition, budget = new KeepBudget()) {
    this.#position = position;
    this.#budget = budget;
    this.kept = new KeptMembers(budget);
  }

  /**
   * The findings (messages for the user) about the members so far. For a root file system with a suspicious member, how
   * engines unpack it is simulated, and more findings may come from that.
   */
  get findings(): Finding[] {
    const found = this.faults.findings;
    if (this.#position === 'layer' || !this.suspicious) return found;
    const { members } = this.kept;
    if (members === null) return found;
    const said = new Set(found.map(({ severity, offset }) => (severity === 'error' ? offset : undefined)));
    const codes = new Set(found.map(({ code }) => code));
    const more = (problemsIn([members]) ?? []).map((each) => each.finding);
    return [...found, ...more.filter(({ code, offset }) => !codes.has(code) && !said.has(offset))];
  }

  /** True once some engine may fail to unpack a member, so that a simulation of the engines must decide. */
  get suspicious(): boolean {
    return this.#doubts > 0;
  }

  /** The finding with the code `code` about the members checked so far; null when there is none. */
  seen(code: FindingCode): Finding | null {
    return this.faults.of(code);
  }

  /**
   * Checks the next member of a layer, and keeps the findings about it. `path` is the member's name after `cleanPath`.
   * Throws a LadingError (`bad-archive`) when too many directories have no tar member of their own
   * (`LIMITS.impliedDirectories`), or when the long names have too many bytes (`LIMITS.longNameBytes`).
   */
  check(member: Member, path: string): void {
    this.#checked++;
    if (this.#takesPlain(member, path)) return this.#keepPlain(member);
    if (!this.#budget.takeName(member.name.length) || !this.#budget.takeName(member.linkname.length))
      throw beyondLimit(LONG_NAMES, LIMITS.longNameBytes);
    const doubts = this.#doubts;
    const attributes = member.pax === null ? NO_ATTRIBUTES : attributesOf(member);
    this.#judge(member, path, attributes);
    const isCalm = member.type === '0' && this.#doubts === doubts && this.#parentHolds === HOLDS.directory;
    if (isCalm && path !== '' && member.name.length < LIMITS.pathBytes) this.kept.addCalm(member);
    else this.kept.add(member, path, attributes);
  }

  /**
   * Recognises fast the members of which a layer mostly consists: plain files that every engine can unpack, with a new
   * path in the directory of the last member. Notes the path of such a file and returns true. Returns false for any
   * other member, which must then be checked in full.
   */
  #takesPlain(member: Member, path: string): boolean {
    if (member.type !== '0' || member.pax !== null || member.name.length > LIMITS.componentBytes) return false;
    if (this.#parentHolds !== HOLDS.directory && this.#parentHolds !== HOLDS.implied) return false;
    if (member.uid >= LARGE_ID || member.gid >= LARGE_ID) return false;
    const directory = this.paths.locate(path);
    if (directory !== this.#directory || this.#isUpward) return false;
    this.#directory = directory; // siblings share this string, so that comparing it is fast
    const first = path.charCodeAt(directory.length);
    if (first === DOT || path.length === directory.length) return false; // a whiteout, `..` or the root
    return this.paths.addLocated(HOLDS.other);
  }

  #keepPlain(member: Member): void {
    if (this.#parentHolds === HOLDS.directory) return this.kept.addCalm(member);
    if (this.#position === 'alone') this.#report('parent-missing', member);
    this.kept.addPlain(member);
  }

  #judge(member: Member, path: string, attributes: readonly Attribute[]): void {
    for (const { key, errno } of attributes) {
      this.#suspect();
      if (errno !== null) this.#report(attributeCode(key), member, () => ({ attribute: printable(key) }));
    }
    this.#checkType(member);
    if (!this.#checkName(member, path)) return; // no engine unpacks it, and its path may be very long
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

  /**
   * Makes findings about the name of a tar member. `path` is the cleaned name. Returns false when the path is too long
   * for every engine, so that nothing else need be checked.
   */
  #checkName(member: Member, path: string): boolean {
    if (path.length > LIMITS.componentBytes && isTooLong(path)) {
      this.#report('path-too-long', member);
      return false;
    }
    if (member.name === '') this.#report('no-name', member);
    if (hasUpward(member.name)) this.#report('path-escapes', member);
    return true;
  }

  #checkType(member: Member): void {
    const { type } = member;
    if (type !== '0' && !KNOWN_TYPES.has(type))
      this.#report('odd-member-type', member, () => ({ type: printable(type), meaning: ODD_TYPES[type] ?? UNKNOWN }));
    if (type === '3' && member.devmajor === 0 && member.devminor === 0) this.#report('overlay-device', member);
    const id = Math.max(member.uid, member.gid);
    if (id >= LARGE_ID) this.#report('large-id', member, () => ({ id }));
  }

  /**
   * Makes findings about a member whose path is the root directory. There is one when the member is not a directory,
   * and one when an earlier member has named the root in the same way. Two ways are told apart: with a leading slash
   * (`/`) and without (`.`).
   */
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
    this.#isUpward = hasUpward(parent);
    const holds = parent === '' ? HOLDS.directory : this.paths.get(parent);
    const isThere = parent === '' || (!this.#replaced && (holds === HOLDS.directory || holds === HOLDS.implied));
    this.#parentHolds = isThere ? holds : this.paths.follow(parent, this.#imply);
  }

  readonly #imply = (path: string): void => {
    // Honest layers have fewer of them than members.
    if (++this.#implied > this.#checked && !this.#budget.takeImplied()) throw tooManyImplied();
    if (this.#position === 'layer') this.kept.addImplied(path);
  };

  #checkHardLink(member: Member, path: string): void {
    const target = cleanPath(member.linkname);
    const holds = target.length < LIMITS.pathBytes ? this.paths.get(target) : HOLDS.nothing;
    const isFile = holds === HOLDS.other || holds === HOLDS.symlink;
    const above = parentOf(target);
    if (isFile && target !== path && (above === this.#parent || this.#isDirectory(above))) return;
    this.#suspect();
    const { linkname } = member;
    const detail = () => ({ target: printable(linkname) });
    if (holds === HOLDS.directory || holds === HOLDS.implied) this.#report('hard-link-directory', member, detail);
    else if (hasUpward(target) || !(isFile || this.#behindSymlink(target)))
      this.#report('hard-link-dangling', member, detail);
  }

  #isDirectory(path: string): boolean {
    const holds = path === '' ? HOLDS.directory : this.paths.get(path);
    return holds === HOLDS.directory || holds === HOLDS.implied;
  }

  /**
   * True when a directory in `path` is a symbolic link of the layer. Where the link leads can depend on other members
   * and on lower layers, so a simulation must find out.
   */
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
      // On vfs, an opaque whiteout also deletes files in directories that have no member of their own.
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
    if (this.#replaced) return; // the directory was looked at with that in mind
    this.#replaced = true;
    this.#enter(this.#parent);
  }

  #report(code: FindingCode, member: Member, makeDetail?: () => Detail): void {
    if (FAILS.has(code)) this.#suspect();
    this.faults.add(code, member, makeDetail);
  }
}

function isTooLong(path: string): boolean {
  if (path.length > LIMITS.pathBytes) return true;
  let from = 0;
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', from)) {
    if (slash - from > LIMITS.componentBytes) return true;
    from = slash + 1;
  }
  return path.length - from > LIMITS.componentBytes;
}

const LONG_NAMES = {
  en: 'the bytes of all names and link targets of more than 255 bytes',
  zh: '所有超过 255 字节的名称和链接目标的总字节数',
};

function tooManyImplied(): LadingError {
  const what = { en: 'the number of directories that no member gives', zh: '没有成员给出的目录数' };
  return beyondLimit(what, LIMITS.impliedDirectories);
}

function holdsOf(member: Member): Holds {
  if (member.type === '5') return HOLDS.directory;
  return member.type === '2' ? HOLDS.symlink : HOLDS.other;
}
