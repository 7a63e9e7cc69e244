import { byteString, bytesOf } from '../model/byte-string.ts';
import { resolvedPath } from '../tar/paths.ts';

/** The beginning of the name of a whiteout, a tar member that deletes a file of lower layers (OCI image-spec, layer.md). */
export const WHITEOUT = '.wh.';

/**
 * Joins the path of a directory and the name of an entry in it. The path of the root is an empty text, and the result
 * is then the name alone.
 */
export function below(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/**
 * Splits a tar member's name into its components, cleaned as container engines do. Empty and `.` components are
 * dropped, and `..` does not lead above the root. The list is empty for the root.
 */
export function partsOf(name: string): string[] {
  const path = resolvedPath(name);
  return path === '' ? [] : path.split('/');
}

/**
 * The length in bytes from which on a path counts as long. The name at the end of a long path is copied, because V8
 * would keep the whole path in memory for a part of it.
 */
const LONG = 256;

/**
 * Returns the name `name`, which is at the end of `path`. If the path is long, the result is a copy, because V8 would
 * otherwise keep the whole path in memory for the sake of the name.
 */
export function ownName(name: string, path: string): string {
  return path.length < LONG ? name : byteString(bytesOf(name));
}

/**
 * True when the name of a tar member surely ends in a plain file name: not empty, not `.` or `..`, and no whiteout.
 * `slash` is the index of the first character after the last slash.
 */
export function isPlainName(name: string, slash: number): boolean {
  const rest = name.length - slash;
  return !name.startsWith(WHITEOUT, slash) && rest > 0 && !(rest < 3 && name.startsWith('.', slash));
}
