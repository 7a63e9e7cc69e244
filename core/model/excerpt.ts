/** The text, shortened to `most` characters with an ellipsis at its end. No surrogate pair is cut in two. */
export function excerpt(text: string, most = 200): string {
  if (text.length <= most) return text;
  const isCut = /[\ud800-\udbff]/.test(text.charAt(most - 2));
  return `${text.slice(0, isCut ? most - 2 : most - 1)}…`;
}
