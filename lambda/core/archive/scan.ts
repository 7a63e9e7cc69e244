import { DocumentObserver } from './documents.ts';
import { LayerRules } from './layer-rules.ts';
import { cleanPath } from './paths.ts';
import { RootfsObserver } from './rootfs.ts';
import type { Member, MemberObserver } from './tar.ts';

/** How many top-level names are remembered: enough to describe an archive that is neither image nor root file system. */
const NAMES_KEPT = 40;

/** Everything that is gathered while the members of an archive go by, in memory that grows by some 18 bytes a member. */
export class ArchiveScan implements MemberObserver {
  readonly rules = new LayerRules('alone');
  readonly rootfs = new RootfsObserver();
  readonly documents = new DocumentObserver();
  /** Top-level names in order of appearance, and the names inside the first of them. */
  readonly topLevel = new Set<string>();
  readonly insideFirst = new Set<string>();
  members = 0;
  fileBytes = 0;
  newestMtime = 0;
  #path = '';
  #rootfsWants = 0;
  #documentsWants = 0;

  member(member: Member): number {
    this.#path = cleanPath(member.name);
    this.members++;
    if (member.type === '0') this.fileBytes += member.size;
    this.newestMtime = Math.max(this.newestMtime, Math.floor(member.mtime));
    this.#remember(this.#path);
    this.rules.check(member);
    this.#rootfsWants = this.rootfs.member(member, this.#path);
    this.#documentsWants = this.documents.member(member, this.#path);
    return Math.max(this.#rootfsWants, this.#documentsWants);
  }

  /** Blobs of image archives are read to their last byte. */
  streams(member: Member): boolean {
    return member.type === '0' && this.documents.concerns(this.#path);
  }

  body(_member: Member, bytes: Uint8Array): void {
    if (this.#rootfsWants > 0) this.rootfs.body(this.#path, bytes.subarray(0, this.#rootfsWants));
    if (this.#documentsWants > 0) this.documents.body(this.#path, bytes.subarray(0, this.#documentsWants));
  }

  #remember(path: string): void {
    if (path === '') return;
    const [top = '', second] = path.split('/', 2);
    if (this.topLevel.size < NAMES_KEPT) this.topLevel.add(top);
    if (second !== undefined && this.topLevel.size === 1 && this.insideFirst.size < NAMES_KEPT) {
      this.insideFirst.add(second);
    }
  }
}
