/** A key as Go compares it: two letters beyond ASCII count as the s and the k that they are forms of. */
export function fold(key: string): string {
  return key
    .replaceAll('\u017f', 's')
    .replaceAll('\u212a', 'k')
    .replace(/[A-Z]+/g, (part) => part.toLowerCase());
}
