import type { Stretch } from '../model/inspection.ts';
import type { Member } from '../tar/member.ts';
import { sparseStretch } from '../tar/sparse.ts';

/** The fields of a tar header that are kept for each file when layers are merged. */
type KeptFields = 'type' | 'mode' | 'uid' | 'gid' | 'size' | 'mtime' | 'linkname' | 'devmajor' | 'devminor';

/** A file in the file system that an image's layers make. A hard link (type `1`) has its target's size and bytes. */
export interface MergedFile extends Pick<Member, KeptFields> {
  /** The index (from 0) of the layer that holds the file's bytes. */
  layer: number;
  /** The offset of the file's first byte in its layer; -1 for a file without bytes. */
  start: number;
  /** For a sparse file, the bytes of its tar member in the layer, headers included; null for any other file. */
  sparse: Stretch | null;
  /** The number of the tar member that made this path, from 0, in the order in which the layers are read. */
  number: number;
  /** The number of the member with the file's bytes. For a hard link, it is the number of the target's member. */
  content: number;
  /** True when the name of the file's member is not its path: it led through a symbolic link, or had `..`. */
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
   * For a directory that hides what layers below the merged ones have at its path: `new` if it takes the place of
   * something else, and `marked` if only what is in it is hidden. Null for all others.
   */
  opaque: 'new' | 'marked' | null;
}

/** The callbacks by which `MergedTree` tells, while layers are merged, what each layer does to the file system. */
export interface MergeObserver {
  /** Called when the next layer begins, from the lowest up. */
  startLayer(): void;
  /** Called before a layer puts a file at a path. `before` is the place that the path had until now, or undefined. */
  put(path: string, file: MergedFile, before: Place | undefined): void;
  /**
   * Called before a file disappears without another one in its place: by a whiteout, because a file takes the place of
   * its directory, or because a directory takes its own place.
   */
  dropped(path: string, place: Place): void;
}

/** The type of a file that stands for a kept whiteout: at its path, lower layers are hidden and nothing is there. */
export const HIDDEN = 'w';

/** The part of a tar member that stays in memory until its layer is merged. */
export function keptFile(member: Member, number: number): KeptFile {
  return { name: member.name, offset: member.offset, file: fileOf(member, -1, number) };
}

/** The file that a tar member describes. `number` is the number of the member. */
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

/** The tar header types other than regular files: links, devices, directories, FIFOs. Tar reads any other as a file. */
const KINDS = new Set(['1', '2', '3', '4', '5', '6']);
