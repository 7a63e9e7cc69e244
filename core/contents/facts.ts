/** The facts about the files inside the images of an archive. Paths are printable: other characters are escaped. */
export interface Contents {
  contentsVersion: 1;
  /**
   * For each image of the archive, in the order of `images` in the archive manifest, the facts about its files. A root
   * file system counts as one image. Null for an image that could not be read, and beyond `LIMITS.contentsImages`.
   */
  images: (ImageContents | null)[];
}

/** The facts about the file system that the layers of one image make. */
export interface ImageContents {
  /** The number of paths in the merged file system that are not directories. */
  files: number;
  /** The number of directories in the merged file system that have a tar member. */
  directories: number;
  /** The bytes of all regular files in the merged file system. The content of hard links counts once. */
  bytes: number;
  /** The regular files in the layers that are not in the merged file system, because a layer replaced or deleted them. */
  wasted: Amount;
  layers: LayerContents[];
  /** The tree of the largest folders and files, for a map of what is big. */
  folders: Folder;
  /** The largest files of the merged file system, largest first. */
  largest: SizedFile[];
  /** The largest files that are in the layers and not in the merged file system, largest first. */
  lost: LostFile[];
  /** The files that run as their owner or as their group (set-user-ID, set-group-ID). */
  setuid: Some<ModeFile>;
  /** The files whose owner has no name in `/etc/passwd`; null when the image has no such file. */
  ownerless: Some<OwnedFile> | null;
  duplicates: Duplicates;
}

/** A number of files, and the bytes of the regular ones among them. */
export interface Amount {
  files: number;
  bytes: number;
}

/** The changes that one layer makes to the file system of the layers below it. Directories do not count. */
export interface LayerContents {
  added: Amount;
  /**
   * The files by which the layer replaces a file of a lower layer, even one with the same content. The bytes are those
   * of the new files.
   */
  changed: Amount;
  /** The files of lower layers that the layer removes. The bytes are those that these files had. */
  deleted: Amount;
  /** The bytes of all regular files in the layer. */
  bytes: number;
  /** The bytes of regular files in the layer that are not in the merged file system. */
  wasted: number;
}

/** A folder or a large file in the map of what is big. */
export interface Folder {
  name: string;
  /** The bytes of the file, or of all regular files in the folder, that are in the merged file system. */
  bytes: number;
  files: number;
  /** The bytes of files in the folder that a later layer replaced or deleted. */
  wasted: number;
  /** The layers that the bytes of the folder or file come from, by index from 0, and how many bytes. Largest first. */
  layers: { layer: number; bytes: number }[];
  /** The largest entries of a folder, largest first; small ones are left out. Absent for a file. */
  entries?: Folder[];
}

/** A file with its size in bytes, and the index (from 0) of the layer that holds its content. */
export interface SizedFile {
  path: string;
  bytes: number;
  layer: number;
}

/** A file that a layer replaced or deleted; `by` is the index of that layer. */
export interface LostFile extends SizedFile {
  by: number;
  how: 'replaced' | 'deleted';
}

/** A file with its permission bits in octal digits, such as `4755`, and the number of its owner and its group. */
export interface ModeFile {
  path: string;
  mode: string;
  uid: number;
  gid: number;
}

/** A file in an image, with the number of its owner (uid). */
export interface OwnedFile {
  path: string;
  uid: number;
}

/** The first files of a list, in the order of their paths, and how many files there are in all. */
export interface Some<T> {
  files: number;
  first: T[];
}

/** The large files that have the same content as another one. */
export interface Duplicates {
  /** The bytes that would be saved if each content were stored once. */
  bytes: number;
  /** The groups of files with the same content, the group with most bytes first. */
  groups: { digest: string; bytes: number; paths: string[] }[];
}
