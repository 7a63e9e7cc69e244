import { DocumentObserver } from '../images/documents.ts';
import { LayerRules } from '../layer/layer-rules.ts';
import { HIERARCHY, RootfsObserver } from '../layer/rootfs.ts';
import { SparseRules } from '../layer/sparse-rules.ts';
import { copied } from '../model/byte-arrays.ts';
import { isArchiveName } from '../model/archive-name.ts';
import { isStrayFile } from '../model/stray-files.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import type { MemberObserver } from '../tar/observer.ts';
import { statesChecksums } from './checksum-files.ts';
import type { Expansion } from './expansion.ts';
import { InnerRoots } from './inner-roots.ts';

/**
 * The most top-level names of an archive that are remembered, and the most names in its first folder. They help to tell
 * what the archive is when it is neither an image archive nor a root file system. Readmes and checksum files are
 * recognised only among as many first members.
 */
const NAMES_KEPT = 40;

/** The largest number of archives inside an archive whose paths are remembered. Further ones are only counted. */
const ARCHIVES_KEPT = 8;

/** Collects facts about an archive while its members are read. Its memory grows by some 16 bytes for each member. */
export class ArchiveScan implements MemberObserver {
  readonly rules = new LayerRules('alone');
  readonly sparse = new SparseRules();
  readonly rootfs = new RootfsObserver();
  readonly documents = new DocumentObserver();
  /** The first names at the top level of the archive, in the order of its members. */
  readonly topLevel = new Set<string>();
  /**
   * The names directly inside the first top-level folder of the archive, in the order of the members. No more are added
   * once the archive has a second name at its top level.
   */
  readonly insideFirst = new Set<string>();
  /** The names at the top level of the archive that are folders. */
  readonly topFolders = new Set<string>();
  readonly innerRoots = new InnerRoots();
  /**
   * The archives that are members of this archive: the first paths, their number, and their total size in bytes. Those
   * in folders of a root file system, such as `usr`, are not counted.
   */
  readonly archives = { paths: new Array<string>(), count: 0, bytes: 0 };
  members = 0;
  /**
   * The number of members of the archive that are not directories. Checksum files and texts are not counted here if
   * they are among the first members.
   */
  files = 0;
  /** The number of checksum files and texts, such as a readme, among the first members of the archive. */
  strays = 0;
  /**
   * The contents of the files that may state checksums, by their paths. Only such files among the first members of the
   * archive are kept.
   */
  readonly checksums = new Map<string, Uint8Array>();
  fileBytes = 0;
  /** The size in bytes of all regular files at the top level of the archive together. */
  topFileBytes = 0;
  newestMtime = 0;
  /** The count of the bytes to which the upload expands, and of other work. */
  readonly expansion: Expansion;
  #path = '';
  #top = '';
  #inHierarchy = false;
  #isChecksum = false;
  #isBlob = false;
  #mayBeOnly = false;
  #rootfsWants = 0;
  #documentsWants = 0;

  /** Makes a scan that has not seen a member yet. `expansion` also counts the holes of sparse files that are read. */
  constructor(expansion: Expansion) {
    this.expansion = expansion;
  }

  member(member: Member): number {
    this.#path = cleanPath(member.name);
    this.members++;
    if (member.type === '0') this.fileBytes += member.size;
    this.newestMtime = Math.max(this.newestMtime, Math.floor(member.mtime));
    this.#enter(this.#path, member.type === '5');
    const mayBeStray = this.members <= NAMES_KEPT && !this.#inHierarchy;
    if (mayBeStray && isStrayFile(this.#path)) this.strays++;
    else if (member.type !== '5') this.files++;
    this.#isChecksum = mayBeStray && member.type === '0' && statesChecksums(this.#path, member.size);
    if (this.#top === this.#path && member.type === '0') this.topFileBytes += member.size;
    if (!this.#inHierarchy && member.type === '0' && isArchiveName(this.#path)) this.#archive(member.size);
    // The only folder of an archive may have any name, that of a system directory too.
    if (!this.#inHierarchy || this.topLevel.size === 1) this.innerRoots.member(member, this.#path);
    this.rules.check(member, this.#path);
    this.sparse.check(member);
    this.#rootfsWants = this.rootfs.member(member, this.#path);
    // An image archive has no documents in `usr` and the like, where most members of a root file system are.
    this.#documentsWants = this.#inHierarchy ? 0 : this.documents.member(member, this.#path);
    return Math.max(this.#rootfsWants, this.#documentsWants, this.#isChecksum ? member.size : 0);
  }

  /**
   * True for a member whose whole body must be read, because it may be a blob of an image archive, or the only archive
   * in this one. The holes of a sparse file count as decompressed bytes, because its header can state holes of any
   * length, which are hashed like other bytes. Throws a LadingError (`bad-archive`) when they are too long.
   */
  streams(member: Member): boolean {
    [this.#isBlob, this.#mayBeOnly] = [false, false];
    if (this.#inHierarchy || member.type !== '0') return false;
    this.#mayBeOnly = this.files === 1 && isArchiveName(this.#path);
    if (!this.#mayBeOnly && !this.documents.concerns(this.#path)) return false;
    this.#isBlob = this.documents.mayBeBlob(this.#path);
    if (member.sparse !== null) this.expansion.add(member.size - member.sparse.stored);
    return true;
  }

  /**
   * True when the member whose body is being streamed may be a blob of an image: a config, an OCI manifest or a layer.
   * Decided once for each member, because a body can come in very many pieces.
   */
  get isBlob(): boolean {
    return this.#isBlob;
  }

  /**
   * True when the member that is being read may be the only archive in this one. Its content is then inspected, too.
   */
  get mayBeOnly(): boolean {
    return this.#mayBeOnly;
  }

  body(_member: Member, bytes: Uint8Array): void {
    if (this.#isChecksum) this.checksums.set(this.#path, copied(bytes));
    if (this.#rootfsWants > 0) this.rootfs.body(this.#path, first(bytes, this.#rootfsWants));
    if (this.#documentsWants > 0) this.documents.body(this.#path, first(bytes, this.#documentsWants));
  }

  #archive(size: number): void {
    this.archives.count++;
    this.archives.bytes += size;
    if (this.archives.paths.length < ARCHIVES_KEPT) this.archives.paths.push(this.#path);
  }

  /**
   * Remembers the first part of a member's path. For a member in the first top-level folder of the archive, remembers
   * the second part, too.
   */
  #enter(path: string, isFolder: boolean): void {
    const slash = path.indexOf('/');
    if (slash !== this.#top.length || !path.startsWith(this.#top))
      this.#enterTop(slash < 0 ? path : path.slice(0, slash), slash > 0 || isFolder);
    if (slash < 0 || this.topLevel.size !== 1 || this.insideFirst.size >= NAMES_KEPT) return;
    const next = path.indexOf('/', slash + 1);
    this.insideFirst.add(path.slice(slash + 1, next < 0 ? path.length : next));
  }

  #enterTop(top: string, isFolder: boolean): void {
    this.#top = top;
    this.#inHierarchy = HIERARCHY.has(top);
    if (this.#inHierarchy) this.rootfs.hierarchy.add(top);
    if (top === '' || this.topLevel.size >= NAMES_KEPT) return;
    this.topLevel.add(top);
    if (isFolder) this.topFolders.add(top);
  }
}

/**
 * Returns the first `count` bytes of an array. Returns the array itself if it has no more, because a new view takes
 * time.
 */
function first(bytes: Uint8Array, count: number): Uint8Array {
  return bytes.length <= count ? bytes : bytes.subarray(0, count);
}
