import { parsed, refused } from '../parsed.ts';
import type { Parsed } from '../parsed.ts';
import { parseJson } from '../image/json-fields.ts';

/**
 * The exec form, a JSON array of strings; null when the text does not begin with `[`. Docker takes an array that does
 * not parse for the shell form and makes an image that cannot start; here it is refused.
 */
export function parseExecForm(text: string, example: string): Parsed<string[]> | null {
  if (!text.startsWith('[')) return null;
  const value = parseJson(text);
  if (isStrings(value))
    return value.some((word) => word.includes('\0')) ? refused('it has a NUL byte', 'Leave it out.') : parsed(value);
  return refused(
    `what begins with [ must be a JSON array of strings: ${trouble(text, value)}`,
    `Write it like ${example}.${/^\[\s/.test(text) ? ' A shell command that begins with [ can be written with test.' : ''}`,
  );
}

function trouble(text: string, value: unknown): string {
  if (Array.isArray(value)) return 'not all of its elements are strings';
  if (/[“”„‘’]/.test(text)) return 'it has typographic quotes, and JSON takes only "';
  if (/\[\s*'/.test(text)) return 'it has single quotes, and JSON takes only "';
  if (!text.includes('"'))
    return 'its double quotes are missing (a shell removes them unless the change is in single quotes)';
  if (!text.includes(']')) return 'its closing ] is missing';
  if (!text.endsWith(']')) return 'there is text after its closing ]';
  return 'its commas, quotes or backslashes are not those of JSON';
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}
