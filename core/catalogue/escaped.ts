/**
 * Control and format characters (ESC, C1 controls, bidirectional overrides, zero-width characters), line separators, lone
 * surrogates and private use; and the letters and marks that show nothing at all. A name must be able neither to move the
 * cursor of a terminal, nor to forge a line of a report, nor to pass for another name.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\u{e0000}-\u{e0fff}]/gu;

/** The text with an escape such as `\x1b` or `\u{202e}` in place of each character that does not print. */
export function escaped(text: string): string {
  return text.replace(UNPRINTABLE, escapeOf);
}

/** The same for JSON, by its own means (`\u202e`), so that it still means the same. The ends of its lines stay. */
export function escapedJson(json: string): string {
  const unit = (each: string): string => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return json.replace(UNPRINTABLE, (char) => (char === '\n' ? char : char.split('').map(unit).join('')));
}

/** The escape of one character: `\x1b` below 256, else `\u{202e}`. */
export function escapeOf(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
