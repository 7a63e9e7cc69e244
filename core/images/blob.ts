import type { Finding } from '../catalogue/findings.ts';
import type { KeptMembers } from '../layer/kept-members.ts';
import type { LayerFacts } from '../layer/layer-facts.ts';
import type { Compression, Stretch, Sums } from '../model/inspection.ts';

/** A member of an archive: read to its last byte, and as a layer where it is a tar archive, unless the look is a quick one. */
export interface ArchiveBlob {
  path: string;
  /** Offset of its first byte in the decompressed archive. */
  start: number;
  /** Where it lies, headers and all, when it is stored as a sparse file; else null. */
  sparse: Stretch | null;
  /** Without sums where not all of it was read. */
  stored: Sums | { size: number; digest: null };
  compression: Compression;
  /** True when the stored bytes end with the compressed data. */
  clean: boolean;
  /** The decompressed bytes: their digest is the diffID. Null when the blob is no sound tar archive. */
  content: Sums | null;
  /** Null when they were not counted. */
  members: number | null;
  facts: LayerFacts;
  /** What engines would refuse in it. */
  findings: Finding[];
  /** What engines do silently to it. */
  remarks: Finding[];
  /** Its members, to be tried together with other layers, and whether engines may fail on any. */
  kept: KeptMembers;
  suspicious: boolean;
  /** Why it is no sound tar archive, null when it is one. */
  fault: Finding | null;
}
