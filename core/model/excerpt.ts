/** A text for a sentence: its beginning and an ellipsis, where it has more than `most` characters. No character is cut in two. */
export function excerpt(text: string, most = 200): string {
  if (text.length <= most) return text;
  const isCut = /[\ud800-\udbff]/.test(text.charAt(most - 2));
  return `${text.slice(0, isCut ? most - 2 : most - 1)}…`;
}
