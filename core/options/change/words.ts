import { type Bilingual, both } from '../../catalogue/bilingual.ts';
import { parsed, type Parsed, type Refusal, refused } from '../../catalogue/parsed.ts';
import { excerpt } from '../../catalogue/brief.ts';
import { replaced, type Spend, TOO_MUCH, trimmed } from './pattern.ts';

/**
 * What is needed to expand a Dockerfile instruction: the variables that it can use, the escape character, and the
 * function that counts the expanded bytes.
 */
export interface Scope {
  env: { get(name: string): string | undefined };
  escape: string;
  /**
   * Counts bytes that expanded variables add to the image config. Returns false once there are more than
   * `LIMITS.changedBytes`.
   */
  spend: Spend;
}

/** A piece of an expanded text, either quoted or not. Only white space outside quotes separates words. */
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

const CLOSE_SLASH = both(
  'Write it like ${NAME/PATTERN/REPLACEMENT}; a / in the pattern is \\/.',
  '请写成 ${NAME/PATTERN/REPLACEMENT} 的样子；模式中的 / 请写成 \\/。',
);
/** The largest depth to which `${…}` may be nested in a Dockerfile instruction. A deeper one is refused. */
const MAX_DEPTH = 100;
const CLOSE_BRACE = both('Close it, or write \\$ for a dollar sign.', '请补上 }；要写美元符号请用 \\$。');

/**
 * Expands a text of a Dockerfile instruction into a single word: it inserts the values of variables, and removes quotes
 * and escape characters. Returns a refusal when the text is wrong.
 */
export function expand(text: string, scope: Scope): Parsed<string> {
  const pieces = new WordExpansion(text, scope).read();
  return pieces.ok ? parsed(joined(pieces.value)) : pieces;
}

/**
 * Expands a text of a Dockerfile instruction, and splits it into words. White space outside quotes separates words,
 * even in the values of variables. Returns a refusal when the text is wrong.
 */
export function expandToWords(text: string, scope: Scope): Parsed<string[]> {
  const pieces = new WordExpansion(text, scope).read();
  return pieces.ok ? parsed(separated(pieces.value)) : pieces;
}

/**
 * Splits a text of a Dockerfile instruction into words at white space outside quotes. Quotes and escape characters stay
 * in the words.
 */
export function splitWords(text: string, escape: string): string[] {
  return text.match(escape === '\\' ? WORD : WORD_WITH_BACKTICKS) ?? [];
}

