/** Levels of lists and objects that are written piece by piece: a hand-off has its images at the third one. */
const LEVELS = 3;

/**
 * A value as JSON in UTF-8, indented by two spaces, with a new line at its end. It is never one text as a whole: a Chinese
 * sentence in it would double the memory of a hand-off of 20 MB.
 */
export function indentedJson(value: object): Uint8Array {
  return Buffer.concat([...pieces(value, '\n', LEVELS), '\n'].map((piece) => Buffer.from(piece)));
}

/** A value as JSON in UTF-8 on one line, for a reader that is a program. It is never one text as a whole, either. */
export function compactJson(value: object): Uint8Array {
  return Buffer.concat([...pieces(value, '', LEVELS)].map((piece) => Buffer.from(piece)));
}

/** `line` is a new line with the indentation of the value; empty to write everything on one line. */
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
