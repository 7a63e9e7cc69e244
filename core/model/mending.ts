/** The kinds of changes by which a layer is mended. Each is explained in docs/mend.md. */
export type ChangeKind =
  | 'replaced' // a later member has the same path
  | 'renamed' // `..` was cut off
  | 'folder-stripped' // the names of all members lost the folder around the root file system
  | 'outside' // the member lies beside that folder, and is left out
  | 'odd-left-out' // a volume label, or another member that is no file
  | 'retyped' // written as a plain file or directory
  | 'attributes' // extended attributes of macOS were left out
  | 'apple-double' // a file with metadata of macOS, left out
  | 'expanded' // the holes of a sparse file are written as zeros
  | 'link-moved' // a hard link is written after its target
  | 'link-left-out' // the target of a hard link never comes
  | 'content-moved' // a later member took the name of a file, which goes on under the name of its hard link
  | 'end-added'; // the two blocks of zeros that end an archive

/** A change that was made to mend a layer. */
export interface Change {
  change: ChangeKind;
  /** The name of the member in the upload, with unprintable characters escaped. */
  member: string;
  /** The new name or target, the attributes or the type that the change is about; absent when there is none. */
  detail?: string;
}

/** All changes by which the layers of an upload were mended. */
export interface Changes {
  /** The number of changes of each kind that occurred. */
  counts: Partial<Record<ChangeKind, number>>;
  /** The first `LIMITS.mendedListed` changes, in the order of the members. */
  listed: Change[];
}

/**
 * The decisions about the members of a layer that is to be mended, as plain JSON. A member is known by its number,
 * counted from 0. Decisions that follow from one member alone are not in it, because they are made again.
 */
export interface MendRecipe {
  /** The folder around the root file system, which is cut off all names; empty when there is none. */
  folder: string;
  /** The numbers of the members that are left out. Each is given as the difference to the one before it in the list. */
  dropped: number[];
  /** New names for members, by their numbers, because a later member has taken their own name. */
  renamed: [member: number, name: string][];
  /** New targets for hard links, by the numbers of the links. */
  linked: [member: number, target: string][];
  /** The hard links that are written later than they are read, each with the number of the member before it. */
  moved: [member: number, after: number][];
}
