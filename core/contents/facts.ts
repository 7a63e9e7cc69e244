/**
 * The facts about the files inside the images of an archive, such as their number and their sizes. In paths,
 * unprintable characters are escaped.
 */
export interface Contents {
  contentsVersion: 1;
  /**
   * The facts about the files of each image, in the order in which the archive manifest, the JSON about an upload,
   * lists the images. A root file system counts as one image. Null for an image that is not described: it could not be
   * read, or it comes after the first `LIMITS.contentsImages` images. Also null when its layers exceed a limit, or when
   * more bytes would be read than `LIMITS.contentsBytes` and `LIMITS.contentsRatio` allow.
   */
  images: (ImageContents | null)[];
}

/**
 * The facts about the file system that the layers of one image make together, such as the number of its files and its
 * largest files.
 */
export interface ImageContents {
  /** The number of paths in the image's merged file system that are not directories. */
  files: number;
  /**
   * The number of directories in the image's merged file system. Directories without a tar member of their own are not
   * counted.
   */
  directories: number;
  /**
   * The number of bytes of all regular files in the image's merged file system. Content that several hard links share
   * is counted only once.
   */
  bytes: number;
  /**
   * The number and bytes of the regular files in the image's layers that are not in its merged file system, because a
   * layer replaced or deleted them.
   */
  wasted: Amount;
  layers: LayerContents[];
  /** The tree of the image's largest folders and files, which Lading's page draws to show what takes space. */
  folders: Folder;
  /** The largest files of the image's merged file system, largest first; at most `LIMITS.largestFiles`. */
  largest: SizedFile[];
  /** The largest files that a layer of the image replaced or deleted, largest first; at most `LIMITS.largestFiles`. */
  lost: LostFile[];
  /**
   * The regular files with the bit set-user-ID or set-group-ID, which run as their owner or as their group: how many
   * there are, and the first of them.
   */
  setuid: Some<ModeFile>;
  /**
   * The files and directories whose owner has no name in `/etc/passwd`: how many there are, and the first of them. Null
   * when the image has no such file, when it is too large, and when too many bytes would be read to reach it.
   */
  ownerless: Some<OwnedFile> | null;
  duplicates: Duplicates;
}

/** A number of files, without directories, and the number of bytes of the regular files among them. */
export interface Amount {
  files: number;
  bytes: number;
}

/** The changes that one layer makes to the file system of the layers below it. Directories are not counted. */
export interface LayerContents {
  added: Amount;
  /**
   * The files of the layer that replace a file of a lower layer, even one with the same content. The bytes are those of
   * the new files.
   */
  changed: Amount;
  /** The files of lower layers that the layer removes. The bytes are those of these files. */
  deleted: Amount;
  /** The number of bytes of all regular files in the layer. */
  bytes: number;
  /**
   * The number of bytes of those regular files in the layer that are not in the image's merged file system, because a
   * layer replaced or deleted them.
   */
  wasted: number;
}

/** A folder or a large file in the tree of an image's largest folders and files. */
export interface Folder {
  /**
   * The name of the folder or file; empty for the root. For a file that lies deeper than `LIMITS.folderDepth` folders,
   * the name is the path of the file from the deepest listed folder, such as `a/b/c.txt`.
   */
  name: string;
  /**
   * The number of bytes in the image's merged file system: of the file, or of all regular files below the folder
   * together.
   */
  bytes: number;
  files: number;
  /** The number of bytes of the files below the folder that a later layer replaced or deleted; 0 for a file. */
  wasted: number;
  /**
   * The layers that hold the bytes of the folder or file: the index of each layer (from 0), and the number of bytes
   * that it holds. The layer with the most bytes comes first, and at most `LIMITS.folderLayers` are listed.
   */
  layers: { layer: number; bytes: number }[];
  /**
   * The largest files and folders in a folder, largest first. Those are left out that are too small to be seen in a
   * drawing. Absent for a file.
   */
  entries?: Folder[];
}

/** A file with its size in bytes, and the index (from 0) of the layer that holds its content. */
export interface SizedFile {
  path: string;
  bytes: number;
  layer: number;
}

/**
 * A file that a layer replaced or deleted. `layer` is the index of the layer that has the file, and `by` the index of
 * the layer that replaced or deleted it. Both begin at 0.
 */
export interface LostFile extends SizedFile {
  by: number;
  how: 'replaced' | 'deleted';
}

/**
 * A file with its permission bits in octal digits, such as `4755`, and the numbers of its owner (uid) and group (gid).
 */
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

/**
 * A list that was cut to its first files. `first` has these, in the order of their paths, at most `LIMITS.listedFiles`.
 * `files` is the number of all files in the list.
 */
export interface Some<T> {
  files: number;
  first: T[];
}

/** The large files of an image that have the same content as another file of the image. */
export interface Duplicates {
  /** The number of bytes that would be saved if each content were stored only once. */
  bytes: number;
  /**
   * The groups of files with the same content: its digest, its size in bytes, and the paths of the files. The group
   * whose files have most bytes together comes first.
   */
  groups: { digest: string; bytes: number; paths: string[] }[];
}
