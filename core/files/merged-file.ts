import type { Stretch } from '../model/inspection.ts';
import type { Member } from '../tar/member.ts';
import { sparseStretch } from '../tar/sparse.ts';

/** The fields of a tar header that are kept for each file when layers are merged. */
type KeptFields = 'type' | 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'linkname' | 'devmajor' | 'devminor';

/** A file in the file system that an image's layers make. A hard link (type `1`) has its target's size and bytes. */
export interface MergedFile extends Pick<Member, KeptFields> {
  /** The index (from 0) of the layer that holds the file's bytes. */
  layer: number;
  /**
   * The offset in bytes of the file's content in its layer; -1 for a hard link whose target is missing or a directory.
   */
  start: number;
  /**
   * For a sparse file, the range of bytes that its tar member has in the layer, headers included; null for any other
   * file.
   */
  sparse: Stretch | null;
  /** The number of the tar member that made this path, from 0, in the order in which the layers are read. */
  number: number;
  /**
   * The number (from 0, in the order of reading) of the tar member that has the file's bytes. For a hard link, it is
   * the member of the link's target.
   */
  content: number;
  /**
   * True when the file's path differs from the name of its tar member, because the name led through a symbolic link or
   * had `..` in it.
   */
  moved: boolean;
}

/** A tar member of a layer, reduced to what is needed to merge the layers. */
export interface KeptFile {
  name: string;
  offset: number;
  file: MergedFile;
}

/** A path in the file system that an image's layers make. `file` is null for a directory without a tar member. */
export interface Place {
  file: MergedFile | null;
  /** The index (from 0) of the last layer that added or changed this path. */
  layer: number;
  /** The entries of a directory by name; null when the path is not a directory. */
  children: Map<string, Place> | null;
  /**
   * Says whether a directory hides files of the layers that lie below the merged layers. `new`: it hides everything
   * that those layers have at its path. `marked`: it hides only what those layers have inside the directory. Null for a
   * directory that hides nothing. Has no meaning for a path that is not a directory.
   */
  opaque: 'new' | 'marked' | null;
}

/** The callbacks by which `MergedTree` tells, while layers are merged, what each layer does to the file system. */
export interface MergeObserver {
  /** Called when the next layer begins, from the lowest up. */
  startLayer(): void;
  /**
   * Called before a layer puts a file at a path. `before` is what was at the path until now; undefined if nothing was.
   */
  put(path: string, file: MergedFile, before: Place | undefined): void;
  /**
   * Called before the file or directory at `path` disappears and no tar member takes its path. The cause is a whiteout,
   * a new file in place of a directory above `path`, or a directory without a tar member in place of the file itself.
   */
  dropped(path: string, place: Place): void;
}

/**
 * The header type (`MergedFile.type`) of an entry in the merged file system that stands for a whiteout. Nothing is at
 * its path, and files of lower layers are hidden there.
 */
export const HIDDEN = 'w';

/**
 * Returns what must stay in memory of a tar member until its layer is merged. `number` is the number of members, of all
 * layers, that were read before it.
 */
export function keptFile(member: Member, number: number): KeptFile {
  return { name: member.name, offset: member.offset, file: fileOf(member, -1, number) };
}

/**
 * Returns the file that a tar member describes. `layer` is the index of its layer. `number` is the member's index among
 * the members of all layers, in the order in which they are read. Both begin at 0.
 */
export function fileOf(member: Member, layer: number, number: number): MergedFile {
  const { type, mode, uid, gid, size, mtime, linkname, devmajor, devminor, start } = member;
  return {
    type: KINDS.has(type) ? type : '0',
    mode,
    uid,
    gid,
    size,
    mtime,
    linkname,
    devmajor,
    devminor,
    layer,
    start,
    sparse: sparseStretch(member),
    number,
    content: number,
    moved: false,
  };
}

/**
 * The tar header types other than regular files: links, devices, directories, FIFOs. Tar reads a member of any other
 * type as a regular file.
 */
const KINDS = new Set(['1', '2', '3', '4', '5', '6']);

/** A directory in a merged file system. */
export type Directory = Place & { children: Map<string, Place> };

/**
 * Makes a directory that has no tar member and no entries yet. `layer` is the index of the layer in which it is made.
 */
export function directory(layer: number): Place {
  return { file: null, layer, children: NO_CHILDREN, opaque: null };
}

/** The empty map of entries that all directories without entries share, to save memory. It must not be changed. */
export const NO_CHILDREN: Map<string, Place> = new Map();

/** Makes `place` a directory to which entries can be added, if it is not one yet, and returns it. */
export function withChildren(place: Place): Directory {
  if (place.children === null || place.children === NO_CHILDREN) place.children = new Map();
  return place as Directory;
}
