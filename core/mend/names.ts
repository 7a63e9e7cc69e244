import { LIMITS } from '../limits.ts';
import { hasUpward, resolvedPath } from '../tar/paths.ts';

/**
 * The new name of a tar member, or new target of a hard link, with which container engines accept it. `folder`, if not
 * empty, is cut off the beginning. `..` is resolved within the root, as Docker before 29.7.2 does. Null for a name
 * outside of `folder`. A name stays as it is if it has no `..` and `folder` is empty, and also if it is longer than
 * `LIMITS.pathBytes` bytes: no engine accepts it, and the layer is refused later.
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
