import { concat } from './byte-arrays.ts';
import { utf8 } from './utf8.ts';

/**
 * The number of levels of lists and objects that are written piece by piece. In a hand-off, the images are at the third
 * level.
 */
const LEVELS = 3;

/** Characters that are encoded in one call. Calls for each piece would take longer than the pieces. */
const TOGETHER = 64 * 1024;

/**
 * Writes a value as JSON in UTF-8, with an indentation of two spaces and a line feed at the end. It never makes one
 * string of the whole: a Chinese sentence in it would double the memory that a hand-off of 20 MB takes.
 */
export function indentedJson(value: object): Uint8Array {
  const encoded: Uint8Array[] = [];
  let text = '';
  for (const piece of pieces(value, '\n', LEVELS)) {
    text += piece;
    if (text.length < TOGETHER) continue;
    encoded.push(utf8(text));
    text = '';
  }
  return concat([...encoded, utf8(`${text}\n`)]);
}

/** Writes a value as JSON in UTF-8 on one line, for programs. It never makes one string of the whole, either. */
export function compactJson(value: object): Uint8Array {
  return concat([...pieces(value, '', LEVELS)].map(utf8));
}

/**
 * Yields the JSON of a value in pieces, down to the given number of levels. `line` is a line feed with the indentation
 * of the value, or empty to write everything on one line.
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