const WORD = /(?:\\[^]|'[^']*(?:'|$)|"(?:\\[^]|[^"\\])*(?:"|\\?$)|[^\s'"\\])+/gu;
/** Matches one word of a Dockerfile instruction if a directive has made the backtick the escape character. */
const WORD_WITH_BACKTICKS = /(?:`[^]|'[^']*(?:'|$)|"(?:`[^]|[^"`])*(?:"|`?$)|[^\s'"`])+/gu;

/**
 * Expands one text of a Dockerfile instruction. It reads the text once from left to right, and stops at the first
 * fault.
 */
class WordExpansion {
  readonly #text: string;
  readonly #scope: Scope;
  #at = 0;
  #fault: Refusal | null = null;
  /**
   * The number of nested `${…}` around the current position whose default is not needed. In `${A:-word}`, the default
   * `word` is not needed when A is set.
   */
  #unused = 0;
  /** True while a pattern or a replacement inside `${…}` is read, where escape characters are kept. */
  #raw = false;
  #depth = 0;

  constructor(text: string, scope: Scope) {
    this.#text = text;
    this.#scope = scope;
  }

  read(): Parsed<Piece[]> {
    const pieces = this.#pieces('');
    return this.#fault ?? parsed(pieces);
  }

  /**
   * Expands the text up to the next `stop` character outside quotes (an empty `stop`: up to its end), and returns it in
   * quoted and unquoted pieces. With `raw`, the pieces keep their escape characters.
   */
  #pieces(stop: string, raw = false): Piece[] {
    const outer = this.#raw;
    this.#raw = raw;
    const pieces = ++this.#depth > MAX_DEPTH ? this.#tooDeep() : this.#until(stop);
    this.#depth--;
    this.#raw = outer;
    return pieces;
  }

  #until(stop: string): Piece[] {
    const pieces: Piece[] = [];
    for (;;) {
      const plain = this.#plain(stop);
      if (plain !== '') pieces.push({ text: plain, quoted: false });
      const char = this.#next();
      if (char === '') break;
      if (char === stop) return pieces;
      pieces.push(this.#piece(char));
    }
    if (stop === '/') this.#fail(both('after ${NAME/PATTERN there is no /', '${NAME/PATTERN 之后没有 /'), CLOSE_SLASH);
    else if (stop !== '') this.#fail(both('a ${ has no closing }', '${ 没有对应的 }'), CLOSE_BRACE);
    return pieces;
  }

  /**
   * Reads ordinary characters up to the next quote, `$`, escape character or `stop` character, as one piece. One piece
   * for each character would take a hundred times the memory.
   */
  #plain(stop: string): string {
    const start = this.#at;
    const special = `'"$${this.#scope.escape}${stop}`;
    while (this.#at < this.#text.length && !special.includes(this.#text.charAt(this.#at))) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #piece(char: string): Piece {
    if (char === this.#scope.escape) return { text: (this.#raw ? char : '') + this.#next(), quoted: true };
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

  /**
   * Expands the text up to the closing double quote. In it, the escape character only has an effect before `"`, `$` and
   * itself.
   */
  #doubleQuoted(): string {
    let text = '';
    for (let char = this.#next(); char !== '"'; char = this.#next()) {
      if (char === '') return this.#unclosed('"');
      if (char === '$') text += this.#variable();
      else if (char === this.#scope.escape) text += this.#escapedInQuotes();
      else text += char;
    }
    return text;
  }

  #escapedInQuotes(): string {
    const { escape } = this.#scope;
    const counts = ['"', '$', escape].includes(this.#text.charAt(this.#at));
    return (this.#raw ? escape : '') + (counts ? this.#next() : escape);
  }

  #variable(): string {
    if (this.#text.charAt(this.#at) !== '{') {
      const name = this.#take(NAME);
      return name === '' ? '$' : this.#value(name);
    }
    this.#at++;
    const name = this.#take(NAME);
    const operator = this.#take(/:[-+?]|[-+?#%]|\/\/?|\}/y);
    if (name === '' || operator === '') return this.#unknownForm();
    if (operator === '}') return this.#value(name);
    if (operator.startsWith('/')) return this.#replacement(name, operator === '//');
    return /[#%]/.test(operator) ? this.#trimmed(name, operator.slice(-1)) : this.#modified(name, operator);
  }

  /**
   * Expands `${A#b}`, `${A##b}`, `${A%b}` and `${A%%b}`: the value of a variable without the part that a pattern
   * matches. Empty when the variable is not set.
   */
  #trimmed(name: string, operator: string): string {
    const word = joined(this.#pieces('}', true));
    const longest = word.startsWith(operator);
    const pattern = longest ? word.slice(1) : word;
    return this.#spelled(name, (value, spend) => trimmed(value, pattern, { atEnd: operator === '%', longest }, spend));
  }

  #replacement(name: string, all: boolean): string {
    const pattern = joined(this.#pieces('/', true));
    const replacement = joined(this.#pieces('}', true));
    return this.#spelled(name, (value, spend) => replaced(value, pattern, replacement, all, spend));
  }

  #spelled(name: string, change: (value: string, spend: Spend) => Parsed<string>): string {
    if (this.#fault !== null || this.#unused > 0) return '';
    const text = change(this.#scope.env.get(name) ?? '', this.#scope.spend);
    if (!text.ok) return this.#refuse(text);
    return this.#paid(text.value);
  }

  #paid(text: string): string {
    return this.#scope.spend(text.length) ? text : this.#refuse(TOO_MUCH);
  }

  #modified(name: string, operator: string): string {
    const value = this.#scope.env.get(name);
    const present = value !== undefined && (value !== '' || !operator.startsWith(':'));
    const needed = operator.endsWith('+') ? present : !present;
    if (!needed) this.#unused++;
    const word = joined(this.#pieces('}'));
    if (!needed) this.#unused--;
    if (operator.endsWith('+')) return present ? word : '';
    if (present) return this.#paid(value);
    if (operator.endsWith('-') || this.#unused > 0) return word;
    const [variable, said] = [excerpt(name), excerpt(word)];
    const problem =
      word === ''
        ? both(`${variable} is not set`, `${variable} 没有设置`)
        : both(`${variable} - ${said}`, `${variable}：${said}`);
    return this.#fail(problem, both(`Set ${variable} with an ENV before.`, `请在前面用 ENV 设置 ${variable}。`));
  }

  /**
   * Returns the value of a variable in a Dockerfile instruction. If the variable is not set, the text is refused,
   * because Docker would put nothing in its place: `PATH=/app:$PATH` would lose the old PATH.
   */
  #value(name: string): string {
    const value = this.#scope.env.get(name);
    if (this.#unused > 0) return '';
    if (value !== undefined) return this.#paid(value);
    const shown = excerpt(name);
    const remedy = name === 'PATH' ? PATH_REMEDY : unsetRemedy(shown, this.#scope.escape);
    return this.#fail(
      both(
        `the variable $${shown} is not set here, and Docker would put nothing in its place`,
        `变量 $${shown} 在这里没有设置，Docker 会把它替换为空`,
      ),
      remedy,
    );
  }

  #unknownForm(): string {
    return this.#fail(
      both(
        'after ${ only a name and one of } :- - :+ + :? ? # ## % %% / // are understood',
        '${ 之后只能是变量名，加上 } :- - :+ + :? ? # ## % %% / // 之一',
      ),
      both('Write the value in full, or write \\$ for a dollar sign.', '请直接写出值；要写美元符号请用 \\$。'),
    );
  }

  #tooDeep(): Piece[] {
    this.#fail(
      both(`more than ${MAX_DEPTH} \${ stand in each other`, `\${ 的嵌套超过 ${MAX_DEPTH} 层`),
      both('Set some of the values with an ENV before.', '请在前面用 ENV 先设置其中一些值。'),
    );
    return [];
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
    return this.#refuse(refused(problem, remedy));
  }

  #refuse(refusal: Refusal): string {
    this.#fault ??= refusal;
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
    words.push(`${words.pop() ?? ''}${first}`);
    // One by one, because a value may have more words than a call takes arguments.
    for (const word of others) words.push(word);
  }
  return words.filter((word) => word !== '');
}
