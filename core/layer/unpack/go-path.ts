/**
 * The path as Go's `path.Clean` writes it: without `.`, double slashes and a slash at the end, and with `..` resolved.
 * A relative path may begin with `..`. Returns `.` for an empty path.
 */
export function clean(path: string): string {
  if (isClean(path)) return path;
  const isAbsolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..' || (!isAbsolute && (parts.at(-1) ?? '..') === '..')) parts.push(part);
    else parts.pop();
  }
  const joined = parts.join('/');
  return isAbsolute ? `/${joined}` : joined === '' ? '.' : joined;
}

/**
 * True for a path that has no component `.` or `..` and no superfluous slash, and is not empty: `clean` would not
 * change it. The loop is faster than splitting the path.
 */
function isClean(path: string): boolean {
  if (path === '' || path === '/') return path === '/';
  let part = path.startsWith('/') ? 1 : 0;
  for (let at = part; at <= path.length; at++) {
    if (at < path.length && path.charCodeAt(at) !== SLASH) continue;
    const length = at - part;
    if (length === 0 || (length <= 2 && path.charCodeAt(part) === DOT && path.charCodeAt(at - 1) === DOT)) return false;
    part = at + 1;
  }
  return true;
}

const SLASH = 0x2f;
const DOT = 0x2e;

/** Joins two paths with a slash, and cleans the result. Empty when both are empty, as with Go's `path.Join`. */
export function join(above: string, below: string): string {
  if (above === '') return below === '' ? '' : clean(below);
  // A double slash would not be clean, and most paths are joined to the root.
  return clean(above !== '/' ? `${above}/${below}` : below.startsWith('/') ? below : `/${below}`);
}

/** The last component of a clean path; `/` for the root. */
export function base(path: string): string {
  return path === '/' ? path : path.slice(path.lastIndexOf('/') + 1);
}

/**
 * The part of a clean path above its last component: `.` for a single component, `/` for the root and what is in it.
 */
export function dir(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : slash === 0 ? '/' : path.slice(0, slash);
}

/**
 * Splits a path after its last slash, as Go's `path.Split` does. The directory keeps the slash; it is empty for a path
 * without a slash.
 */
export function split(path: string): [directory: string, file: string] {
  const slash = path.lastIndexOf('/') + 1;
  return [path.slice(0, slash), path.slice(slash)];
}
