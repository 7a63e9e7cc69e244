import type { FindingCode } from '../../catalogue/findings.ts';
import { LIMITS } from '../../limits.ts';
import type { Errno, FileTree } from './file-tree.ts';

/** A member of a layer, reduced to the fields that matter when an engine unpacks it. */
export interface Operation {
  /** The name of the tar member as its header has it, not cleaned. */
  name: string;
  type: string;
  linkname: string;
  /** The extended attributes of the tar member that some engine cannot set. Mostly empty. */
  attributes: readonly Attribute[];
}

/** An extended attribute of a tar member that some engine cannot set, with the error of the kernel. */
export interface Attribute {
  key: string;
  /**
   * The error of the kernel when the attribute is set. `ENOTSUP`: Linux does not know its namespace. `EPERM`: only
   * files and directories may have it. `EINVAL`: its value is invalid. Null: the attribute is valid, but a symbolic
   * link has it, and some engines set it on the target of the link.
   */
  errno: 'ENOTSUP' | 'EPERM' | 'EINVAL' | null;
}

/** Simulates in memory how one engine unpacks the layers of an image, from the lowest layer to the highest. */
export interface Unpacker {
  /** Begins to unpack the next layer. `isLast` is true for the highest layer of the image, which comes last. */
  begin(isLast: boolean): void;
  /** Unpacks one tar member. Returns the code of the finding that says why the engine would fail; null on success. */
  take(operation: Operation): FindingCode | null;
  /**
   * Ends the layer. Some engines fail only now, after the last member. Returns the member on which the engine would
   * fail, and the code of the finding that says why; null on success.
   */
  end(): { operation: Operation; code: FindingCode } | null;
}

/**
 * Where an engine stores unpacked layers: all in one folder (`vfs`), or each in its own folder, over which the kernel
 * lays the others (`overlay`).
 */
export type Store = 'vfs' | 'overlay';

export const WHITEOUT = '.wh.';
export const OPAQUE = '.wh..wh..opq';
/** The prefix of the names of AUFS's own files in a layer. AUFS is the union file system that Docker used first. */
export const AUFS = '.wh..wh.';
export const AUFS_LINKS = '.wh..wh.plnk';

/**
 * The code of the finding about a member that cannot be unpacked because its path gave the error `errno`. For example,
 * the path is too long, or a component before the last one is not a directory.
 */
export function above(errno: Errno): FindingCode {
  if (errno === 'ENAMETOOLONG') return 'path-too-long';
  return errno === 'ENOTDIR' ? 'parent-not-a-directory' : 'parent-unreachable';
}

/**
 * Removes what is at `path`, because a member will be created there. A directory stays when the member is a directory,
 * too. Returns null on success, also when nothing is there, or the code of a finding on failure.
 */
export function replace(tree: FileTree, path: string, { type }: Operation): FindingCode | null {
  const there = tree.lstat(path);
  if (typeof there === 'string' || (there.kind === 'directory' && type === '5')) return null;
  const problem = tree.removeAll(path);
  if (problem === null) return null;
  return problem === 'EBUSY' ? 'root-not-a-directory' : above(problem);
}

/**
 * Creates a member of a layer in `tree` at `path`. Nothing may be there, except a directory if the member is a
 * directory. `target` is the path to which a hard link leads; it is ignored for other members. Returns null on success,
 * or the code of a finding on failure.
 */
export function create(tree: FileTree, path: string, operation: Operation, target: string): FindingCode | null {
  const { type, linkname } = operation;
  if (type === '1') return createLink(tree, path, target);
  if (type === '2') {
    if (linkname === '' || linkname.length >= LIMITS.pathBytes) return 'symlink-target';
    return aboveOr(tree.put(path, { kind: 'symlink', target: linkname }));
  }
  if (type === '5') {
    const there = tree.lstat(path);
    return typeof there !== 'string' && there.kind === 'directory' ? null : aboveOr(tree.mkdir(path));
  }
  if (!'0346'.includes(type)) return 'odd-member-type';
  return aboveOr(tree.put(path, { kind: 'file' }));
}

function createLink(tree: FileTree, path: string, target: string): FindingCode | null {
  const there = tree.lstat(target);
  if (typeof there === 'string') return 'hard-link-dangling';
  return there.kind === 'directory' ? 'hard-link-directory' : aboveOr(tree.link(target, path));
}

function aboveOr(errno: Errno | null): FindingCode | null {
  return errno === null ? null : above(errno);
}

/**
 * The code of the finding (the message for the user) about the first extended attribute that the engine cannot set.
 * Null when it can set all. `ignores` returns true for an attribute whose error the engine ignores.
 */
export function setAttributes(
  { attributes }: Operation,
  ignores: (attribute: Attribute) => boolean,
): FindingCode | null {
  const stop = attributes.find((each) => each.errno !== null && !ignores(each));
  return stop === undefined ? null : attributeCode(stop.key);
}

/**
 * The code of the finding (the message for the user) about an extended attribute that an engine cannot set. `key` is
 * the name of the attribute.
 */
export function attributeCode(key: string): FindingCode {
  return key.startsWith('com.apple.') ? 'macos-attributes' : 'attribute-refused';
}
