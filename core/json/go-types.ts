import { LIMITS } from '../limits.ts';
import { parseDigest } from '../model/digest.ts';
import { fold } from '../model/fold.ts';
import { isTime } from '../model/time.ts';
import type { Spelled, SpelledMember } from './spelled.ts';

/** The type of a field of a Go struct, as far as encoding/json tells types apart. */
export type GoType =
  | 'text'
  | 'bool'
  | 'int'
  | 'duration' // an int of nanoseconds
  | 'time'
  | 'bytes' // text in base64, or a list of numbers
  | 'digest' // that of go-containerregistry; elsewhere it is a text
  | 'words' // a list of texts, for which a text stands too (Docker's strslice)
  | { list: GoType; alone?: RegExp } // `alone`: what a text has to be so that a list of it was meant
  | { map: GoType; keys?: RegExp } // `keys`: what they have to be
  | { fields: Readonly<Record<string, GoType>> };

/** A value that Go refuses to read into its field. */
export interface TypeFault {
  /** The way to it: `config.Labels["a"]`, `[0].Layers[2]`. */
  path: string;
  /** The same without the keys of maps and the places in lists. */
  fieldName: string;
  value: Spelled;
  type: GoType;
  /** True for a field of a struct, which may as well be left out. */
  isField: boolean;
  /** True for a field that the struct has more than once. */
  isRepeated: boolean;
}

/** The types of a map whose keys are all that counts. */
export const SET = { map: { fields: {} } } as const satisfies GoType;
export const TEXTS: GoType = { list: 'text' };
/** The words of a command line; a text with a space in it may be several. */
export const COMMAND: GoType = { list: 'text', alone: /^\S+$/ };
export const ENV: GoType = { list: 'text', alone: /^[^=]+=/ };

/** What of a text Go refuses to read into a type: encoding/json's own rules. Ends after one fault more than `LIMITS.mistypedValues`. */
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
    if (!isPlainly(each, type)) yield* faultsOf(below(at, `[${i}]`, '[]', each, type), text);
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
      if (isPlainly(value, type.map)) continue;
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
  const own = members.flatMap(({ key, value }) => {
    const found = fieldOf(type, key);
    return found === undefined ? [] : [{ key, value, name: found[0], inner: found[1] }];
  });
  const dot = at.path === '' ? '' : '.';
  const times = new Map<string, number>();
  for (const { name } of own) times.set(name, (times.get(name) ?? 0) + 1);
  for (const { key, value, name, inner } of own) {
    const isRepeated = (times.get(name) ?? 0) > 1;
    yield* faultsOf({ ...below(at, dot + key, dot + name, value, inner), isField: true, isRepeated }, text);
  }
}

/** True for what is right at a glance, as nearly all is: a place in the document is made up for none of it. */
function isPlainly({ kind }: Spelled, type: GoType): boolean {
  return kind === 'string' && type === 'text';
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

/** The field of a struct that a key means, with its name: in any letter case. */
function fieldOf({ fields }: { fields: Fields }, key: string): [string, GoType] | undefined {
  let folded = FOLDED.get(fields);
  if (folded === undefined) {
    folded = new Map(Object.entries(fields).map((each) => [fold(each[0]), each]));
    FOLDED.set(fields, folded);
  }
  return folded.get(fold(key));
}

const FOLDED = new WeakMap<Fields, Map<string, [string, GoType]>>();

/** True for a whole number of 64 bits, spelled as one. A longer one is not even read: that takes a time that grows with its square. */
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

/** True for base64 with its padding; line breaks in it do not count. */
function isBase64(text: string): boolean {
  const letters = text.replace(/[\r\n]/g, '');
  return letters.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(letters);
}
