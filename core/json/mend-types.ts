import { parseDuration } from '../model/duration.ts';
import { isTime } from '../model/time.ts';
import { type GoType, isInt64, type TypeFault, typeFaults } from './go-types.ts';
import type { Spelled } from './spelled.ts';

/**
 * Guesses the JSON text that a value of the wrong type was meant to be: `80` for `"80"` where a number is expected. For
 * a value that can be left out, such as an empty one, returns the JSON literal null, as text. Returns null itself when
 * the meaning is not clear. `text` is the text of the whole document.
 */
export function instead({ value, type, isField, isRepeated }: TypeFault, text: string): string | null {
  // A wrong time that is not repeated is left out when the config is written (mend-config.ts).
  const isLeftOut = type === 'time' ? isRepeated : isField && saysNothing(value);
  return meant(value, type, text) ?? (isLeftOut ? 'null' : null);
}

/**
 * Returns a JSON text in which the values of a wrong type (`faults`) are corrected, such as `"80"` where a number is
 * expected. Values whose meaning is not clear stay as they are.
 */
export function mendTypes(text: string, faults: readonly TypeFault[]): string {
  let done = 0;
  let mended = '';
  for (const fault of faults) {
    const right = instead(fault, text);
    if (right === null) continue;
    mended += text.slice(done, fault.value.start) + right;
    done = fault.value.end;
  }
  return mended + text.slice(done);
}

function meant(value: Spelled, type: GoType, text: string): string | null {
  const scalar = scalarText(value, text);
  if (typeof type === 'string') return meantScalar(value, type, scalar);
  if ('list' in type) return meantList(value, type, text);
  if ('map' in type) return isEmptyStruct(type.map) ? meantSet(value, type.keys, text) : null;
  return isEmptyStruct(type) ? '{}' : null;
}

/**
 * True for a struct without fields, the type of the values in a Go set. Go accepts any object for it and ignores the
 * content.
 */
function isEmptyStruct(type: GoType): boolean {
  return typeof type === 'object' && 'fields' in type && Object.keys(type.fields).length === 0;
}

/** True for an empty list, object or string, which means the same as a missing value. */
function saysNothing(value: Spelled): boolean {
  if (value.kind === 'list') return value.items.length === 0;
  return value.kind === 'object' ? value.members.length === 0 : value.kind === 'string' && value.text === '';
}

function meantScalar(value: Spelled, type: Extract<GoType, string>, scalar: string | null): string | null {
  switch (type) {
    case 'text':
      return scalar === null ? onlyText(value) : JSON.stringify(scalar);
    case 'bool':
      return scalar !== null && /^(?:true|false)$/i.test(scalar)
        ? scalar.toLowerCase()
        : (BITS.get(scalar ?? '') ?? null);
    case 'int':
      return scalar === null ? null : wholeNumber(scalar);
    case 'duration':
      return scalar === null ? null : (wholeNumber(scalar) ?? nanoseconds(scalar));
    case 'time':
      return value.kind === 'string' && isTime(value.text) ? JSON.stringify(value.text) : null;
    case 'words':
      return null;
    case 'bytes':
    case 'digest':
      return null;
  }
}

const BITS = new Map([
  ['0', 'false'],
  ['1', 'true'],
]);

/**
 * The text of a JSON string without quotes and escapes, or of a number or literal as it is spelled. Null for lists and
 * objects. `text` is the text of the whole document.
 */
function scalarText(value: Spelled, text: string): string | null {
  if (value.kind === 'string') return value.text;
  return value.kind === 'object' || value.kind === 'list' ? null : text.slice(value.start, value.end);
}

/** The only item of a JSON list, as JSON text, if it is a string: `"sh"` for `["sh"]`. Null for other values. */
function onlyText(value: Spelled): string | null {
  const [only, ...others] = value.kind === 'list' ? value.items : [];
  return only?.kind === 'string' && others.length === 0 ? JSON.stringify(only.text) : null;
}

/**
 * The digits of a whole number, with its sign: `"5"`, `5.0` and `5e0` give `5`. Null for anything else, and for a
 * number that is too large to be exact.
 */
function wholeNumber(scalar: string): string | null {
  const trimmed = scalar.trim();
  if (isInt64(trimmed)) return BigInt(trimmed).toString();
  const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(trimmed) ? Number(trimmed) : NaN;
  return Number.isSafeInteger(number) ? String(number) : null;
}

/**
 * The nanoseconds in a duration such as `30s`, as Dockerfiles write it, as digits; null when the text is not a
 * duration.
 */
function nanoseconds(scalar: string): string | null {
  if (scalar.length > LONGEST_DURATION) return null;
  const duration = parseDuration(scalar);
  return duration.ok ? String(duration.value) : null;
}

/**
 * The most characters of a text that is read as a duration, such as `1h30m`; a longer text counts as no duration. A
 * duration in which each unit occurs once, with a number of up to twenty digits, is shorter than this.
 */
const LONGEST_DURATION = 200;

/**
 * Makes a JSON list from a single item that was written where a list is expected: `["sh"]` from `"sh"`. Null if the
 * value cannot be an item of the list, is empty, or may stand for several items.
 */
function meantList(value: Spelled, { list, alone }: Extract<GoType, { list: GoType }>, text: string): string | null {
  const isMeant =
    list === 'text'
      ? value.kind === 'string' && value.text !== '' && alone?.test(value.text) !== false
      : value.kind === 'object' && value.members.length > 0 && typeFaults(value, list, text).length === 0;
  return isMeant ? `[${text.slice(value.start, value.end)}]` : null;
}

/**
 * Guesses the set, a JSON object with empty values, that a value was meant to be: `["80/tcp", 443]` becomes
 * `{"80/tcp":{},"443":{}}`. Null when the meaning is not clear, or when an item does not match `allowed`. Of an object,
 * only the keys that match `allowed` stay.
 */
function meantSet(value: Spelled, allowed: RegExp | undefined, text: string): string | null {
  if (value.kind === 'object')
    return setOf(value.members.map(({ key }) => key).filter((key) => allowed?.test(key) !== false));
  const items = value.kind === 'list' ? value.items : [value];
  const keys = items.map((each) => {
    if (each.kind === 'string') return each.text;
    const raw = text.slice(each.start, each.end);
    return each.kind === 'number' && isInt64(raw) ? raw : '';
  });
  return keys.length > 0 && keys.every((key) => key !== '' && allowed?.test(key) !== false) ? setOf(keys) : null;
}

function setOf(keys: string[]): string {
  return JSON.stringify(Object.fromEntries(keys.map((key) => [key, {}])));
}
