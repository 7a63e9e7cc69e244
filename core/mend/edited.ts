import type { Member, PaxRecords } from '../tar/member.ts';
import { changedHeader } from '../tar/make-header.ts';
import type { Edit } from './decide.ts';

/**
 * Returns the header blocks of a member with the new values in `edit`. `header` has its blocks as they are stored. If
 * `edit` is empty, they are returned unchanged.
 */
export function edited(header: Uint8Array, member: Member, edit: Edit): Uint8Array {
  if (Object.keys(edit).length === 0) return header;
  const { name, linkname, type, expand } = edit;
  const without = new Set(edit.without);
  const isPlain = expand === true;
  const pax = new Map(member.pax ?? []);
  for (const key of pax.keys()) if (without.has(key) || (isPlain && isOfSparse(key))) pax.delete(key);
  return changedHeader(header, member, {
    ...(name !== undefined && { name }),
    ...(linkname !== undefined && { linkname }),
    ...(isPlain ? { type: '0', size: member.size } : type !== undefined && { type }),
    ...(type === '5' && { size: 0 }),
    pax: pax satisfies PaxRecords,
  });
}

/** True for the key of a PAX record that describes how a sparse file is stored. */
function isOfSparse(key: string): boolean {
  return key === 'size' || key.startsWith('GNU.sparse.');
}
