/** A member of a tar archive. Names are byte strings. */
export interface Member {
  name: string;
  linkname: string;
  /** The type flag as one character; a NUL is replaced by `0` or `5`. */
  type: string;
  mode: number;
  uid: number;
  gid: number;
  /** Bytes of the content, the holes of a sparse file included; 0 for types without content. */
  size: number;
  /** Modification time in seconds since the epoch; may be negative. */
  mtime: number;
  devmajor: number;
  devminor: number;
  /** Offset of the member's first header block in the archive, in bytes. */
  offset: number;
  /** Offset of the first byte of the stored content in the archive; known once the header is complete. */
  start: number;
  /** The PAX records before the member's header, values as byte strings; null when there are none. */
  pax: PaxRecords | null;
  /** The stored parts of a sparse file; null for a member whose content is stored completely. */
  sparse: Sparse | null;
}

/** The parts of a sparse file that are stored: all other bytes are zero. */
export interface Sparse {
  /** The stored parts in ascending order, without overlaps. */
  extents: readonly Extent[];
  /** Bytes of all extents together. */
  stored: number;
}

/** A part of a sparse file that is stored: its offset in the content and its length, in bytes. */
export interface Extent {
  offset: number;
  length: number;
}

/** The records of one PAX header by key, values as byte strings. */
export type PaxRecords = ReadonlyMap<string, string>;
