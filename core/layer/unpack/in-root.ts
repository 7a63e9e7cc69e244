import { type Errno, type FileTree, MAX_LINKS } from './file-tree.ts';
import { join, split } from './go-path.ts';

/** A path resolved inside a root. Missing parts count as directories. */
export interface InRoot {
  path: string;
  /** True when the path followed a symbolic link with an absolute target. */
  absolute: boolean;
  /** True when a relative symbolic link led above the root, before any absolute one. */
  escaped: boolean;
}

/** Resolves the symbolic links of a path, as containerd and Docker do. Walks the path until it stays the same. */
export function resolveInRoot(tree: FileTree, from: string): InRoot | Errno {
  const way = { links: 0, absolute: false, escaped: false, missing: false };
  let path = from;
  if (path === '') return { path: '/', absolute: false, escaped: false };
  if (tree.loops(path)) return 'ELOOP';
  for (;;) {
    const before = way.links;
    const next = walk(tree, path, way);
    if (typeof next !== 'string') return next.errno;
    path = next;
    if (before !== way.links) continue;
    if (path === join('/', path)) return { path, absolute: way.absolute, escaped: way.escaped };
    path = join('/', path);
  }
}

/** The state of one resolution, over all its rounds. */
interface Way {
  links: number;
  /** True when the last path that was looked at does not exist. */
  missing: boolean;
  absolute: boolean;
  escaped: boolean;
}

/** Walks the path once, and replaces each symbolic link on the way by its target. */
function walk(tree: FileTree, path: string, way: Way): string | { errno: Errno } {
  let at = path.startsWith('/') ? '/' : '';
  const parts = path.split('/').filter((part) => part !== '');
  for (const [i, part] of parts.entries()) {
    const next = step(tree, at === '' && parts.length === 1 ? part : join(at, part), way);
    if (typeof next === 'string') {
      at = next;
      // Nothing exists below a missing directory, so the other parts stay as they are.
      if (way.missing && !path.includes('..')) return join(at, parts.slice(i + 1).join('/'));
    } else if (next.target === undefined) return { errno: next.errno };
    else at = next.target.startsWith('/') ? next.target : join(at, next.target);
  }
  return at === '' ? '/' : at;
}

function step(
  tree: FileTree,
  path: string,
  way: Way,
): string | { target: string } | { target?: undefined; errno: Errno } {
  if (way.links > MAX_LINKS) return { errno: 'ELOOP' };
  const here = join('/', path);
  if (here === '/') return here;
  const there = tree.lstat(here);
  way.missing = there === 'ENOENT';
  if (typeof there === 'string') return there === 'ENOENT' || there === 'ESCAPES' ? here : { errno: there };
  if (there.kind !== 'symlink') return here;
  way.links++;
  if (there.target.startsWith('/')) way.absolute = true;
  else if (!way.absolute && leavesRoot(split(here)[0], there.target)) way.escaped = true;
  return { target: there.target };
}

function leavesRoot(directory: string, target: string): boolean {
  let depth = 0;
  for (const part of `${directory}/${target}`.split('/')) {
    if (part === '' || part === '.') continue;
    depth += part === '..' ? -1 : 1;
    if (depth < 0) return true;
  }
  return false;
}

/** Resolves the symbolic links of a path inside the root in a single walk, as podman 6.1 and umoci do. */
export function secureJoin(tree: FileTree, path: string): string | { errno: Errno } {
  let at = '/';
  let links = 0;
  if (tree.loops(path)) return { errno: 'ELOOP' };
  const rest = path.split('/').toReversed();
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    const next = join(at, part);
    const there = tree.lstat(next);
    if (there === 'ENAMETOOLONG' || there === 'ELOOP') return { errno: there };
    if (typeof there === 'string' || there.kind !== 'symlink') {
      at = next;
      if (typeof there === 'string' && !rest.includes('..')) return join(at, rest.toReversed().join('/'));
      continue;
    }
    if (++links > MAX_LINKS) return { errno: 'ELOOP' };
    rest.push(...there.target.split('/').toReversed());
    if (there.target.startsWith('/')) at = '/';
  }
  return at;
}
