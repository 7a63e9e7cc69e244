/** The key in the form in which Go compares keys: lower case, and the letters U+017F and U+212A as `s` and `k`. */
export function fold(key: string): string {
  if (!FOLDABLE.test(key)) return key; // most are lower case already
  return key
    .replaceAll('\u017f', 's')
    .replaceAll('\u212a', 'k')
    .replace(/[A-Z]+/g, (part) => part.toLowerCase());
}

const FOLDABLE = /[A-Z\u017f\u212a]/;
