import { DocumentObserver } from '../images/documents.ts';
import { LayerRules } from '../layer/layer-rules.ts';
import { HIERARCHY, RootfsObserver } from '../layer/rootfs.ts';
import { SparseRules } from '../layer/sparse-rules.ts';
import { LIMITS } from '../limits.ts';
import type { Member } from '../tar/member.ts';
import { cleanPath } from '../tar/paths.ts';
import type { MemberObserver } from '../tar/tar.ts';
import { InnerRoots } from './inner-roots.ts';

/** How many top-level names are remembered: enough to describe an archive that is neither image nor root file system. */
const NAMES_KEPT = 40;

/** How many archives among the members are remembered by name. */
const ARCHIVES_KEPT = 8;

/** How many bytes of holes are read for each byte of an archive. */
const HOLES_PER_BYTE = 100;

const ARCHIVE = /\.(?:tar|tar\.(?:gz|bz2|xz|zst)|tgz|txz|tbz2?|tzst)$/i;

/** True for the name of an archive that an image may be in. */
export function isArchiveName(path: string): boolean {
  return ARCHIVE.test(path);
}

/** Everything that is gathered while the members of an archive go by, in memory that grows by some 16 bytes a member. */
export class ArchiveScan implements MemberObserver {
  readonly rules = new LayerRules('alone');
  readonly sparse = new SparseRules();
  readonly rootfs = new RootfsObserver();
  readonly documents = new DocumentObserver();
  /** Top-level names in order of appearance, and the names inside the first of them. */
  readonly topLevel = new Set<string>();
  readonly insideFirst = new Set<string>();
  /** Those of the top-level names that are folders. */
  readonly topFolders = new Set<string>();
  readonly innerRoots = new InnerRoots();
  /** Members that are archives by their names, outside the folders of a root file system: the first few, how many, and their bytes. */
  readonly archives = { paths: new Array<string>(), count: 0, bytes: 0 };
  members = 0;
  /** Members that are no directories. */
  notFolders = 0;
  fileBytes = 0;
  /** Bytes of the regular files that lie in no folder. */
  topFileBytes = 0;
  newestMtime = 0;
  /** Bytes of holes that were read. */
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
    // The documents of an image archive never lie below `usr` and the like, where nearly all members do.
    this.#documentsWants = this.#inHierarchy ? 0 : this.documents.member(member, this.#path);
    return Math.max(this.#rootfsWants, this.#documentsWants);
  }

  /** Blobs of image archives are read to their last byte. */
  streams(member: Member): boolean {
    if (this.#inHierarchy || member.type !== '0' || !this.documents.concerns(this.#path)) return false;
    return member.sparse === null || this.#affords(member.size - member.sparse.stored, member.start);
  }

  body(_member: Member, bytes: Uint8Array): void {
    if (this.#rootfsWants > 0) this.rootfs.body(this.#path, first(bytes, this.#rootfsWants));
    if (this.#documentsWants > 0) this.documents.body(this.#path, first(bytes, this.#documentsWants));
  }

  /** True when that many more bytes of holes may be read, in an archive of which `read` bytes were: a few bytes may claim any. */
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

  /** Keeps what is known of the top-level name; members mostly follow their siblings, so it seldom changes. */
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

/** The bytes themselves when there are no more: a view for every member would cost more than a look at it. */
function first(bytes: Uint8Array, count: number): Uint8Array {
  return bytes.length <= count ? bytes : bytes.subarray(0, count);
}
