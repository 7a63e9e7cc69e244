import { type Bilingual, both } from '../catalogue/bilingual.ts';
import { jsonExtent } from '../json/json-extent.ts';
import { utf8 } from '../model/utf8.ts';

/**
 * Reads a JSON object that a user wrote, field by field. A field with the value null is treated as absent. `problem`
 * reports the first field that has a wrong type.
 */
export class JsonFields {
  readonly #object: Record<string, unknown>;
  readonly #where: string;
  #problem: Bilingual | null = null;

  /** Begins to read the fields of `object`. `where`, such as `Config.`, comes before names of fields in messages. */
  constructor(object: Record<string, unknown>, where: string) {
    this.#object = object;
    this.#where = where;
  }

  /**
   * A clause about the first field of a wrong type, such as `Config.Env is not a list of texts`; null when there is
   * none.
   */
  get problem(): Bilingual | null {
    return this.#problem;
  }

  /** The value of a field, of any type; undefined when the field is absent or null. */
  any(name: string): unknown {
    return this.#object[name] ?? undefined;
  }

  text(name: string): string | undefined {
    const value = this.any(name);
    return value === undefined || typeof value === 'string' ? value : this.#wrong(name, both('a text', '文本'));
  }

  flag(name: string): boolean | undefined {
    const value = this.any(name);
    return value === undefined || typeof value === 'boolean'
      ? value
      : this.#wrong(name, both('true or false', ' true 或 false'));
  }

  /**
   * The value of a field that must be a whole number from 0 to Number.MAX_SAFE_INTEGER. Undefined when the field is
   * absent, and when it has another value, which `problem` then reports.
   */
  count(name: string): number | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.#wrong(name, both('a whole number', '整数'));
  }

  texts(name: string): string[] | undefined {
    const value = this.any(name);
    if (value === undefined) return undefined;
    const elements = Array.isArray(value) ? value.filter((element) => element !== null) : [null];
    return isTexts(elements) ? elements : this.#wrong(name, both('a list of texts', '文本列表'));
  }

  /**
   * The value of a field that must be a list of texts. A single text becomes a list. Undefined when the field is
   * absent, and when it has another type, which `problem` then reports.
   */
  textOrTexts(name: string): string[] | undefined {
    const value = this.any(name);
    return typeof value === 'string' ? [value] : this.texts(name);
  }

  /**
   * The value of a field that must be an object whose values are texts. A value that is null becomes an empty text.
   * Undefined when the field is absent, and when it has another type, which `problem` then reports.
   */
  pairs(name: string): Record<string, string> | undefined {
    const object = this.object(name);
    const entries = Object.entries(object ?? {}).map(([key, value]): [string, unknown] => [key, value ?? '']);
    if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
      return this.#wrong(name, both('an object of texts', '值为文本的对象'));
    }
    return object && Object.fromEntries(entries);
  }

  object(name: string): Record<string, unknown> | undefined {
    const value = this.any(name);
    return value === undefined || isObject(value) ? value : this.#wrong(name, both('an object', '对象'));
  }

  #wrong(name: string, type: Bilingual): undefined {
    const field = `${this.#where}${name}`;
    this.#problem ??= both(`${field} is not ${type.en}`, `${field} 不是${type.zh}`);
  }
}

/** True for a JSON object; false for a list, null and all other values. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a JSON text, with or without a byte order mark. Undefined when it is not valid JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

/**
 * True for a JSON text that nests lists and objects more than `most` levels deep. Recursive functions could overflow
 * the stack on such a text.
 */
export function isDeeper(text: string, most: number): boolean {
  return jsonExtent(utf8(text)).depth > most;
}

function isTexts(values: unknown[]): values is string[] {
  return values.every((value) => typeof value === 'string');
}
