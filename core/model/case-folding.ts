/**
 * Folds the case of a JSON key, as Go does before it compares keys. Returns the key in lower case, with U+017F as `s`
 * and U+212A (the Kelvin sign) as `k`. Letters outside ASCII stay otherwise as they are.
 */
export function fold(key: string): string {
  if (!FOLDABLE.test(key)) return key; // most are lower case already
  return key
    .replaceAll('\u017f', 's')
    .replaceAll('\u212a', 'k')
    .replace(/[A-Z]+/g, (part) => part.toLowerCase());
}

const FOLDABLE = /[A-Z\u017f\u212a]/;
