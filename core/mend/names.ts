import { cleanPath, hasUpward } from '../tar/paths.ts';

/**
 * The new name of a tar member, or new target of a hard link, with which container engines accept it. `folder`, if not
 * empty, is cut off the beginning. `..` is resolved within the root, as Docker before 29.7.2 does. Null for a name
 * outside of `folder`. A name stays as it is if it has no `..` and `folder` is empty.
 */
export function mendedName(name: string, folder: string): string | null {
  if (folder === '' && !hasUpward(name)) return name;
  const path = resolved(name);
  const isBelow = folder === '' || path.startsWith(`${folder}/`);
  if (!isBelow && path !== folder) return null;
  const rest = folder === '' ? path : path.slice(folder.length + 1);
  if (rest === '') return './';
  return name.endsWith('/') ? `${rest}/` : rest;
}

/**
 * The directory of the member name with `..` that was mended most recently: `written` is the directory as the name had
 * it, `meant` is the same directory with each `..` resolved. They are kept because the next name is mostly in the same
 * directory, which is then not resolved again.
 */
let written = '';
let meant = '';

function resolved(name: string): string {
  const path = cleanPath(name);
  if (!hasUpward(path)) return path;
  const slash = path.lastIndexOf('/') + 1;
  if (path.endsWith('..')) return withoutUpward(path);
  const above = path.slice(0, slash);
  if (above !== written) [written, meant] = [above, withoutUpward(above)];
  return meant === '' ? path.slice(slash) : `${meant}/${path.slice(slash)}`;
}

function withoutUpward(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '') parts.push(part);
  }
  return parts.join('/');
}
