import { concat } from './byte-arrays.ts';
import { utf8 } from './utf8.ts';

/**
 * The number of levels of lists and objects that are written piece by piece. In a hand-off, the images are at the third
 * level.
 */
const LEVELS = 3;

/**
 * Writes a value as JSON in UTF-8, with an indentation of two spaces and a line feed at the end. It never makes one
 * string of the whole: a Chinese sentence in it would double the memory that a hand-off of 20 MB takes.
 */
export function indentedJson(value: object): Uint8Array {
  return concat([...pieces(value, '\n', LEVELS), '\n'].map(utf8));
}

/**
 * Yields the JSON of a value in pieces, down to the given number of levels. `line` is a line feed with the indentation
 * of the value.
 */
function* pieces(value: unknown, line: string, levels: number): Generator<string> {
  if (levels === 0 || typeof value !== 'object' || value === null) {
    yield JSON.stringify(value, null, 2).replaceAll('\n', line);
    return;
  }
  const [start, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const below = `${line}  `;
  let before = start;
  for (const [key, each] of Object.entries(value)) {
    if (each === undefined) continue;
    yield Array.isArray(value) ? before + below : `${before}${below}${JSON.stringify(key)}: `;
    yield* pieces(each, below, levels - 1);
    before = ',';
  }
  yield before === start ? start + end : line + end;
}
