import { fold } from './case-folding.ts';

/** A JSON object with unknown fields. */
export type Json = Record<string, unknown>;

/** The value when it is an object, else null. */
export function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** The value when it is a list, else an empty list. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value when it is a text, else null. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The value of a field. Like Go, it ignores letter case, and the last of several fields counts. */
export function field(value: unknown, name: string): unknown {
  return lastCalled(value, name, () => true);
}

/** A field's value when it is a text, else null. Like Go, it ignores a null that follows a text. */
export function textIn(value: unknown, name: string): string | null {
  return asText(lastCalled(value, name, (each) => each !== null));
}

/** A field's value when it is a list, else an empty list. */
export function listIn(value: unknown, name: string): unknown[] {
  return asList(field(value, name));
}

/** The object with a field set, also when it was spelled in another letter case; undefined removes the field. */
export function withField(json: Json, name: string, value: unknown): Json {
  const others = Object.entries(json).filter(([key]) => key === name || !isCalled(key, name));
  return { ...Object.fromEntries(others), [name]: value };
}

/** The last field of that name which counts. It makes no list of the fields: an object may have a hundred thousand. */
function lastCalled(value: unknown, name: string, counts: (each: unknown) => boolean): unknown {
  const json = asObject(value) ?? {};
  let last: unknown;
  for (const key in json) if (isCalled(key, name) && Object.hasOwn(json, key) && counts(json[key])) last = json[key];
  return last;
}

function isCalled(key: string, name: string): boolean {
  return key === name || (key.length === name.length && fold(key) === fold(name));
}
