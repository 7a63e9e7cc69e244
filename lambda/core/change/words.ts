import { parsed, refused } from '../parsed.ts';
import type { Parsed, Refusal } from '../parsed.ts';

/** What the words of an instruction may refer to: the variables set so far, and the character that escapes. */
export interface Scope {
  env: ReadonlyMap<string, string>;
  escape: string;
}

/** A stretch of a word; white space outside quotes separates words, inside quotes it does not. */
interface Piece {
  text: string;
  quoted: boolean;
}

const NAME = /[0-9]+|[@*#?\-$!]|[\p{L}_][\p{L}\p{Nd}_]*/uy;
const PATH_REMEDY =
  'Write out what the image needs, mostly /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin, or take ENV over with the option inspect.';

/** The text with its variables filled in and its quotes and escapes removed, as one word. */
export function expand(text: string, scope: Scope): Parsed<string> {
  const pieces = new Expansion(text, scope).read();
  return pieces.ok ? parsed(joined(pieces.value)) : pieces;
}

/** The same, but white space outside quotes, also that of a variable's value, separates words. */
export function expandToWords(text: string, scope: Scope): Parsed<string[]> {
  const pieces = new Expansion(text, scope).read();
  return pieces.ok ? parsed(separated(pieces.value)) : pieces;
}

/** Splits at white space outside quotes and leaves quotes and escapes where they are. */
export function splitWords(text: string, escape: string): string[] {
  const e = escape === '\\' ? '\\\\' : escape;
  const doubleQuoted = `"(?:${e}[^]|[^"${e}])*(?:"|${e}?$)`;
  const word = new RegExp(`(?:${e}[^]|'[^']*(?:'|$)|${doubleQuoted}|[^\\s'"${e}])+`, 'gu');
  return text.match(word) ?? [];
}

/** One left-to-right reading of a text; the first fault ends it. */
class Expansion {
  readonly #text: string;
  readonly #scope: Scope;
  #at = 0;
  #fault: Refusal | null = null;
  /** Above zero while reading the default of a `${A:-default}` that is not needed. */
  #unused = 0;

  constructor(text: string, scope: Scope) {
    this.#text = text;
    this.#scope = scope;
  }

  read(): Parsed<Piece[]> {
    const pieces = this.#pieces('');
    return this.#fault ?? parsed(pieces);
  }

  #pieces(stop: string): Piece[] {
    const pieces: Piece[] = [];
    for (let char = this.#next(); char !== ''; char = this.#next()) {
      if (char === stop) return pieces;
      pieces.push(this.#piece(char));
    }
    if (stop !== '') this.#fail('a ${ has no closing }', 'Close it, or write \\$ for a dollar sign.');
    return pieces;
  }

  #piece(char: string): Piece {
    if (char === this.#scope.escape) return { text: this.#next(), quoted: true };
    if (char === "'") return { text: this.#singleQuoted(), quoted: true };
    if (char === '"') return { text: this.#doubleQuoted(), quoted: true };
    return { text: char === '$' ? this.#variable() : char, quoted: false };
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at);
    if (end < 0) return this.#unclosed("'");
    const text = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** Here the escape character counts only before `"`, `$` and itself. */
  #doubleQuoted(): string {
    let text = '';
    for (let char = this.#next(); char !== '"'; char = this.#next()) {
      if (char === '') return this.#unclosed('"');
      if (char === '$') text += this.#variable();
      else if (char === this.#scope.escape && ['"', '$', char].includes(this.#text.charAt(this.#at)))
        text += this.#next();
      else text += char;
    }
    return text;
  }

  #variable(): string {
    if (this.#text.charAt(this.#at) !== '{') {
      const name = this.#take(NAME);
      return name === '' ? '$' : this.#value(name);
    }
    this.#at++;
    const name = this.#take(NAME);
    const operator = this.#take(/:?[-+?]|\}/y);
    if (name === '' || operator === '') return this.#unknownForm();
    return operator === '}' ? this.#value(name) : this.#modified(name, operator);
  }

  #modified(name: string, operator: string): string {
    const value = this.#scope.env.get(name);
    const present = value !== undefined && (value !== '' || !operator.startsWith(':'));
    const needed = operator.endsWith('+') ? present : !present;
    if (!needed) this.#unused++;
    const word = joined(this.#pieces('}'));
    if (!needed) this.#unused--;
    if (operator.endsWith('+')) return present ? word : '';
    if (present) return value;
    if (operator.endsWith('-') || this.#unused > 0) return word;
    return this.#fail(`${name} ${word === '' ? 'is not set' : `- ${word}`}`, `Set ${name} with an ENV before.`);
  }

  /** Docker puts nothing in the place of an unknown variable, which is how images lose their PATH. */
  #value(name: string): string {
    const value = this.#scope.env.get(name);
    if (value !== undefined || this.#unused > 0) return value ?? '';
    const remedy = name === 'PATH' ? PATH_REMEDY : unsetRemedy(name, this.#scope.escape);
    return this.#fail(`the variable $${name} is not set here, and Docker would put nothing in its place`, remedy);
  }

  #unknownForm(): string {
    const reason = 'after ${ only a name and one of } :- - :+ + :? ? are understood';
    return this.#fail(reason, 'Write the value in full, or write \\$ for a dollar sign.');
  }

  #unclosed(quote: string): string {
    return this.#fail(
      `a ${quote} is not closed`,
      `Close it, or write ${this.#scope.escape}${quote} for the character itself.`,
    );
  }

  #fail(problem: string, remedy: string): string {
    this.#fault ??= refused(problem, remedy);
    this.#at = this.#text.length;
    return '';
  }

  #next(): string {
    return this.#text.charAt(this.#at++);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }
}

function unsetRemedy(name: string, escape: string): string {
  const literal = `${escape}$ for a dollar sign`;
  return /^\w/.test(name) && !/^\d/.test(name)
    ? `Set it with an ENV before, or write \${${name}:-} for nothing, or ${literal}.`
    : `Write ${literal}.`;
}

function joined(pieces: Piece[]): string {
  return pieces.map((piece) => piece.text).join('');
}

function separated(pieces: Piece[]): string[] {
  const words = [''];
  for (const { text, quoted } of pieces) {
    const [first = '', ...others] = quoted ? [text] : text.split(/\s+/);
    words.push(`${words.pop() ?? ''}${first}`, ...others);
  }
  return words.filter((word) => word !== '');
}
