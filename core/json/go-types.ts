import { LIMITS } from '../limits.ts';
import { fold } from '../model/case-folding.ts';
import { parseDigest } from '../model/digest.ts';
import { isTime } from '../model/time.ts';
import type { Spelled, SpelledMember } from './spelled.ts';

/** The type of a field in a Go struct, as far as Go's encoding/json tells types apart. */
export type GoType =
  | 'text'
  | 'bool'
  | 'int'
  | 'duration' // an int of nanoseconds
  | 'time'
  | 'bytes' // text in base64, or a list of numbers
  | 'digest' // the digest type of go-containerregistry; other clients read it as a text
  | 'words' // a list of texts, or one text (Docker's strslice)
  | { list: GoType; alone?: RegExp } // `alone`: matches a text that means a list with this one item
  | { map: GoType; keys?: RegExp } // `keys`: matches each allowed key
  | { fields: Readonly<Record<string, GoType>> };

/**
 * A value in a JSON document that Go refuses to read. Its type is not that of the struct field or list element that it
 * is read into.
 */
export interface TypeFault {
  /** The path to the value that Go refuses, such as `config.Labels["a"]` or `[0].Layers[2]`. */
  path: string;
  /**
   * The path to the value that Go refuses, without keys of maps and indexes of lists: `config.Labels[]`. So it names
   * the field of the Go struct, and not the single value.
   */
  fieldName: string;
  value: Spelled;
  type: GoType;
  /**
   * True when the value that Go refuses is that of a field in a struct. Such a field can be left out. False when it is an
   * element of a list or a map.
   */
  isField: boolean;
  /** True when the field with the wrong value occurs more than once in its JSON object. */
  isRepeated: boolean;
}

/** The Go type for a set, such as ExposedPorts in image configs: a map of which only the keys matter. */
export const SET = { map: { fields: {} } } as const satisfies GoType;
export const TEXTS: GoType = { list: 'text' };
/**
 * The Go type of a command line: a list of strings, one for each word. When Lading corrects a document that has a
 * string in place of this list, a string without spaces becomes a list with only that string. A string with spaces is
 * not corrected, because it may be several words.
 */
export const COMMAND: GoType = { list: 'text', alone: /^\S+$/ };
export const ENV: GoType = { list: 'text', alone: /^[^=]+=/ };

/**
 * Finds the values in a JSON document that Go's encoding/json refuses to read into a given type, and returns them in
 * the order of the document. `text` is the text of the document. The search stops after `LIMITS.mistypedValues` + 1
 * values, so that the caller sees that there are too many.
 */
export function typeFaults(value: Spelled, type: GoType, text: string): TypeFault[] {
  const start = { path: '', fieldName: '', value, type, isField: false, isRepeated: false };
  return [...faultsOf(start, text).take(LIMITS.mistypedValues + 1)];
}

function* faultsOf(at: TypeFault, text: string): Generator<TypeFault> {
  const { value, type } = at;
  if (value.kind === 'null') {
    if (type === 'digest') yield at;
  } else if (typeof type === 'string') {
    if (!fitsScalar(value, type, text)) yield at;
  } else if ('list' in type) {
    if (value.kind !== 'list') yield at;
    else yield* inList(value.items, at, type.list, text);
  } else if (value.kind !== 'object') yield at;
  else if ('map' in type) yield* inMap(value.members, at, type, text);
  else yield* inStruct(value.members, at, type, text);
}

function* inList(items: readonly Spelled[], at: TypeFault, type: GoType, text: string): Generator<TypeFault> {
  for (const [i, each] of items.entries()) {
    if (!isRightScalar(each, type, text)) yield* faultsOf(below(at, `[${i}]`, '[]', each, type), text);
  }
}

function* inMap(
  members: readonly SpelledMember[],
  at: TypeFault,
  type: Extract<GoType, { map: GoType }>,
  text: string,
): Generator<TypeFault> {
  if (type.keys !== undefined && !members.every(({ key }) => type.keys?.test(key))) yield at;
  else {
    for (const { key, value } of members) {
      if (isRightScalar(value, type.map, text)) continue;
      yield* faultsOf(below(at, `[${JSON.stringify(key)}]`, '[]', value, type.map), text);
    }
  }
}

