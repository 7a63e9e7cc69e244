import { DocumentObserver } from '../images/documents.ts';
import { LayerRules } from '../layer/layer-rules.ts';
import { HIERARCHY, RootfsObserver } from '../layer/rootfs.ts';
import { SparseRules } from '../layer/sparse-rules.ts';
import { LIMITS } from '../limits.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import type { MemberObserver } from '../tar/tar.ts';
import { InnerRoots } from './inner-roots.ts';

/** The number of top-level names that are kept. They describe an archive that has no image and no root file system. */
const NAMES_KEPT = 40;

/** The number of paths that are kept of archives among the members. */
const ARCHIVES_KEPT = 8;

/** The bytes of holes in sparse files that may be read for each byte of an archive. */
const HOLES_PER_BYTE = 100;

const ARCHIVE = /\.(?:tar|tar\.(?:gz|bz2|xz|zst)|tgz|txz|tbz2?|tzst)$/i;

/** True for a path with the ending of a tar archive, compressed or not. */
export function isArchiveName(path: string): boolean {
  return ARCHIVE.test(path);
}

/** Gathers facts while the members of an archive go by. Its memory grows by some 16 bytes for each member. */
export class ArchiveScan implements MemberObserver {
  readonly rules = new LayerRules('alone');
  readonly sparse = new SparseRules();
  readonly rootfs = new RootfsObserver();
  readonly documents = new DocumentObserver();
  /** The first top-level names, in their order in the archive. */
  readonly topLevel = new Set<string>();
  /** Names directly inside the first top-level folder, in their order in the archive. */
  readonly insideFirst = new Set<string>();
  /** The names in `topLevel` that are folders. */
  readonly topFolders = new Set<string>();
  readonly innerRoots = new InnerRoots();
  /** Archives among the members, outside the folders of a root file system: the first paths, their number and bytes. */
  readonly archives = { paths: new Array<string>(), count: 0, bytes: 0 };
  members = 0;
  /** The number of members that are not directories. */
  notFolders = 0;
  fileBytes = 0;
  /** The bytes of the regular files at the top level. */
  topFileBytes = 0;
  newestMtime = 0;
  /** The bytes of holes in sparse files that were read. */
  #holes = 0;
  #path = '';
  #top = '';
  #inHierarchy = false;
  #rootfsWants = 0;
  #documentsWants = 0;

  member(member: Member): number {
    this.#path = cleanPath(member.name);
    this.members++;
    if (member.type !== '5') this.notFolders++;
    if (member.type === '0') this.fileBytes += member.size;
    this.newestMtime = Math.max(this.newestMtime, Math.floor(member.mtime));
    this.#enter(this.#path, member.type === '5');
    if (this.#top === this.#path && member.type === '0') this.topFileBytes += member.size;
    if (!this.#inHierarchy && member.type === '0' && isArchiveName(this.#path)) this.#archive(member.size);
    if (!this.#inHierarchy) this.innerRoots.member(member, this.#path);
    this.rules.check(member, this.#path);
    this.sparse.check(member);
    this.#rootfsWants = this.rootfs.member(member, this.#path);
    // An image archive has no documents in `usr` and the like, where most members of a root file system are.
    this.#documentsWants = this.#inHierarchy ? 0 : this.documents.member(member, this.#path);
    return Math.max(this.#rootfsWants, this.#documentsWants);
  }

  /** True for a member that may be a blob of an image archive. A sparse one must not have too many holes. */
  streams(member: Member): boolean {
    if (this.#inHierarchy || member.type !== '0' || !this.documents.concerns(this.#path)) return false;
    return member.sparse === null || this.#affords(member.size - member.sparse.stored, member.start);
  }

  body(_member: Member, bytes: Uint8Array): void {
    if (this.#rootfsWants > 0) this.rootfs.body(this.#path, first(bytes, this.#rootfsWants));
    if (this.#documentsWants > 0) this.documents.body(this.#path, first(bytes, this.#documentsWants));
  }

  /**
   * Counts `holes` bytes of a sparse file, and returns false when they exceed the bound. The bound grows with `read`,
   * the bytes of the archive so far. A short sparse header can claim holes of any length.
   */
  #affords(holes: number, read: number): boolean {
    const all = this.#holes + holes;
    if (all > Math.max(LIMITS.documentsBytes, read * HOLES_PER_BYTE)) return false;
    this.#holes = all;
    return true;
  }

  #archive(size: number): void {
    this.archives.count++;
    this.archives.bytes += size;
    if (this.archives.paths.length < ARCHIVES_KEPT) this.archives.paths.push(this.#path);
  }

  /** Keeps the top-level name of a path. Most members follow a sibling, so this name seldom changes. */
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

/** The first `count` bytes. When there are no more, it returns the same array, because a new view costs time. */
function first(bytes: Uint8Array, count: number): Uint8Array {
  return bytes.length <= count ? bytes : bytes.subarray(0, count);
}
