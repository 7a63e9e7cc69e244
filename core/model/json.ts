import { fold } from './fold.ts';

/** A JSON object whose fields are not known to be there. */
export type Json = Record<string, unknown>;

/** The value as an object, or null. */
export function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** The value as a list; anything else is an empty one. */
export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a text, or null. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** The field of an object in any letter case, as Go reads it: where there are several, the last one. */
export function field(value: unknown, name: string): unknown {
  return lastCalled(value, name, () => true);
}

/** The same where it is a text, else null. A null after a text changes nothing for Go. */
export function textIn(value: unknown, name: string): string | null {
  return asText(lastCalled(value, name, (each) => each !== null));
}

/** The same where it is a list, else an empty one. */
export function listIn(value: unknown, name: string): unknown[] {
  return asList(field(value, name));
}

/** The object with another value of a field, however that was written; undefined leaves it out. */
export function withField(json: Json, name: string, value: unknown): Json {
  const others = Object.entries(json).filter(([key]) => key === name || !isCalled(key, name));
  return { ...Object.fromEntries(others), [name]: value };
}

/** Makes no list of the entries: an object may have some hundred thousand. */
function lastCalled(value: unknown, name: string, counts: (each: unknown) => boolean): unknown {
  const json = asObject(value) ?? {};
  let last: unknown;
  for (const key in json) if (isCalled(key, name) && Object.hasOwn(json, key) && counts(json[key])) last = json[key];
  return last;
}

function isCalled(key: string, name: string): boolean {
  return key === name || (key.length === name.length && fold(key) === fold(name));
}
