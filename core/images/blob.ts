import type { Finding } from '../catalogue/findings.ts';
import type { KeptMembers } from '../layer/kept-members.ts';
import type { LayerFacts } from '../layer/layer-facts.ts';
import type { Compression } from '../model/compression.ts';
import type { Stretch, Sums } from '../model/inspection.ts';

/**
 * A member of an archive that may be a blob of an image, and the facts that were found when it was read, such as its
 * size and checksums.
 */
export interface ArchiveBlob {
  path: string;
  /** The offset of the blob's first byte in the decompressed archive. */
  start: number;
  /**
   * The range in the decompressed archive, in bytes, of the whole tar member with its headers, when the blob is a
   * sparse file; else null.
   */
  sparse: Stretch | null;
  /** Size in bytes and checksums of the blob as stored. The digest is null when the blob was not read to its end. */
  stored: Sums | { size: number; digest: null };
  compression: Compression;
  /** True when no bytes follow the compressed data in the blob, and for a blob that is not compressed. */
  clean: boolean;
  /** Size and digest (the diffID) of the blob when decompressed; null when the blob is not a sound tar archive. */
  content: Sums | null;
  /**
   * Size and checksums of the blob, a layer, after Lading compresses it in the form that the user asked for. Null when
   * no compression was asked for, or when the layer has that compression already.
   */
  packed: Sums | null;
  /** The number of tar members in the blob, a layer; null when they were not counted. */
  members: number | null;
  facts: LayerFacts;
  /** The findings about tar members of the blob, a layer, that engines refuse to unpack. */
  findings: Finding[];
  /** The findings about sparse files in the blob, a layer, and about files that grow huge when they are unpacked. */
  remarks: Finding[];
  /**
   * The members of the blob, a layer. They are kept in memory to simulate how engines unpack the layer. The field
   * `suspicious` is true when some engine may fail to unpack one of the members.
   */
  kept: KeptMembers;
  suspicious: boolean;
  /** The finding that says why the blob is not a sound tar archive; null when it is one. */
  fault: Finding | null;
}
