/** The text without the characters of `chars` at its end. A pattern such as /[.]+$/ looks at a long run once for each of its characters. */
export function withoutEnd(text: string, chars: string): string {
  let end = text.length;
  while (end > 0 && chars.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** The text without the characters of `chars` at its beginning and at its end. */
export function withoutEdges(text: string, chars: string): string {
  let start = 0;
  while (start < text.length && chars.includes(text.charAt(start))) start++;
  return withoutEnd(text.slice(start), chars);
}
