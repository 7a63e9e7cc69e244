import { LIMITS } from '../limits.ts';

/**
 * A parsed JSON value with its place in the text: `start` is the offset of its first character, `end` that of the first
 * character after it. All members of an object are kept, even those with the same name, of which JSON.parse would keep
 * only one.
 */
export type Spelled = { start: number; end: number } & (
  | { kind: 'object'; members: SpelledMember[] }
  | { kind: 'list'; items: Spelled[] }
  | { kind: 'string'; text: string }
  | { kind: 'number' | 'true' | 'false' | 'null' }
);

/** A member of a JSON object: its key and its value. */
export interface SpelledMember {
  key: string;
  value: Spelled;
}

type Container = Extract<Spelled, { kind: 'object' | 'list' }>;

/**
 * The result of parsing a text that begins with JSON. `value` is its first value, and `depth` is how many lists and
 * objects are inside each other in that value. `rest` is true when more than white space follows the value.
 */
export interface SpelledText {
  value: Spelled;
  depth: number;
  rest: boolean;
}

/** A pattern for a JSON string without escapes. Most strings are like this, and need no decoding. */
const PLAIN_STRING = /"[^"\\\x00-\x1f]*"/y;
const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const LITERALS = ['true', 'false', 'null'] as const;

/**
 * Parses the first JSON value of a text as Go's encoding/json does, and returns it with the place of each value in the
 * text. Null when the text does not begin with valid JSON, or when lists and objects are nested deeper than
 * `LIMITS.jsonDepth`.
 */
export function spelled(text: string): SpelledText | null {
  const reader = new SpelledReader(text);
  const value = reader.value();
  return value === null ? null : { value, depth: reader.depth, rest: !reader.isAtEnd() };
}

/** A JSON parser with a stack of its own, because documents may be nested deeper than the call stack allows. */
class SpelledReader {
  readonly #text: string;
  readonly #open: { container: Container; key: string }[] = [];
  depth = 0;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Spelled | null {
    for (;;) {
      const begun = this.#begin();
      if (begun === null) return null;
      const isOpen = this.#open.at(-1)?.container === begun;
      if (isOpen) continue;
      const done = this.#finish(begun);
      if (done !== 'more') return done;
    }
  }

  isAtEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }

  /**
   * Parses a JSON value as a whole if it is a string, a number, a literal, `[]` or `{}`. Of any other list it parses
   * only `[`, and of any other object only `{` and the first key. Null when the JSON is invalid or nested too deep.
   */
  #begin(): Spelled | null {
    this.#skipSpace();
    const start = this.#at;
    const first = this.#text[start];
    if (first === '{' || first === '[') return this.#beginContainer(first, start);
    if (first === '"') {
      const text = this.#string();
      return text === null ? null : { kind: 'string', text, start, end: this.#at };
    }
    const literal = LITERALS.find((each) => this.#text.startsWith(each, start));
    if (literal !== undefined) return { kind: literal, start, end: (this.#at += literal.length) };
    NUMBER.lastIndex = start;
    if (!NUMBER.test(this.#text)) return null;
    return { kind: 'number', start, end: (this.#at = NUMBER.lastIndex) };
  }

  #beginContainer(first: '{' | '[', start: number): Container | null {
    this.#at++;
    const end = 0;
    const container: Container =
      first === '{' ? { kind: 'object', members: [], start, end } : { kind: 'list', items: [], start, end };
    if (this.#open.length >= LIMITS.jsonDepth) return null;
    if (this.#takes(first === '{' ? '}' : ']')) {
      container.end = this.#at;
      return container;
    }
    const key = first === '{' ? this.#key() : '';
    if (key === null) return null;
    this.depth = Math.max(this.depth, this.#open.push({ container, key }));
    return container;
  }

  /**
   * Adds a parsed value to the list or object around it, and closes each list or object that ends after that value.
   * Returns the whole document when it is complete, `more` when another value follows, and null when the JSON is
   * invalid.
   */
  #finish(begun: Spelled): Spelled | 'more' | null {
    let value = begun;
    for (let parent = this.#open.at(-1); parent !== undefined; parent = this.#open.at(-1)) {
      const { container } = parent;
      if (container.kind === 'object') container.members.push({ key: parent.key, value });
      else container.items.push(value);
      if (this.#takes(',')) {
        const key = container.kind === 'object' ? this.#key() : '';
        if (key === null) return null;
        parent.key = key;
        return 'more';
      }
      if (!this.#takes(container.kind === 'object' ? '}' : ']')) return null;
      container.end = this.#at;
      this.#open.pop();
      value = container;
    }
    return value;
  }

  #key(): string | null {
    this.#skipSpace();
    const key = this.#text[this.#at] === '"' ? this.#string() : null;
    return key !== null && this.#takes(':') ? key : null;
  }

  #string(): string | null {
    const start = this.#at;
    PLAIN_STRING.lastIndex = start;
    if (PLAIN_STRING.test(this.#text)) {
      this.#at = PLAIN_STRING.lastIndex;
      return this.#text.slice(start + 1, this.#at - 1);
    }
    let end = start + 1;
    for (; this.#text[end] !== '"'; end++) {
      if (end >= this.#text.length) return null;
      if (this.#text[end] === '\\') end++;
    }
    this.#at = end + 1;
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      return null;
    }
  }

  #takes(char: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }
}

/**
 * The deepest nesting of lists and objects that is converted to JavaScript values. Lists and objects at a greater depth
 * become null. Clients read no fields there, and JSON.stringify fails on values that are nested much deeper.
 */
const PLAIN_DEPTH = 100;

/**
 * Parses the first JSON value of a text, as Go does, and returns it as JavaScript values; undefined when there is none.
 * If an object has several members with the same name, only the last one is kept. Lists and objects below a depth of
 * 100 become null. `converters` are used for numbers and strings; without them, numbers become JavaScript numbers.
 */
export function parseJson(text: string, converters?: Converters): unknown {
  const read = spelled(text);
  return read === null ? undefined : plain(read, text, converters);
}

/** Functions that convert JSON values to JavaScript values. */
export interface Converters {
  /** Converts the text of a number. */
  number: (raw: string) => unknown;
  /** Converts a string, or a key of an object. */
  text: (text: string) => string;
}

/**
 * Returns a JSON value that was parsed from `text` as JavaScript values. Lists and objects below a depth of 100 become
 * null. `converters` are used for numbers and strings; without them, numbers become JavaScript numbers.
 */
export function plain({ value, depth, rest }: SpelledText, text: string, converters?: Converters): unknown {
  const isSimple = converters === undefined && depth <= PLAIN_DEPTH && !rest;
  return isSimple ? JSON.parse(text) : plainValue(value, text, PLAIN_DEPTH, converters ?? USUAL);
}

const USUAL: Converters = { number: Number, text: (text) => text };

function plainValue(value: Spelled, text: string, depth: number, to: Converters): unknown {
  switch (value.kind) {
    case 'object':
      if (depth === 0) return null;
      return Object.fromEntries(
        value.members.map((each) => [to.text(each.key), plainValue(each.value, text, depth - 1, to)]),
      );
    case 'list':
      return depth === 0 ? null : value.items.map((each) => plainValue(each, text, depth - 1, to));
    case 'string':
      return to.text(value.text);
    case 'number':
      return to.number(text.slice(value.start, value.end));
    case 'true':
    case 'false':
      return value.kind === 'true';
    case 'null':
      return null;
  }
}
