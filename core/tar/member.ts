/**
 * A member of a tar archive: the fields of its header, and the place of its body. Names are strings with one character
 * for each byte.
 */
export interface Member {
  name: string;
  linkname: string;
  /**
   * The type flag of a tar member, one character such as `0` for a file. The NUL of old archives is replaced by `0` or
   * `5`.
   */
  type: string;
  mode: number;
  uid: number;
  gid: number;
  /** The size of the member's content in bytes, with the holes of a sparse file; 0 for types that have no content. */
  size: number;
  /** The modification time of a tar member in seconds since 1970; may be negative. */
  mtime: number;
  devmajor: number;
  devminor: number;
  /**
   * The offset in the archive of the member's first header block, in bytes. If headers for a long name or PAX records
   * come first, it is the offset of the first of them.
   */
  offset: number;
  /**
   * The offset in the archive, in bytes, of the first byte of the member's stored content. It is right only once all
   * headers of the member, and its sparse map, were read.
   */
  start: number;
  /**
   * The PAX records that apply to this tar member; null when it has none. Values are strings with one character for
   * each byte.
   */
  pax: PaxRecords | null;
  /** The stored parts of a sparse file; null when the member's content is stored completely. */
  sparse: Sparse | null;
}

/** The parts of a sparse file that a tar archive stores. All other bytes of the file are zero (holes). */
export interface Sparse {
  /** The stored parts of a sparse file in ascending order, without overlaps. */
  extents: readonly Extent[];
  /** The total length in bytes of the stored parts of a sparse file. */
  stored: number;
}

/** A stored part of a sparse file: its offset in the file's content and its length, in bytes. */
export interface Extent {
  offset: number;
  length: number;
}

/** The records of one PAX header as a map from key to value. Values are strings with one character for each byte. */
export type PaxRecords = ReadonlyMap<string, string>;
