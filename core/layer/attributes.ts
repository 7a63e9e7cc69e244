import type { Member } from '../tar/member.ts';
import type { Attribute } from './unpack/operation.ts';

export const NO_ATTRIBUTES: readonly Attribute[] = [];

const XATTR = 'SCHILY.xattr.';

/**
 * The extended attributes of a tar member that Linux refuses to set. For a symbolic link, also those that Linux
 * accepts, because some engines set them on the target of the link. Of several attributes with the same namespace and
 * error, only the first is returned. Empty when there are none.
 */
export function attributesOf({ pax, type }: Pick<Member, 'pax' | 'type'>): readonly Attribute[] {
  // One attribute of each kind is enough, because engines treat all attributes of a kind alike.
  const found = new Map<string, Attribute>();
  for (const [key, value] of pax ?? []) {
    if (!key.startsWith(XATTR)) continue;
    const name = key.slice(XATTR.length);
    const errno = attributeErrno(name, value, type);
    const kind = `${errno} ${name.slice(0, Math.max(0, name.indexOf('.')))}`;
    if ((errno !== null || type === '2') && !found.has(kind)) found.set(kind, { key: name, errno });
  }
  return found.size === 0 ? NO_ATTRIBUTES : [...found.values()];
}

/**
 * The error of Linux when the extended attribute `name` is set to `value` on a file. `type` is the type of the file in
 * its tar header. Null when Linux accepts the attribute.
 */
function attributeErrno(name: string, value: string, type: string): Attribute['errno'] | null {
  const space = name.slice(0, name.indexOf('.'));
  if (name === 'security.capability') return isCapability(value) ? null : 'EINVAL';
  if (space === 'security' || space === 'trusted' || name.startsWith('system.posix_acl_')) return null;
  if (space !== 'user') return 'ENOTSUP';
  return '015'.includes(type) ? null : 'EPERM';
}

/** True for a valid value of `security.capability`: 20 bytes in revision 2, 24 in revision 3 (byte 3 of the value). */
function isCapability(value: string): boolean {
  const revision = value.charCodeAt(3);
  return (value.length === 20 && revision === 2) || (value.length === 24 && revision === 3);
}
