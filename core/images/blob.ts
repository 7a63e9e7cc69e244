import type { Finding } from '../catalogue/findings.ts';
import type { KeptMembers } from '../layer/kept-members.ts';
import type { LayerFacts } from '../layer/layer-facts.ts';
import type { Compression } from '../model/compression.ts';
import type { Stretch, Sums } from '../model/inspection.ts';

/**
 * A member of an archive that may be a blob of an image: a layer, a config or an OCI manifest. The fields are the facts
 * that were found when it was read, such as its size and checksums.
 */
export interface ArchiveBlob {
  path: string;
  /** The offset in bytes of the blob's first byte in the decompressed archive. */
  start: number;
  /**
   * For a blob that the archive stores as a sparse file: the byte range of its tar member, headers included, in the
   * decompressed archive. Null for other blobs.
   */
  sparse: Stretch | null;
  /** Size in bytes and checksums of the blob as stored. The digest is null when the blob was not read to its end. */
  stored: Sums | { size: number; digest: null };
  compression: Compression;
  /**
   * True when no bytes follow the compressed data in the blob. Also true for a blob that is not compressed, or not
   * read.
   */
  clean: boolean;
  /**
   * Size in bytes and checksums of the blob after decompression; the digest is the diffID of a layer. Null when the
   * blob is not a sound tar archive, or was not read.
   */
  content: Sums | null;
  /**
   * Size in bytes and checksums of the layer in the compression that the user asked for, as Lading will write it. Null
   * when the user asked for none, when the layer has this compression already, and when the blob is not a sound layer.
   */
  packed: Sums | null;
  /** The number of tar members in the layer; null when the layer was not read. */
  members: number | null;
  facts: LayerFacts;
  /**
   * The findings about members of the layer that engines refuse to unpack. Empty when there are none, or when the layer
   * was not read.
   */
  findings: Finding[];
  /**
   * The findings about sparse files in the layer, and about files that grow huge when they are unpacked. Empty when
   * there are none.
   */
  remarks: Finding[];
  /**
   * The members of the layer. They are kept in memory to simulate how engines unpack the layer. The field `suspicious`
   * is true when some engine may fail to unpack one of them.
   */
  kept: KeptMembers;
  suspicious: boolean;
  /** The finding that says why the blob is not a sound tar archive. Null when it is one, or was not read. */
  fault: Finding | null;
}
