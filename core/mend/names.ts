import { cleanPath } from '../tar/paths.ts';

/**
 * The name that a member, or the target of a hard link, gets in a mended layer. `folder`, if not empty, is cut off.
 * `..` is resolved within the root, as Docker before 29.7.2 does. Null for a name outside of `folder`. Other names stay
 * as they are.
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

/** True for a name with a component `..`, which leads to the directory above. */
export function hasUpward(name: string): boolean {
  return name.includes('..') && name.split('/').includes('..');
}

function resolved(name: string): string {
  const parts: string[] = [];
  for (const part of cleanPath(name).split('/')) {
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
