import { concat } from './byte-arrays.ts';
import { utf8 } from './utf8.ts';

/**
 * The depth of nesting, from the whole value on, down to which lists and objects are converted to JSON item by item. A
 * list or object at this depth is converted at once.
 */
const LEVELS = 3; // in the JSON for the convert function, the images are at this depth

/**
 * The number of characters of JSON from which on they are encoded as UTF-8 together. To encode each item of a list or
 * object alone would be slow.
 */
const TOGETHER = 64 * 1024;

/**
 * Writes a value as JSON, with an indentation of two spaces and a line feed at the end. Returns it in UTF-8. The whole
 * JSON is never in memory as one string. Such a string can take 20 MB, and twice as much if it has a single Chinese
 * character.
 */
export function indentedJson(value: object): Uint8Array {
  return encoded(pieces(value, '\n', LEVELS), '\n');
}

/**
 * Writes a value as JSON on one line, for programs. Returns it in UTF-8. The whole JSON is never in memory as one
 * string.
 */
export function compactJson(value: object): Uint8Array {
  return encoded(pieces(value, '', LEVELS), '');
}

function encoded(all: Iterable<string>, end: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let text = '';
  for (const piece of all) {
    text += piece;
    if (text.length < TOGETHER) continue;
    chunks.push(utf8(text));
    text = '';
  }
  return concat([...chunks, utf8(text + end)]);
}

/**
 * Yields the JSON of a value in pieces. The items of lists and objects are pieces of their own, down to the depth
 * `levels`. `line` is a line feed with the indentation of the value, or empty to write everything on one line.
 */
function* pieces(value: unknown, line: string, levels: number): Generator<string> {
  if (levels === 0 || typeof value !== 'object' || value === null) {
    yield line === '' ? JSON.stringify(value) : JSON.stringify(value, null, 2).replaceAll('\n', line);
    return;
  }
  const [start, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const below = line === '' ? '' : `${line}  `;
  let before = start;
  for (const [key, each] of Object.entries(value)) {
    if (each === undefined) continue;
    yield Array.isArray(value) ? before + below : `${before}${below}${JSON.stringify(key)}:${line === '' ? '' : ' '}`;
    yield* pieces(each, below, levels - 1);
    before = ',';
  }
  yield before === start ? start + end : line + end;
}