function* inStruct(
  members: readonly SpelledMember[],
  at: TypeFault,
  type: Extract<GoType, { fields: Fields }>,
  text: string,
): Generator<TypeFault> {
  const dot = at.path === '' ? '' : '.';
  let times: Map<string, number> | undefined;
  for (const { key, value } of members) {
    const found = fieldOf(type, key);
    if (found === undefined || isRightScalar(value, found[1], text)) continue;
    const [name, inner] = found;
    times ??= timesOf(members, type);
    const isRepeated = (times.get(name) ?? 0) > 1;
    yield* faultsOf({ ...below(at, dot + key, dot + name, value, inner), isField: true, isRepeated }, text);
  }
}

/**
 * Counts how often each field of a Go struct occurs in a JSON object. Returns the counts by the names of the fields.
 */
function timesOf(members: readonly SpelledMember[], type: { fields: Fields }): Map<string, number> {
  const times = new Map<string, number>();
  for (const { key } of members) {
    const name = fieldOf(type, key)?.[0];
    if (name !== undefined) times.set(name, (times.get(name) ?? 0) + 1);
  }
  return times;
}

/**
 * True when Go accepts a JSON value for a field of the given type, and no further check is needed. False when Go
 * refuses the value. Also false for a list or object where the type is a list, map or struct: its elements must be
 * checked one by one. This check spares most values the slower one, which builds a path for a message.
 */
function isRightScalar(value: Spelled, type: GoType, text: string): boolean {
  if (value.kind === 'null') return type !== 'digest';
  return typeof type === 'string' && fitsScalar(value, type, text);
}

function below(at: TypeFault, step: string, field: string, value: Spelled, type: GoType): TypeFault {
  return { path: at.path + step, fieldName: at.fieldName + field, value, type, isField: false, isRepeated: false };
}

function fitsScalar(value: Spelled, type: Extract<GoType, string>, text: string): boolean {
  const raw = text.slice(value.start, value.end);
  switch (type) {
    case 'text':
      return value.kind === 'string';
    case 'digest':
      return value.kind === 'string' && parseDigest(value.text) !== null;
    case 'bool':
      return value.kind === 'true' || value.kind === 'false';
    case 'int':
    case 'duration':
      return value.kind === 'number' && isInt64(raw);
    case 'time':
      return value.kind === 'string' && isTime(raw.slice(1, -1)); // Go does not unescape it
    case 'bytes':
      if (value.kind === 'list') return value.items.every((each) => isByte(each, text));
      return value.kind === 'string' && isBase64(value.text);
    case 'words':
      if (value.kind === 'list') return value.items.every(({ kind }) => kind === 'string' || kind === 'null');
      return value.kind === 'string';
  }
}

type Fields = Readonly<Record<string, GoType>>;

/**
 * Returns the name and the type of the struct field that Go fills from this JSON key; undefined when there is none.
 * Upper and lower case make no difference.
 */
function fieldOf({ fields }: { fields: Fields }, key: string): [string, GoType] | undefined {
  const exact = Object.hasOwn(fields, key) ? fields[key] : undefined;
  if (exact !== undefined) return [key, exact];
  let folded = FOLDED.get(fields);
  if (folded === undefined) {
    folded = new Map(Object.entries(fields).map((each) => [fold(each[0]), each]));
    FOLDED.set(fields, folded);
  }
  return folded.get(fold(key));
}

const FOLDED = new WeakMap<Fields, Map<string, [string, GoType]>>();

/**
 * True when `raw`, the text of a JSON number, is a whole number that fits into a signed integer of 64 bits. False for a
 * number of more than 19 digits, zeros at the beginning not counted. It is not converted to find out, because the time
 * for that grows with the square of its length.
 */
export function isInt64(raw: string): boolean {
  const digits = /^(-?)0*(\d{1,19})$/.exec(raw);
  if (digits === null) return false;
  const number = BigInt(`${digits[1]}${digits[2]}`);
  return BigInt.asIntN(64, number) === number;
}

function isByte(value: Spelled, text: string): boolean {
  if (value.kind === 'null') return true;
  const raw = text.slice(value.start, value.end);
  return value.kind === 'number' && /^\d+$/.test(raw) && Number(raw) < 256;
}

/** True when a text is base64 with padding, or empty. Line breaks in the text are ignored, as in Go. */
function isBase64(text: string): boolean {
  const letters = text.replace(/[\r\n]/g, '');
  return letters.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(letters);
}
