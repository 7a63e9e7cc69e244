import { withoutEnd } from '../../model/trim.ts';
import type { KeptMember } from '../kept-members.ts';
import { WHITEOUT } from './operation.ts';

/**
 * Returns the layers without the members that cannot matter when engines unpack them, so that less must be simulated.
 * Nearly all members are calm: plain files that every engine can unpack. A calm file such as `usr/bin/app` stays only
 * if `app` also occurs in a link target or in the path of a member that is not calm. Whiteouts always stay.
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
