import { fold } from './case-folding.ts';

/** A JSON object with unknown fields. */
export type Json = Record<string, unknown>;

/** Returns the value if it is a JSON object, else null. */
export function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** Returns the value if it is a list, else an empty list. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the value if it is a string, else null. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/**
 * Returns the value of the field `name` of a JSON object. Undefined when there is none, or when `value` is no object.
 * As in Go, upper and lower case in names make no difference. If several fields have the name, the last one is used.
 */
export function field(value: unknown, name: string): unknown {
  return lastCalled(value, name, () => true);
}

/**
 * Returns the value of the field `name` of a JSON object if it is a string, else null. As in Go, upper and lower case
 * in names make no difference. Fields whose value is null are ignored. If several other fields have the name, the last
 * one is used.
 */
export function textIn(value: unknown, name: string): string | null {
  return asText(lastCalled(value, name, (each) => each !== null));
}

/**
 * Returns the value of the field `name` of a JSON object if it is a list, else an empty list. As in Go, upper and lower
 * case in names make no difference.
 */
export function listIn(value: unknown, name: string): unknown[] {
  return asList(field(value, name));
}

/**
 * Returns a copy of a JSON object in which the field `name` has the given value. Other fields whose names differ from
 * `name` only in upper and lower case are removed. If the value is undefined, JSON.stringify omits the field.
 */
export function withField(json: Json, name: string, value: unknown): Json {
  const others = Object.entries(json).filter(([key]) => key === name || !isCalled(key, name));
  return { ...Object.fromEntries(others), [name]: value };
}

/**
 * Returns a value of a JSON object: that of the last field that is called `name`, in upper or lower case, and for whose
 * value `counts` returns true. Undefined when there is none, or when `value` is no object.
 */
function lastCalled(value: unknown, name: string, counts: (each: unknown) => boolean): unknown {
  const json = asObject(value) ?? {};
  let last: unknown;
  for (const key in json) if (isCalled(key, name) && Object.hasOwn(json, key) && counts(json[key])) last = json[key];
  return last;
}

function isCalled(key: string, name: string): boolean {
  return key === name || (key.length === name.length && fold(key) === fold(name));
}
