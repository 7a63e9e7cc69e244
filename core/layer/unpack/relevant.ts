import { withoutEnd } from '../../model/trim.ts';
import type { KeptMember } from '../kept-members.ts';
import { WHITEOUT } from './operation.ts';

/**
 * The members that can make a difference: nearly all are files that nothing else names. A file stays when its last name is
 * part of a path that engines may come to it by: that of a member which is not calm, or a link's target.
 */
export function relevant(layers: readonly (readonly KeptMember[])[]): KeptMember[][] {
  const parts = new Set<string>();
  for (const { calm, name, linkname } of layers.flat()) {
    if (!calm)
      for (const part of name.split('/')) parts.add(part.startsWith(WHITEOUT) ? part.slice(WHITEOUT.length) : part);
    for (const part of linkname.split('/')) parts.add(part);
  }
  return layers.map((members) => members.filter(({ calm, name }) => !calm || isNamed(name, parts)));
}

function isNamed(name: string, parts: ReadonlySet<string>): boolean {
  const path = withoutEnd(name, '/.');
  const last = path.slice(path.lastIndexOf('/') + 1);
  return parts.has(last) || last.startsWith(WHITEOUT) || path.length < name.length;
}
