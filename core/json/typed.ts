import { type GoType, type TypeFault, typeFaults } from './go-types.ts';
import { mendTypes } from './mend-types.ts';
import { parseJson, plain, spelled } from './spelled.ts';

/** A JSON document that was compared with the Go type into which clients read it. */
export interface Typed {
  /** The text of the JSON document as it is in the archive, not corrected. */
  text: string;
  faults: TypeFault[];
  /** True when more than white space follows the first JSON value of the document. */
  rest: boolean;
  /**
   * The text of the first JSON value of the document, with the values of a wrong type corrected. Values whose meaning
   * is not clear stay as they are.
   */
  mended: string;
  /** The first JSON value of the document, corrected like `mended`, as a JavaScript value. */
  json: unknown;
}

/**
 * Parses a JSON document, and compares it with the Go type into which clients read it. Returns the values of a wrong
 * type, and the document with these values corrected. Null when the text does not begin with valid JSON. `read` is the
 * parsed text, if the caller has it already.
 */
export function readTyped(text: string, type: GoType, read = spelled(text)): Typed | null {
  if (read === null) return null;
  const { value, rest } = read;
  const faults = typeFaults(value, type, text);
  const whole = rest ? text.slice(0, value.end) : text;
  if (faults.length === 0) return { text, faults, rest, mended: whole, json: plain(read, text) };
  const mended = mendTypes(whole, faults);
  return { text, faults, rest, mended, json: parseJson(mended) };
}
