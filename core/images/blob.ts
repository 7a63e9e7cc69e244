import type { Finding } from '../catalogue/findings.ts';
import type { KeptMembers } from '../layer/kept-members.ts';
import type { LayerFacts } from '../layer/layer-facts.ts';
import type { Compression, Stretch, Sums } from '../model/inspection.ts';

/** A member of an archive. It was read to its end, and as a layer where it is a tar archive, except in a quick look. */
export interface ArchiveBlob {
  path: string;
  /** The offset of the blob's first byte in the decompressed archive. */
  start: number;
  /** The range of the whole sparse member, headers included; null when the blob is not stored as a sparse file. */
  sparse: Stretch | null;
  /** Size and digest of the stored bytes; the digest is null when not all of them were read. */
  stored: Sums | { size: number; digest: null };
  compression: Compression;
  /** True when nothing follows the compressed data in the stored bytes. */
  clean: boolean;
  /** Size and digest (the diffID) of the decompressed bytes; null when the blob is not a sound tar archive. */
  content: Sums | null;
  /** The number of members in the layer; null when they were not counted. */
  members: number | null;
  facts: LayerFacts;
  /** The findings about members that engines refuse. */
  findings: Finding[];
  /** The findings about members that engines change or drop silently. */
  remarks: Finding[];
  /** The members, kept to be tried together with other layers; `suspicious` if engines may fail on one of them. */
  kept: KeptMembers;
  suspicious: boolean;
  /** The reason why the blob is not a sound tar archive; null when it is one. */
  fault: Finding | null;
}
