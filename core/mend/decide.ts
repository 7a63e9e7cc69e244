import { KNOWN_TYPES, ODD_TYPES } from '../layer/member-types.ts';
import { viewOf } from '../model/byte-arrays.ts';
import type { Change, ChangeKind } from '../model/mending.ts';
import type { Member } from '../tar/member.ts';
import { mendedName } from './names.ts';

/**
 * The new values of some fields of a tar member, so that container engines accept it. A field that is absent stays as
 * it is.
 */
export interface Edit {
  name?: string;
  linkname?: string;
  type?: string;
  /** True to write the holes of a sparse file as zeros, so that the member becomes an ordinary file. */
  expand?: true;
  /** The keys of the PAX records that are removed from the member, those of extended attributes of macOS. */
  without?: string[];
}

/**
 * A decision about a tar member. `edit` has the new values of its fields; null to leave the member out. `changes` says
 * for the user what was changed. That a folder was cut off the name is not in this list, because it is true of all
 * members.
 */
export interface Decision {
  edit: Edit | null;
  changes: Change[];
}

/** The decision for a tar member that needs no change. Most members need none, and all of these share this object. */
const UNCHANGED: Decision = { edit: {}, changes: [] };

/**
 * The tar header types that are replaced, each with the type that takes its place, which every engine unpacks. Type `7`
 * is a contiguous file, which may be treated as a regular file, `0` (POSIX). Type `D` is a directory in an incremental
 * archive of GNU tar, and becomes `5`.
 */
const RETYPED: Readonly<Record<string, string>> = { '7': '0', D: '5' };

/** Matches the keys of PAX records with extended attributes of macOS, as GNU tar, star and bsdtar write them. */
const APPLE = /^(?:SCHILY|LIBARCHIVE)\.xattr\.com\.apple\./;

/**
 * Decides how to change a tar member so that container engines accept it, from the fields of this member only. `folder`
 * is the folder that is cut off its name and, for a hard link, off its target; empty when there is none.
 */
export function decideAlone(member: Member, folder: string): Decision {
  const isPlain = member.type === '0' && member.pax === null && member.sparse === null;
  if (isPlain && folder === '' && !member.name.includes('..')) return UNCHANGED;
  const name = mendedName(member.name, folder);
  if (isOdd(member)) return leftOut(member, 'odd-left-out', ODD_TYPES[member.type]?.en ?? `type ${member.type}`);
  if (name === null) return leftOut(member, 'outside');
  const edit: Edit = {};
  const changes: Change[] = [];
  const say = (change: ChangeKind, detail?: string) => changes.push(changeOf(member, change, detail));
  if (name !== member.name) edit.name = name;
  if (edit.name !== undefined && folder === '') say('renamed', edit.name);
  if (member.type === '1') edit.linkname = mendedName(member.linkname, folder) ?? member.linkname;
  const type = RETYPED[member.type];
  if (type !== undefined) say('retyped', (edit.type = type));
  if (member.sparse !== null) {
    edit.expand = true;
    say('expanded');
  }
  const without = [...(member.pax?.keys() ?? [])].filter((key) => APPLE.test(key));
  if (without.length > 0) {
    edit.without = without;
    say('attributes', without.map((key) => key.slice(key.indexOf('.xattr.') + '.xattr.'.length)).join(', '));
  }
  if (edit.linkname === member.linkname) delete edit.linkname;
  return { edit, changes };
}

/**
 * Makes the record of one change to a tar member, which is later shown to the user. `detail` is a text such as the new
 * name. The texts are not made printable yet, because only few of very many changes are ever shown.
 */
export function changeOf({ name }: Pick<Member, 'name'>, change: ChangeKind, detail?: string): Change {
  return { change, member: name, ...(detail !== undefined && { detail }) };
}

function leftOut(member: Member, change: ChangeKind, detail?: string): Decision {
  return { edit: null, changes: [changeOf(member, change, detail)] };
}

/**
 * True for a tar member that can be left out because its type is not that of a file, such as a volume label. False for
 * type `M`, the rest of a file from another volume. Such a member cannot be left out, and the layer is refused.
 */
function isOdd({ type }: Member): boolean {
  return !KNOWN_TYPES.has(type) && type !== 'S' && type !== 'M' && RETYPED[type] === undefined;
}

/**
 * The first four bytes of an AppleDouble file, as a big-endian number (RFC 1740, appendix B). In archives from macOS,
 * `._NAME` beside the file `NAME` is such a file and has its metadata.
 */
const APPLE_DOUBLE = 0x00051607;
const APPLE_DOUBLE_BYTES = 4;

/**
 * Returns how many bytes at the start of a member's content show whether it is an AppleDouble file (metadata of macOS).
 * Returns 0 when its name, type or size shows already that it is none.
 */
export function appleDoubleBytes({ type, name, size }: Member): number {
  const isNamed = type === '0' && size >= APPLE_DOUBLE_BYTES && name.startsWith('._', name.lastIndexOf('/') + 1);
  return isNamed ? APPLE_DOUBLE_BYTES : 0;
}

/** True when a file is an AppleDouble file (metadata of macOS). `first` has at least its first 4 bytes. */
export function isAppleDouble(first: Uint8Array): boolean {
  return viewOf(first).getUint32(0) === APPLE_DOUBLE;
}
