import { type GoType, type TypeFault, typeFaults } from './go-types.ts';
import { mendTypes } from './mend-types.ts';
import { parseJson, plain, spelled } from './spelled.ts';

/** A JSON document, compared with the Go type that clients read it into. */
export interface Typed {
  /** The text of the document, unchanged. */
  text: string;
  faults: TypeFault[];
  /** True when more than white space follows the JSON value. */
  rest: boolean;
  /** The text with mistyped values corrected where their meaning is clear, without anything after the JSON value. */
  mended: string;
  /** The mended text as a JavaScript value. */
  json: unknown;
}

/** Reads the text of a document and compares it with `type`; null when the text does not begin with JSON. */
export function readTyped(text: string, type: GoType, read = spelled(text)): Typed | null {
  if (read === null) return null;
  const { value, rest } = read;
  const faults = typeFaults(value, type, text);
  const whole = rest ? text.slice(0, value.end) : text;
  if (faults.length === 0) return { text, faults, rest, mended: whole, json: plain(read, text) };
  const mended = mendTypes(whole, faults);
  return { text, faults, rest, mended, json: parseJson(mended) };
}
