import { concat } from './byte-arrays.ts';
import { utf8 } from './utf8.ts';

/**
 * The depth of nesting down to which lists and objects are converted to JSON one item at a time. Each list or object at
 * that depth is converted as a whole.
 */
const LEVELS = 3; // in the JSON for the convert function, the images are at this depth

/**
 * The number of characters of JSON that are collected before they are encoded as UTF-8 together. To encode each item of
 * a list or object alone would be slow.
 */
const TOGETHER = 64 * 1024;

/**
 * Writes a value as JSON in UTF-8, with an indentation of two spaces and a line feed at the end. The whole JSON is
 * never in memory as one string. Such a string can have 20 MB, and twice as much with a single Chinese character in it.
 */
export function indentedJson(value: object): Uint8Array {
  return encoded(pieces(value, '\n', LEVELS), '\n');
}

/** Writes a value as JSON in UTF-8 on one line, for programs. The whole JSON is never in memory as one string. */
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
 * Yields the JSON of a value in pieces. Lists and objects are split down to the depth `levels`. `line` is a line feed
 * with the indentation of the value, or empty to write everything on one line.
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
