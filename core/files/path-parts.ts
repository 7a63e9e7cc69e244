/** The path of an entry in a directory; the path of the root is empty. */
export function below(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/** The components of a tar member's name, cleaned as engines do: `..` does not lead above the root. */
export function partsOf(name: string): string[] {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts;
}
