import type { FindingCode } from '../../catalogue/findings.ts';
import { LIMITS } from '../../limits.ts';
import type { Errno, FileTree } from './file-tree.ts';

/** A member of a layer, as far as it matters to those who unpack it. */
export interface Operation {
  /** Its name as it stands in the header. */
  name: string;
  type: string;
  linkname: string;
  /** Extended attributes that not every engine can set, mostly none. */
  attributes: readonly Attribute[];
}

/** An attribute that some file systems or kinds of file do not take, and what the kernel says. */
export interface Attribute {
  key: string;
  /**
   * `ENOTSUP`: no file system of Linux has its namespace. `EPERM`: only files and directories have it. `EINVAL`: its value
   * is none. Null where Linux takes it, but on a symbolic link: some engines give it to what the link leads to.
   */
  errno: 'ENOTSUP' | 'EPERM' | 'EINVAL' | null;
}

/** Unpacks the layers of an image, lowest first, as an engine does. */
export interface Unpacker {
  /** Begins a layer; `isLast` when none comes above it. */
  begin(isLast: boolean): void;
  /** Unpacks a member; returns what the engine fails on, null when it does not. */
  take(operation: Operation): FindingCode | null;
  /** Ends a layer; returns the member that the engine fails on now. */
  end(): { operation: Operation; code: FindingCode } | null;
}

/** How an engine keeps layers: all in one folder (vfs, native), or each in one of its own. */
export type Store = 'vfs' | 'overlay';

export const WHITEOUT = '.wh.';
export const OPAQUE = '.wh..wh..opq';
/** Names of the AUFS file system's own files begin so. */
export const AUFS = '.wh..wh.';
export const AUFS_LINKS = '.wh..wh.plnk';

/** What is wrong with what lies above a member that cannot be put in its place. */
export function above(errno: Errno): FindingCode {
  if (errno === 'ENAMETOOLONG') return 'path-too-long';
  return errno === 'ENOTDIR' ? 'parent-not-a-directory' : 'parent-unreachable';
}

/** Makes room for a member: what is there goes, unless both are directories. */
export function replace(tree: FileTree, path: string, { type }: Operation): FindingCode | null {
  const there = tree.lstat(path);
  if (typeof there === 'string' || (there.kind === 'directory' && type === '5')) return null;
  const problem = tree.removeAll(path);
  if (problem === null) return null;
  return problem === 'EBUSY' ? 'root-not-a-directory' : above(problem);
}

/** Makes what a member says at `path`, where nothing is, or a directory; `target` is what a hard link leads to. */
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

/** The first attribute that an engine fails on: `ignores` says which of the kernel's refusals it passes over. */
export function setAttributes(
  { attributes }: Operation,
  ignores: (attribute: Attribute) => boolean,
): FindingCode | null {
  const stop = attributes.find((each) => each.errno !== null && !ignores(each));
  return stop === undefined ? null : attributeCode(stop.key);
}

/** What is to be said of an attribute that an engine fails on. */
export function attributeCode(key: string): FindingCode {
  return key.startsWith('com.apple.') ? 'macos-attributes' : 'attribute-refused';
}
