/** The kinds of changes to a layer so that container engines accept it. Each is explained in docs/mend.md. */
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

/** One of the changes that Lading made to a layer so that container engines accept it. */
export interface Change {
  change: ChangeKind;
  /**
   * The name of the changed tar member in the upload, with unprintable characters escaped. For the change
   * `folder-stripped`, which removes the folder around all members, it is the name of that folder. For `end-added`,
   * which adds the missing end of the archive, it is empty.
   */
  member: string;
  /**
   * The change in detail: a new name, the target of a link, a new type, or the names of attributes that were left out.
   * Absent for kinds of changes that have none.
   */
  detail?: string;
}

/** All changes that Lading made to the layers of an upload so that container engines accept them. */
export interface Changes {
  /** The number of changes of each kind; a kind that did not occur is absent. */
  counts: Partial<Record<ChangeKind, number>>;
  /**
   * The first changes, at most `LIMITS.mendedListed`, in the order of the tar members. Further changes are only
   * counted.
   */
  listed: Change[];
}

/**
 * The changes to a layer that make container engines accept it, as plain JSON. Each tar member is named by its number
 * in the layer, counted from 0. A change that follows from a single member alone is not in the recipe: Lading decides
 * on it again when it writes the layer.
 */
export interface MendRecipe {
  /**
   * The folder around the root file system, to be removed from the names of all tar members; empty when there is none.
   */
  folder: string;
  /**
   * The numbers of the tar members that are left out, in ascending order. Each number after the first is stored as the
   * difference from the previous one: `[2, 3]` stands for the members 2 and 5.
   */
  dropped: number[];
  /**
   * New names for tar members whose name is also the name of a later member: pairs of a member's number in the layer
   * and its new name.
   */
  renamed: [member: number, name: string][];
  /** New targets for hard links: pairs of a link's number among the tar members and its new target. */
  linked: [member: number, target: string][];
  /**
   * The hard links that move to a later place in the layer: pairs of a link's number and the number of the member
   * behind which it is written.
   */
  moved: [member: number, after: number][];
}
