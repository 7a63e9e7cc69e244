import { parseDigest } from './digest.ts';
import { fold } from './fold.ts';
import type { Spelled } from './spelled.ts';
import { isTime } from './time.ts';

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

/** What of a text Go refuses to read into a type: encoding/json's own rules. */
export function typeFaults(value: Spelled, type: GoType, text: string): TypeFault[] {
  return faultsOf({ path: '', fieldName: '', value, type, isField: false, isRepeated: false }, text);
}

function faultsOf(at: TypeFault, text: string): TypeFault[] {
  const { value, type } = at;
  if (value.kind === 'null') return type === 'digest' ? [at] : [];
  if (typeof type === 'string') return fitsScalar(value, type, text) ? [] : [at];
  if ('list' in type) {
    if (value.kind !== 'list') return [at];
    return value.items.flatMap((each, i) => faultsOf(below(at, `[${i}]`, '[]', each, type.list), text));
  }
  if (value.kind !== 'object') return [at];
  if ('map' in type) {
    if (type.keys !== undefined && !value.members.every(({ key }) => type.keys?.test(key))) return [at];
    return value.members.flatMap(({ key, value: each }) =>
      faultsOf(below(at, `[${JSON.stringify(key)}]`, '[]', each, type.map), text),
    );
  }
  const own = value.members.flatMap(({ key, value: each }) => {
    const found = fieldOf(type, key);
    return found === undefined ? [] : [{ key, each, name: found[0], inner: found[1] }];
  });
  const dot = at.path === '' ? '' : '.';
  const times = new Map<string, number>();
  for (const { name } of own) times.set(name, (times.get(name) ?? 0) + 1);
  return own.flatMap(({ key, each, name, inner }) => {
    const isRepeated = (times.get(name) ?? 0) > 1;
    return faultsOf({ ...below(at, dot + key, dot + name, each, inner), isField: true, isRepeated }, text);
  });
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

/** True for a whole number of 64 bits, spelled as one. */
export function isInt64(raw: string): boolean {
  if (!/^-?\d+$/.test(raw)) return false;
  const number = BigInt(raw);
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
