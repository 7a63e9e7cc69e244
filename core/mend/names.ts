import { LIMITS } from '../limits.ts';
import { hasUpward, resolvedPath } from '../tar/paths.ts';

/**
 * Returns the new name of a tar member, or the new target of a hard link, with which container engines accept it.
 * `folder`, if not empty, is cut off the beginning; null for a name outside of `folder`. `..` is resolved within the
 * root, as Docker before 29.7.2 does. A name without `..` stays as it is if `folder` is empty. A name of more than
 * `LIMITS.pathBytes` bytes stays as it is, too: no engine accepts it, and the layer is refused later.
 */
export function mendedName(name: string, folder: string): string | null {
  if (name.length > LIMITS.pathBytes || (folder === '' && !hasUpward(name))) return name;
  const path = resolvedPath(name);
  const isBelow = folder === '' || path.startsWith(`${folder}/`);
  if (!isBelow && path !== folder) return null;
  const rest = folder === '' ? path : path.slice(folder.length + 1);
  if (rest === '') return './';
  return name.endsWith('/') ? `${rest}/` : rest;
}
