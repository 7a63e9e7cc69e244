/** Joins the path of a directory and the name of an entry in it. The path of the root is an empty text. */
export function below(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/**
 * Splits a tar member's name into its components, cleaned as container engines do. Empty and `.` components are
 * dropped, and `..` does not lead above the root.
 */
export function partsOf(name: string): string[] {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}
