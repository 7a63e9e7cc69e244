/** The text without trailing characters of `chars`. A pattern such as /[.]+$/ takes quadratic time for a long run. */
export function withoutEnd(text: string, chars: string): string {
  let end = text.length;
  while (end > 0 && chars.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The text without leading and trailing characters of `chars`. */
export function withoutEdges(text: string, chars: string): string {
  let start = 0;
  while (start < text.length && chars.includes(text.charAt(start))) start++;
  return withoutEnd(text.slice(start), chars);
}
