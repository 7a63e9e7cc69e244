import type { Finding } from '../catalogue/findings.ts';
import type { KeptMembers } from '../layer/kept-members.ts';
import type { LayerFacts } from '../layer/layer-facts.ts';
import type { Compression } from '../model/compression.ts';
import type { Stretch, Sums } from '../model/inspection.ts';

/** A member of an archive that may be a blob of an image, and the facts that were found when it was read. */
export interface ArchiveBlob {
  path: string;
  /** The offset of the blob's first byte in the decompressed archive. */
  start: number;
  /** The range of the blob's whole tar member, headers included, when it is a sparse file; else null. */
  sparse: Stretch | null;
  /** Size and digest of the blob as stored; the digest is null when the blob was not read to its end. */
  stored: Sums | { size: number; digest: null };
  compression: Compression;
  /** True when no bytes follow the compressed data in the blob. */
  clean: boolean;
  /** Size and digest (the diffID) of the blob when decompressed; null when the blob is not a sound tar archive. */
  content: Sums | null;
  /**
   * Size and checksums that the layer has after Lading compresses it as it was asked to; null when it has that
   * compression already, and when none was asked for.
   */
  packed: Sums | null;
  /** The number of tar members in the layer; null when they were not counted. */
  members: number | null;
  facts: LayerFacts;
  /** The findings about members of a layer that engines refuse. */
  findings: Finding[];
  /** The findings about members of a layer that engines change or drop silently. */
  remarks: Finding[];
  /** The members of a layer, kept to try how engines unpack them. `suspicious` is true if engines may fail on one. */
  kept: KeptMembers;
  suspicious: boolean;
  /** The finding that says why the blob is not a sound tar archive; null when it is one. */
  fault: Finding | null;
}
