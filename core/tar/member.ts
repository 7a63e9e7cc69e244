/** A member of a tar archive. Names are byte strings. */
export interface Member {
  name: string;
  linkname: string;
  /** The type flag as one character; a NUL has become `0` or `5`. */
  type: string;
  mode: number;
  uid: number;
  gid: number;
  /** Bytes of its content, the holes of a sparse file included; 0 for types that have none. */
  size: number;
  /** Seconds since the epoch; may be negative. */
  mtime: number;
  devmajor: number;
  devminor: number;
  /** Offset of its first header block in the archive, in bytes. */
  offset: number;
  /** Offset of the first byte of its stored content in the archive; known once its header is complete. */
  start: number;
  /** PAX records that stood before it, values as byte strings. */
  pax: PaxRecords | null;
  /** Which bytes of its content are stored; null when all of them are, as they are. */
  sparse: Sparse | null;
}

/** Which bytes of a sparse file are stored: all others are zero. */
export interface Sparse {
  /** In order; none overlaps another. */
  extents: readonly Extent[];
  /** Bytes of all extents. */
  stored: number;
}

/** A stretch of a file that is stored. */
export interface Extent {
  offset: number;
  length: number;
}

/** Records of one PAX header, values as byte strings. */
export type PaxRecords = ReadonlyMap<string, string>;
