import { type Bilingual, both } from '../bilingual.ts';
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
const USUAL_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const PATH_REMEDY = both(
  `Write out what the image needs, mostly ${USUAL_PATH}, or take ENV over with the option inspect.`,
  `请完整写出镜像需要的值，通常是 ${USUAL_PATH}，或用选项 inspect 沿用原来的 ENV。`,
);

const CLOSE_BRACE = both('Close it, or write \\$ for a dollar sign.', '请补上 }；要写美元符号请用 \\$。');

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
    if (stop !== '') this.#fail(both('a ${ has no closing }', '${ 没有对应的 }'), CLOSE_BRACE);
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
    const problem =
      word === '' ? both(`${name} is not set`, `${name} 没有设置`) : both(`${name} - ${word}`, `${name}：${word}`);
    return this.#fail(problem, both(`Set ${name} with an ENV before.`, `请在前面用 ENV 设置 ${name}。`));
  }

  /** Docker puts nothing in the place of an unknown variable, which is how images lose their PATH. */
  #value(name: string): string {
    const value = this.#scope.env.get(name);
    if (value !== undefined || this.#unused > 0) return value ?? '';
    const remedy = name === 'PATH' ? PATH_REMEDY : unsetRemedy(name, this.#scope.escape);
    return this.#fail(
      both(
        `the variable $${name} is not set here, and Docker would put nothing in its place`,
        `变量 $${name} 在这里没有设置，Docker 会把它替换为空`,
      ),
      remedy,
    );
  }

  #unknownForm(): string {
    return this.#fail(
      both(
        'after ${ only a name and one of } :- - :+ + :? ? are understood',
        '${ 之后只能是变量名，加上 } :- - :+ + :? ? 之一',
      ),
      both('Write the value in full, or write \\$ for a dollar sign.', '请直接写出值；要写美元符号请用 \\$。'),
    );
  }

  #unclosed(quote: string): string {
    return this.#fail(
      both(`a ${quote} is not closed`, `引号 ${quote} 没有闭合`),
      both(
        `Close it, or write ${this.#scope.escape}${quote} for the character itself.`,
        `请闭合引号；要写引号本身请用 ${this.#scope.escape}${quote}。`,
      ),
    );
  }

  #fail(problem: Bilingual, remedy: Bilingual): string {
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

function unsetRemedy(name: string, escape: string): Bilingual {
  const literal = `${escape}$`;
  return /^\w/.test(name) && !/^\d/.test(name)
    ? both(
        `Set it with an ENV before, or write \${${name}:-} for nothing, or ${literal} for a dollar sign.`,
        `请在前面用 ENV 设置它；若要替换为空请写 \${${name}:-}，要写美元符号请用 ${literal}。`,
      )
    : both(`Write ${literal} for a dollar sign.`, `要写美元符号请用 ${literal}。`);
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
