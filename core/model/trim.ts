/**
 * Removes all characters at the end of a text that occur in `chars`, up to the last one that does not. A regular
 * expression such as /[.]+$/ would take quadratic time.
 */
export function withoutEnd(text: string, chars: string): string {
  let end = text.length;
  while (end > 0 && chars.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Removes all characters at both ends of a text that occur in `chars`. */
export function withoutEdges(text: string, chars: string): string {
  let start = 0;
  while (start < text.length && chars.includes(text.charAt(start))) start++;
  return withoutEnd(text.slice(start), chars);
}
